-- Makes the schema mmadmin, where mm keeps plans and journal.
local cli = require("mm.cli")
local output = require("mm.output")

local function role(name, text)
   return {name = name, value = "ROLE", text = "with --sql: " .. text}
end

local options = cli.parse{
   text = "Makes the schema mmadmin in the lake's database, where mm keeps plans, their journal and the registry. "
      .. "Nothing of micromegas is changed. With --sql the statements are printed for a DBA, with rights for roles.",
   options = {"connection", "consent",
      {name = "name", value = "NAME", text = "the lake's short name, else the database's"},
      {name = "sql", text = "print the statements"}, role("owner", "the role that owns the schema"),
      role("operator", "a role that may retire and undo"), role("viewer", "a role that may look"),
      {name = "check", text = "only say whether it is there"}, {name = "remove", text = "remove it, with all plans"},
      {name = "force", text = "with --remove: although retirements can still be undone"}},
   examples = {{"mmlua init --name prod"}, {"mmlua init --sql --operator ops --viewer dev > mmadmin.sql"}},
}
local lake = assert(cli.open(options))
local info = lake:info()
local name = options.name or info.name
if options.sql then
   io.stdout:write(assert(lake:init_sql{name = name, owner = options.owner, operator = options.operator,
      viewer = options.viewer}))
elseif options.check then
   assert(lake:check_writable())
   output.message("mmadmin is there, version %d, for lake %s", info.state_version, info.name)
elseif options.remove then
   assert(cli.confirm{action = "remove mmadmin", lake = info.name, options = options,
      summary = {"Removes all plans, the journal of what was retired, and the published registry."}})
   assert(lake:remove_state{force = options.force})
   output.message("the schema mmadmin is removed")
else
   assert(cli.confirm{action = "init", lake = name, options = options,
      summary = {("Makes the schema mmadmin in database %s, as %s."):format(info.database, info.role)}})
   assert(lake:init{name = name})
   output.message("made the schema mmadmin for lake %s", name)
   cli.next(options, "mmlua registry publish --registry RELEASE|FILE")
end
