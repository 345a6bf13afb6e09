-- Makes the schema mmadmin, where mm keeps plans and journal.
local cli = require("mm.cli")
local output = require("mm.output")
local state = require("mm.report.state")

local function role(name, text)
   return {name = name, value = "ROLE", type = "name", text = "with --sql: " .. text}
end
local options = cli.parse{
   text = "Makes the schema mmadmin in the lake's database, where mm keeps plans, their journal and the registry. "
      .. "Nothing of micromegas is changed. With --sql the statements are printed for a DBA, with rights for roles.",
   options = {"connection", "consent",
      {name = "name", value = "NAME", text = "the lake's short name, else the database's"},
      {name = "sql", text = "print the statements; of a schema that is up to date the rights alone"},
      role("owner", "the role that owns the schema"), role("viewer", "a role that may look"),
      role("planner", "one that may plan, too"), role("operator", "one that may retire, undo and hold, too"),
      role("admin", "one that may publish and make keys, too"), role("worker", "the role of `mmlua worker`"),
      {name = "check", text = "only say whether it is there"},
      {name = "upgrade", text = "bring one that an older mm made up to date"},
      {name = "adopt", text = "this restored copy is the lake now, its original gone"},
      {name = "remove", text = "remove it, with all plans"},
      {name = "force", text = "with --remove: although retirements can still be undone"}},
   examples = {{"mmlua init --name prod"}, {"mmlua init --sql --operator ops --viewer dev > mmadmin.sql"}},
}
local lake = assert(cli.open(options))
local info, name = lake:info(), options.name or lake:info().name
if state.change(lake, options) then
   return 0
elseif options.sql then
   io.stdout:write(state.sql(lake, name, options))
elseif options.check then
   assert(lake:check_writable())
   output.message("mmadmin is there, version %d, for lake %s", info.state_version, info.name)
else
   local reason = assert(cli.confirm{action = "init", lake = name, options = options,
      summary = {("Makes the schema mmadmin in database %s, as %s."):format(info.database, info.role)}})
   assert(lake:init{name = name, reason = reason})
   output.message("made the schema mmadmin for lake %s", name)
   cli.next(options, "mmlua registry publish --registry RELEASE|FILE")
end
