-- What is outdated, and what retiring it would lose.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")

local options = cli.parse{
   text = "Lists outdated partitions, a line per view set, with a column per verdict: what retiring them would lose.",
   arguments = {{name = "view_set", text = "only this view set", optional = true}},
   options = {"connection", "formats", {name = "instances", text = "a line per view instance and hash"},
      {name = "check", text = "exit with 3 when something is outdated"}},
   examples = {{"mmlua outdated --registry 0.33"}, {"mmlua outdated log_entries --instances"},
      {"mmlua outdated --check", "for a cron job"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
local groups = assert(lake:list_outdated_partitions(options.view_set))
options.brief = report.brief
local rows, total = report.by_view_set(groups)
local sizes = {{name = "partition_count", heading = "partitions", format = "count"},
   {name = "bytes", heading = "size", format = "bytes"}}
if options.instances then
   output.rows(groups, report.verdict_columns({{name = "view_set_name", heading = "view set"},
      {name = "view_instance_id", heading = "instance"}, {name = "outdated_schema_hash", heading = "hash"},
      {name = "current_schema_hash", heading = "current hash"}, sizes[1], sizes[2]}, {report.SHARE}), options)
else
   if #rows > 1 and not (options.json or options.jsonl or options.csv) then
      rows[#rows + 1] = total
   end
   options.empty = "nothing is outdated"
   output.rows(rows, report.verdict_columns({{name = "view_set_name", heading = "view set"},
      {name = "instances", format = "count"}, sizes[1], sizes[2]}, {report.SHARE}), options)
end
if #groups > 0 then
   cli.next(options, total.harmless > 0 and "mmlua plan %s, or mmlua explain VIEW_SET --at TIME"
      or "mmlua explain VIEW_SET --at TIME; mmlua plan %s takes these only with --verdict",
      options.view_set or "--all")
end
return options.check and #groups > 0 and 3 or 0
