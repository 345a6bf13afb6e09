-- Globals of the interactive shell: `mm`, and `lake`, which is opened when it is first asked for.
local globals = {}

local makers = {}

function makers.mm()
   return require("mm")
end

-- The lake that the environment names.
function makers.lake()
   local lake, err = require("mm.cli").open({})
   if not lake then
      error(err, 0)
   end
   return lake
end

local function find(environment, name)
   local make = makers[name]
   if not make then
      return nil
   end
   local value = make()
   rawset(environment, name, value)
   return value
end

--- Makes them appear in `_G`, unless a script has put a metatable of its own there.
---@param open_lake? fun(): table what `lake` is, instead of the lake that the environment names
function globals.set(open_lake)
   makers.lake = open_lake or makers.lake
   if not getmetatable(_G) then
      setmetatable(_G, {__index = find})
   end
end

--- Their names.
---@return string[]
function globals.names()
   return {"lake", "mm"}
end

return globals
