-- Where the connection of a lake leads to.
local core = require("mm.core")
local handle = require("mm.handle")
local output = require("mm.output")

local where = {}

local COLUMNS = {{name = "name", heading = "lake"}, "database", "role",
   {name = "server_version", heading = "PostgreSQL"}, {name = "place", heading = "server"},
   {name = "is_encrypted", heading = "encrypted"},
   {name = "pid", heading = "server process"}, "registry"}

--- Prints it.
---@param lake mm.lake
function where.print(lake)
   local rows = assert(handle.select(lake, "shell_connection"))
   local row = rows[1]
   row.name = core.lake_info(lake).name
   row.place = row.address and ("%s, port %d"):format(row.address, row.port) or "on this machine, through a socket"
   local registry, kind, words = lake:registry()
   row.registry = registry and words or tostring(kind)
   output.record(row, COLUMNS)
end

return where
