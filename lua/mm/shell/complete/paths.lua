-- Names that lead from one value to another: a.b.c, a:b. Nothing is called to find them.
local globals = require("mm.shell.globals")

local paths = {}

local KEYWORDS = [[and break do else elseif end false for function goto if in local nil not or repeat return then true
   until while]]
local DEPTH = 8

local function metatable_of(value)
   local get = debug and debug.getmetatable or getmetatable
   return get(value)
end

-- The tables in which fields of the value are looked for, without its own.
local function next_table(value)
   local metatable = metatable_of(value)
   local index = type(metatable) == "table" and rawget(metatable, "__index")
   return type(index) == "table" and index or nil
end

local function field(value, name)
   for _ = 1, DEPTH do
      if type(value) == "table" and rawget(value, name) ~= nil then
         return rawget(value, name)
      end
      value = next_table(value)
      if value == nil then
         return nil
      end
   end
end

-- `mm` and `lake` may not be there yet; a lake's methods are known without one.
local function global(name)
   local value = rawget(_G, name)
   if value ~= nil then
      return value
   elseif name == "mm" or name == "lake" then
      local is_there, mm = pcall(require, "mm")
      return is_there and (name == "mm" and mm or require("mm.handle").methods) or nil
   end
end

--- The value that a path leads to, nil where it leads nowhere.
---@param path string
---@return any
function paths.value(path)
   local value
   for name in path:gmatch("[%a_][%w_]*") do
      if value == nil then
         value = global(name)
      else
         value = field(value, name)
      end
      if value == nil then
         return nil
      end
   end
   return value
end

local function add_names(names, list, only_functions)
   for name, value in pairs(list) do
      local is_wanted = type(value) == "function" or not only_functions
      if is_wanted and type(name) == "string" and name:find("^[%a_][%w_]*$") then
         names[name] = true
      end
   end
end

--- The names of a value's fields, also of those that its metatable gives it.
---@param value any
---@param only_functions? boolean
---@return table<string, boolean>
function paths.fields(value, only_functions)
   local names = {}
   for _ = 1, DEPTH do
      if type(value) == "table" then
         add_names(names, value, only_functions)
      end
      value = next_table(value)
      if value == nil then
         break
      end
   end
   return names
end

--- The names of globals, and Lua's own words.
---@return table<string, boolean>
function paths.globals()
   local names = paths.fields(_G)
   for _, name in ipairs(globals.names()) do
      names[name] = true
   end
   for word in KEYWORDS:gmatch("%a+") do
      names[word] = true
   end
   return names
end

return paths
