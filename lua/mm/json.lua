-- JSON: exact integers, empty arrays, keys in a fixed order, and never invalid UTF-8. cjson decodes.
local cjson = require("cjson")

local characters = require("mm.characters")
local errors = require("mm.errors")
local text = require("mm.text")

local json = {null = cjson.null}

local ARRAY = {}
local integer_type, to_integer = rawget(math, "type"), rawget(math, "tointeger") -- Lua 5.4 only
local MAX_DEPTH = 200
local MAX_EXACT = 9007199254740992 -- 2^53
local OUT_OF_MEMORY = "not enough memory" -- what Lua raises; it says nothing about the text

--- Marks a table as an array, so that it is written as `[]` when it is empty.
---@param list? table
---@return table
function json.array(list)
   return setmetatable(list or {}, ARRAY)
end

local short = {
   ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape_byte(character)
   return short[character] or ("\\u%04x"):format(character:byte())
end

-- What is not UTF-8 becomes U+FFFD; the two separators that end a line in JavaScript are escaped.
local function escape_beyond_ascii(value)
   local pieces = {}
   for i, code, length in characters.each(value) do
      local character = value:sub(i, i + length - 1)
      if not code then
         character = "\\ufffd"
      elseif code == 0x2028 or code == 0x2029 then
         character = ("\\u%04x"):format(code)
      end
      pieces[#pieces + 1] = character
   end
   return table.concat(pieces)
end

local function encode_string(value)
   local escaped = value:gsub('[%z\1-\31"\\\127]', escape_byte)
   if escaped:find("[\128-\255]") then
      escaped = escape_beyond_ascii(escaped)
   end
   return '"' .. escaped .. '"'
end

local function encode_number(value)
   if value ~= value or value == math.huge or value == -math.huge then
      error("JSON has no NaN and no infinity", 0)
   elseif integer_type and integer_type(value) == "integer" then
      return ("%d"):format(value)
   elseif value % 1 == 0 and value >= -MAX_EXACT and value <= MAX_EXACT then
      return ("%d"):format(value)
   end
   local brief = ("%.15g"):format(value)
   return tonumber(brief) == value and brief or ("%.17g"):format(value)
end

-- The keys of `order` that are there, in that order, then the others, sorted.
local function keys_of(object, order)
   local keys, seen, others = {}, {}, {}
   for _, key in ipairs(order) do
      if object[key] ~= nil and not seen[key] then
         keys[#keys + 1], seen[key] = key, true
      end
   end
   for key in pairs(object) do
      if type(key) ~= "string" then
         error("the key of a JSON object must be a string, not " .. type(key), 0)
      elseif not seen[key] then
         others[#others + 1] = key
      end
   end
   table.sort(others)
   for _, key in ipairs(others) do
      keys[#keys + 1] = key
   end
   return keys
end

local encode_value

local function encode_array(list, order, depth)
   local pieces = {}
   for i = 1, #list do
      pieces[i] = encode_value(list[i], order, depth)
   end
   return "[" .. table.concat(pieces, ",") .. "]"
end

local function encode_object(object, order, depth)
   local pieces = keys_of(object, order)
   for i, key in ipairs(pieces) do
      pieces[i] = encode_string(key) .. ":" .. encode_value(object[key], order, depth)
   end
   return "{" .. table.concat(pieces, ",") .. "}"
end

function encode_value(value, order, depth)
   local kind = type(value)
   if kind == "string" then
      return encode_string(value)
   elseif kind == "number" then
      return encode_number(value)
   elseif kind == "boolean" then
      return tostring(value)
   elseif value == nil or value == json.null then
      return "null"
   elseif kind ~= "table" then
      error("JSON has no " .. kind, 0)
   elseif depth > MAX_DEPTH then
      error("a table is nested too deep for JSON, or in itself", 0)
   end
   local is_array = value[1] ~= nil or getmetatable(value) == ARRAY
   return (is_array and encode_array or encode_object)(value, order, depth + 1)
end

--- The value as JSON on one line. Raises for what JSON cannot say: functions, NaN, infinities, tables in themselves.
---@param value any
---@param order? string[] keys that come first in objects, in this order; the others follow sorted
---@return string
function json.encode(value, order)
   return encode_value(value, order or {}, 1)
end

-- cjson makes all numbers floats, which 5.4 would print with a `.0`. Beyond 2^53 digits may be lost: those stay.
local function restore_integers(value)
   if type(value) == "number" then
      return value % 1 == 0 and value >= -MAX_EXACT and value <= MAX_EXACT and to_integer(value) or value
   elseif type(value) == "table" then
      for key, item in pairs(value) do
         value[key] = restore_integers(item)
      end
   end
   return value
end

--- The value that a JSON text holds; null is `json.null`.
---@param source string
---@return any value, table|nil err
function json.decode(source)
   local is_right, result = pcall(cjson.decode, source)
   if not is_right and result == OUT_OF_MEMORY then
      error(result, 0)
   elseif not is_right then
      return errors.fail("syntax", "not JSON: " .. text.escape(result))
   end
   return to_integer and restore_integers(result) or result
end

return json
