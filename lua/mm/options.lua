-- Checks the options table of a function: a mistake of the caller raises at the caller's line.
local characters = require("mm.characters")
local lists = require("mm.lists")
local suggest = require("mm.suggest")

local options = {}

local MAX_EXACT = 9007199254740992 -- 2^53: what every Lua holds exactly

local function is_integer(value)
   return type(value) == "number" and value % 1 == 0 and value >= -MAX_EXACT and value <= MAX_EXACT
end

local function is_number(value)
   return type(value) == "number" and value == value
end

-- Kinds of values; all others are called as `type` does.
local CALLED = {text = "string", name = "string", reason = "string"}
local IS = {integer = is_integer, number = is_number, any = function()
   return true
end}

-- "a", "a or b", "a, b or c"
local function any_of(words)
   local last = words[#words]
   return #words == 1 and last or table.concat(words, ", ", 1, #words - 1) .. " or " .. last
end

local function is_of_kind(value, kind)
   return IS[kind] and IS[kind](value) or not IS[kind] and type(value) == (CALLED[kind] or kind)
end

local function text_complaint(value, kind)
   if value:find("\0", 1, true) then
      return "holds a NUL byte"
   elseif CALLED[kind] and not characters.is_utf8(value) then
      return "is not UTF-8"
   elseif kind == "name" and value == "" then
      return "is empty"
   elseif kind == "reason" and not value:find("%S") then
      return "is blank"
   end
end

-- "-nan" is what some Luas call it.
local function actual_of(value)
   if type(value) == "number" and not is_integer(value) then
      return value ~= value and "nan" or tostring(value)
   end
   return type(value)
end

-- What is wrong with the value, or nothing.
local function complaint(value, wanted)
   if type(wanted) == "table" then
      return not lists.has(wanted, value) and ("must be %s, not %s"):format(any_of(wanted), tostring(value)) or nil
   end
   local kinds = {}
   for kind in wanted:gmatch("%a+") do
      if is_of_kind(value, kind) then
         return type(value) == "string" and text_complaint(value, kind) or nil
      end
      kinds[#kinds + 1] = CALLED[kind] or kind
   end
   return ("must be of type %s, not %s"):format(any_of(kinds), actual_of(value))
end

local function is_optional(wanted)
   if type(wanted) == "table" then
      return wanted.optional
   end
   return wanted:sub(-1) == "?"
end

local function first_mistake(opts, spec)
   if type(opts) ~= "table" then
      return ("options must be a table, not %s"):format(type(opts))
   end
   for name in pairs(opts) do
      if spec[name] == nil then
         return ("unknown option '%s'%s"):format(tostring(name), suggest.phrase(tostring(name), lists.keys(spec)))
      end
   end
   for _, name in ipairs(lists.keys(spec)) do
      local value, wanted = opts[name], spec[name]
      local wrong = value ~= nil and complaint(value, wanted)
      if wrong then
         return ("option '%s' %s"):format(name, wrong)
      elseif value == nil and not is_optional(wanted) then
         return ("option '%s' is missing"):format(name)
      end
   end
end

--- Checks the options that a function was given. `spec` says for each name what it may be: a type as `type` says it,
--- "any", "integer" (to 2^53), "text" (a string in UTF-8, as the lake's database wants it), "name" (a text that is not
--- empty) or "reason" (one that is not blank), several separated by "|", a "?" at the end when it may be missing; or a
--- list of values, with `optional = true` when it may be missing.
---
---     options.check("lake:plan", opts, {view_set = "text?", limit = "integer|string?", format = {"csv", "jsonl"}})
---
---@param name string the function's, for the message
---@param opts table|nil nil is as good as an empty table
---@param spec table
---@param level? integer whose line is to blame: 1 (default) is the caller of the function that checks
---@return table opts
function options.check(name, opts, spec, level)
   opts = opts == nil and {} or opts
   local mistake = first_mistake(opts, spec)
   if mistake then
      error(("%s: %s"):format(name, mistake), 2 + (level or 1))
   end
   return opts
end

return options
