-- What the words of a command line mean: texts, numbers, durations, times, or one of what is known.
local characters = require("mm.characters")
local errors = require("mm.errors")
local suggest = require("mm.suggest")
local text = require("mm.text")
local time = require("mm.time")

local values = {}

local converters = {duration = text.parse_duration, time = time.normalize}

-- The lake's database takes nothing else.
function converters.string(value)
   if not characters.is_utf8(value) then
      return errors.fail("invalid", ("'%s' is not UTF-8"):format(text.escape(value)))
   end
   return value
end

-- What the system knows by its bytes. An empty one is a variable of the shell that was not set.
function converters.path(value)
   if value == "" then
      return errors.fail("invalid", "nothing is named")
   end
   return value
end

function converters.name(value)
   local name, err = converters.path(value)
   if not name then
      return nil, err
   end
   return converters.string(name)
end

function converters.reason(value)
   if not value:find("%S") then
      return errors.fail("invalid", "no reason is given")
   end
   return converters.string(value)
end

function converters.integer(value)
   local number = value:match("^%-?%d+$") and #value <= 15 and tonumber(value)
   if not number then
      return errors.fail("invalid", ("'%s' is not a whole number"):format(text.escape(value)))
   end
   return number
end

function converters.count(value)
   local number = converters.integer(value)
   if not number or number < 1 then
      return errors.fail("invalid", ("'%s' is not a whole number above 0"):format(text.escape(value)))
   end
   return number
end

local function choose(value, known_values)
   for _, known in ipairs(known_values) do
      if value == known then
         return value
      end
   end
   return errors.fail("invalid", ("'%s' is none of %s%s"):format(
      text.escape(value), table.concat(known_values, ", "), suggest.phrase(value, known_values)))
end

--- The value that a word means for the option or argument `declared`.
---@param label string how the message names it
---@param declared table
---@param value string
---@return any value, table|nil err with code "usage"
function values.convert(label, declared, value)
   local result, err
   if declared.values then
      result, err = choose(value, declared.values)
   else
      result, err = converters[declared.type or "string"](value)
   end
   if result == nil then
      return errors.fail("usage", ("%s: %s"):format(label, err.message), {hint = err.hint})
   end
   return result
end

return values
