-- Globals of the interactive shell: `mm`, and `lake`, which is opened when it is first asked for.
local globals = {}

local values = {}

function values.mm()
   return require("mm")
end

-- The lake that the environment names.
function values.lake()
   local lake, err = require("mm.cli").open({})
   if not lake then
      error(err, 0)
   end
   return lake
end

local function find(environment, name)
   local make = values[name]
   if not make then
      return nil
   end
   local value = make()
   rawset(environment, name, value)
   return value
end

--- Makes them appear in `_G`, unless a script has put a metatable of its own there.
function globals.set()
   if not getmetatable(_G) then
      setmetatable(_G, {__index = find})
   end
end

return globals
