-- The current schema hashes in use; publishes them in the lake.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")

local options = cli.parse{
   text = "Shows the registry in use (show), what is doubtful about it (check), or publishes it in the lake (publish), "
      .. "so that everybody uses one.",
   arguments = {{name = "action", text = "show unless said", values = {"show", "check", "publish"},
      optional = true}},
   options = {"connection", "formats", "consent"},
   examples = {{"mmlua registry --registry 0.33"}, {"mmlua registry publish --registry list_view_sets.json"}},
}
local lake = assert(cli.open(options))
local registry, kind, words = lake:registry()
assert(registry, kind)
local action = options.action or "show"
if action == "publish" then
   if kind ~= "given" then
      error(cli.usage("nothing to publish: give --registry RELEASE|FILE"), 0)
   end
   assert(lake:check_writable())
   local reason = assert(cli.confirm{action = "publish", lake = lake:info().name, options = options,
      summary = {"Publishes " .. words:gsub("^given: ", "") .. ", in place of what is there."}})
   output.message("published %d view sets", assert(lake:publish_registry(registry, {reason = reason})))
   cli.next(options, "mmlua outdated")
elseif action == "show" then
   report.registry(lake, options)
   output.rows(registry:list_view_sets(), {{name = "view_set_name", heading = "view set"},
      {name = "current_schema_hash", heading = "current hash"},
      {name = "has_view_maker", heading = "view maker", spare = true},
      {name = "global_instance_available", heading = "global"}, {name = "source", spare = true}},
      options)
end
local findings = registry:findings()
if action == "check" or action == "show" and #findings > 0 and not (options.json or options.jsonl or options.csv) then
   options.empty = "nothing is doubtful"
   output.rows(findings, {{name = "view_set_name", heading = "view set"}, "message", "hint"}, options)
end
return action == "check" and #findings > 0 and 1 or 0
