-- Checks values against the part of JSON Schema that shapes and answers use.
local characters = require("mm.characters")
local json = require("mm.json")
local lists = require("mm.lists")
local pattern = require("mm.http.pattern")
local suggest = require("mm.suggest")

local validate = {}

local function type_of(value)
   if value == nil or value == json.null then
      return "null"
   elseif type(value) ~= "table" then
      return type(value)
   end
   return (value[1] ~= nil or getmetatable(value) == getmetatable(json.array())) and "array" or "object"
end

local function article(kind)
   return (kind:find("^[aio]") and "an " or "a ") .. kind
end

local function length_of(text)
   local count = 0
   for _ in characters.each(text) do
      count = count + 1
   end
   return count
end

local checks = {}

function checks.string(value, shape)
   if not characters.is_utf8(value) then
      return "is not UTF-8"
   elseif value:find("\0", 1, true) then
      return "holds a NUL byte"
   elseif #value < (shape.minLength or 0) then
      return value == "" and "is empty" or ("is shorter than %d characters"):format(shape.minLength)
   elseif #value > (shape.maxLength or #value) and length_of(value) > shape.maxLength then
      return ("is longer than %d characters"):format(shape.maxLength)
   elseif shape.pattern == "\\S" then
      return not pattern.matches(value, shape.pattern) and "is blank" or nil
   elseif shape.pattern and not pattern.matches(value, shape.pattern) then
      return "does not match " .. shape.pattern
   end
end

function checks.number(value, shape)
   if value < (shape.minimum or value) then
      return ("is less than %d"):format(shape.minimum)
   elseif value > (shape.maximum or value) then
      return ("is more than %d"):format(shape.maximum)
   end
end

function checks.integer(value, shape)
   return value % 1 ~= 0 and "must be a whole number" or checks.number(value, shape)
end

local complain

function checks.array(value, shape, resolve)
   if #value < (shape.minItems or 0) then
      return ("has fewer than %d items"):format(shape.minItems)
   elseif #value > (shape.maxItems or #value) then
      return ("has more than %d items"):format(shape.maxItems)
   end
   local seen = {}
   for i, item in ipairs(value) do
      local wrong, where = complain(item, shape.items or {}, resolve)
      if wrong then
         return wrong, ("[%d]%s"):format(i, where or "")
      elseif shape.uniqueItems and seen[item] then
         return "holds " .. tostring(item) .. " twice"
      end
      seen[item] = true
   end
end

-- The shape of a member; nothing where it is not allowed.
local function member_shape(shape, name)
   local known, others = (shape.properties or {})[name], shape.additionalProperties
   return known or others == nil and {} or others
end

function checks.object(value, shape, resolve)
   local names = lists.keys(value)
   if #names > (shape.maxProperties or #names) then
      return ("has more than %d members"):format(shape.maxProperties)
   end
   for _, name in ipairs(shape.required or {}) do
      if value[name] == nil then
         return "is missing", "." .. name
      end
   end
   for _, name in ipairs(names) do
      local known = member_shape(shape, name)
      if not known then
         return "is unknown" .. suggest.phrase(name, lists.keys(shape.properties or {})), "." .. name
      end
      local wrong, where = complain(value[name], known, resolve)
      if wrong then
         return wrong, "." .. name .. (where or "")
      end
   end
end

-- An empty table is an object or an array, for JSON's decoder does not say which it was.
local function is_of_type(value, wanted)
   local actual = type_of(value)
   return actual == wanted or wanted == "integer" and actual == "number"
      or wanted == "array" and type(value) == "table" and next(value) == nil
end

-- What is wrong, and where in the value.
function complain(value, shape, resolve)
   while shape["$ref"] do
      shape = resolve(shape["$ref"])
   end
   local kind = shape.type
   if kind and not is_of_type(value, kind) then
      local actual = type_of(value)
      return ("must be %s, not %s"):format(article(kind), actual == "null" and actual or article(actual))
   elseif shape.enum and not lists.has(shape.enum, value) then
      return "must be one of " .. table.concat(shape.enum, ", ")
   end
   kind = kind or type_of(value)
   if checks[kind] then
      return checks[kind](value, shape, resolve)
   end
end

--- What is wrong with a value, or nothing.
---@param value any as JSON decodes to
---@param shape table
---@param name string of the value, for the message
---@param resolve? fun(reference: string): table what `$ref` means
---@return string|nil message
function validate.complaint(value, shape, name, resolve)
   local wrong, where = complain(value, shape, resolve)
   return wrong and ("%s%s %s"):format(name, where or "", wrong):gsub("^%.", "") or nil
end

return validate
