-- Keys of the HTTP API.
local cli = require("mm.cli")
local keys = require("mm.report.keys")
local output = require("mm.output")

local options = cli.parse{
   text = "Lists the keys of the HTTP API (list), makes one (add), or revokes one (revoke). A new key is printed on "
      .. "stdout, once: the lake keeps its hash alone.",
   arguments = {{name = "action", text = "list unless said", values = {"list", "add", "revoke"}, optional = true},
      {name = "what", text = "of add the name of who uses it, of revoke the key's number", optional = true}},
   options = {"connection", "formats", "consent",
      {name = "role", value = "ROLE", text = "of add: what it may do", values = keys.ROLES},
      {name = "expires", value = "DURATION", type = "duration", text = "of add: how long it is good, else for ever"},
      {name = "all", text = "of list: those that expired or were revoked, too"}},
   examples = {{'mmlua key add ci --role planner --expires 90d --reason "nightly plan" --yes > ci.key'},
      {'mmlua key revoke 3 --reason "left the team"'}},
}
local action, lake = options.action or "list", assert(cli.open(options))
if action == "add" then
   if not (options.what and options.role) then
      error(cli.usage("give a name and its role: mmlua key add NAME --role ROLE"), 0)
   end
   local reason = assert(cli.confirm{action = "add", lake = lake:info().name, options = options,
      summary = keys.add_lines(options)})
   keys.print(assert(lake:add_key{name = options.what, role = options.role, expires_in = options.expires,
      reason = reason}))
   cli.next(options, "mmlua key, or to revoke it mmlua key revoke NUMBER")
elseif action == "revoke" then
   local number = tonumber((options.what or ""):match("^%d%d?%d?%d?%d?%d?%d?%d?%d?$"))
      or error(cli.usage("give the number of the key to revoke"), 0)
   local reason = assert(cli.confirm{action = "revoke", lake = lake:info().name, options = options,
      summary = keys.revoke_lines(lake, number)})
   output.message("key %d of %s is revoked", number, assert(lake:revoke_key(number, {reason = reason})).name)
else
   options.empty = "no keys"
   output.rows(assert(lake:keys{all = options.all}), keys.COLUMNS, options)
end
