-- Which options a function takes, and where: what it tells mm.options when it is called with nothing real.
local core = require("mm.core")
local handle = require("mm.handle")
local mm = require("mm")
local options = require("mm.options")

local specs = {}

local ARGUMENTS = 7

-- What stands for the lake of a method: all that is done with it ends the call.
local function stand_in(mark)
   return handle.attach(setmetatable({}, {__index = function()
      error(mark, 0)
   end}), {})
end

local function record(f, arguments, mark)
   local check, is_open, found = options.check, core.lake_is_open, nil
   function core.lake_is_open()
      return true
   end
   function options.check(_, given, spec)
      for i = 1, ARGUMENTS do
         if given ~= nil and given == arguments[i] then
            found = {spec = spec, position = i}
            error(mark, 0)
         end
      end
      return given or {}
   end
   local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
   pcall(f, unpack(arguments, 1, ARGUMENTS))
   options.check, core.lake_is_open = check, is_open
   return found
end

-- Only functions of mm itself are called: of others nobody knows what they do.
local function is_ours(f)
   for _, list in ipairs{handle.methods, mm} do
      for _, value in pairs(list) do
         if value == f then
            return true
         end
      end
   end
   return false
end

local function arguments_for(is_method, mark)
   local arguments = {}
   for i = 1, ARGUMENTS do
      arguments[i] = {}
   end
   arguments[1] = is_method and stand_in(mark) or nil
   return arguments
end

--- The specification, as `options.check` has it, and which argument it is of, the object of a method not counted.
---@param f function
---@param is_method boolean
---@return table|nil spec, integer|nil position
function specs.of(f, is_method)
   if not is_ours(f) then
      return nil
   end
   local mark = {}
   local found = record(f, arguments_for(is_method, mark), mark)
   if found then
      return found.spec, found.position - (is_method and 1 or 0)
   end
end

return specs
