-- Methods that take their time, called at the prompt, show how far they are, unless who calls them is told.
local handle = require("mm.handle")
local report = require("mm.report")
local screen = require("mm.screen")

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
local long_work = {}

-- Where each has its options, what its callback is called, and the words of that.
local METHODS = {
   apply = {at = 2, name = "on_batch", word = "retired"},
   undo = {at = 2, name = "on_batch", word = "restored"},
   retire_incompatible_partitions = {at = 2, name = "on_batch", word = "retired"},
   retire_partitions = {at = 5, name = "on_batch", word = "retired"},
   export_partitions = {at = 3, name = "on_page"},
}

local function callback(method, first)
   if method.word then
      return report.progress(method.word, {})
   end
   return report.export_progress{output = first}
end

local function with_callback(method, ...)
   local count, arguments = math.max(select("#", ...), method.at), {...}
   local opts = arguments[method.at]
   if (opts == nil and method.word == nil or type(opts) == "table") and (opts or {})[method.name] == nil then
      local copy = {[method.name] = callback(method, (...))}
      for name, value in pairs(opts or {}) do
         copy[name] = value
      end
      arguments[method.at] = copy
   end
   return unpack(arguments, 1, count)
end

--- Makes them do so while `is_wanted()`, on a terminal.
---@param is_wanted fun(): boolean
function long_work.set(is_wanted)
   for name, method in pairs(METHODS) do
      local call = handle.methods[name]
      handle.methods[name] = function(self, ...)
         if is_wanted() and screen.is_capable("stderr") then
            return call(self, with_callback(method, ...))
         end
         return call(self, ...)
      end
   end
end

return long_work
