-- Parameters of paths and queries: they are text, and become what their shapes say.
local lists = require("mm.lists")
local suggest = require("mm.suggest")
local validate = require("mm.http.validate")

local texts = {}

local from_text = {}

function from_text.boolean(value)
   return value == "true" or (value ~= "false" and value or false)
end

-- As JSON writes whole numbers.
function from_text.integer(value)
   return value:find("^-?%d+$") and #value <= 16 and tonumber(value) or value
end

--- The value of a parameter.
---@param value string
---@param shape table
---@param name string
---@return any value, string|nil message
function texts.value(value, shape, name)
   local converted = value
   if from_text[shape.type] then
      converted = from_text[shape.type](value)
   end
   local wrong = validate.complaint(converted, shape, name)
   if wrong then
      return nil, (wrong:gsub(", not a string$", ""))
   end
   return converted
end

--- The values of all parameters of a kind.
---@param values table<string, string|boolean|table> as they came: `true` without a value, a list when there are several
---@param shapes table<string, table>
---@param required? string[]
---@return table<string, any>|nil values, string|nil message
function texts.values(values, shapes, required)
   local result = {}
   for _, name in ipairs(required or {}) do
      if values[name] == nil then
         return nil, ("the parameter %s is missing"):format(name)
      end
   end
   for _, name in ipairs(lists.keys(values)) do
      local message
      if not shapes[name] then
         return nil, ("the parameter %s is unknown%s"):format(name, suggest.phrase(name, lists.keys(shapes)))
      elseif type(values[name]) ~= "string" then
         return nil, ("the parameter %s %s"):format(name, values[name] == true and "has no value" or "is given twice")
      end
      result[name], message = texts.value(values[name], shapes[name], "the parameter " .. name)
      if message then
         return nil, message
      end
   end
   return result
end

return texts
