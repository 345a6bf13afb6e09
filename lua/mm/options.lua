-- Checks the options table of a function: a mistake of the caller raises at the caller's line.
local suggest = require("mm.suggest")

local options = {}

local function has_nul(value)
   return type(value) == "string" and value:find("\0", 1, true) ~= nil
end

local function is_integer(value)
   return type(value) == "number" and value % 1 == 0 and value - value == 0
end

local function names_of(spec)
   local names = {}
   for name in pairs(spec) do
      names[#names + 1] = name
   end
   table.sort(names)
   return names
end

-- "a", "a or b", "a, b or c"
local function any_of(words)
   local last = words[#words]
   return #words == 1 and last or table.concat(words, ", ", 1, #words - 1) .. " or " .. last
end

local function is_among(value, list)
   for _, known in ipairs(list) do
      if value == known then
         return true
      end
   end
   return false
end

local function is_of_type(value, wanted)
   return wanted == "any" or type(value) == wanted or wanted == "integer" and is_integer(value)
end

-- What is wrong with the value, or nothing.
local function complaint(value, wanted)
   if type(wanted) == "table" then
      return not is_among(value, wanted) and ("must be %s, not %s"):format(any_of(wanted), tostring(value)) or nil
   end
   local types = {}
   for name in wanted:gmatch("%a+") do
      if is_of_type(value, name) then
         return has_nul(value) and "holds a NUL byte" or nil
      end
      types[#types + 1] = name
   end
   local actual = is_of_type(value, "number") and not is_integer(value) and tostring(value) or type(value)
   return ("must be of type %s, not %s"):format(any_of(types), actual)
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
         return ("unknown option '%s'%s"):format(tostring(name), suggest.phrase(tostring(name), names_of(spec)))
      end
   end
   for _, name in ipairs(names_of(spec)) do
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
--- or "integer" or "any", several separated by "|", a "?" at the end when it may be missing; or a list of values,
--- with `optional = true` when it may be missing.
---
---     options.check("lake:plan", opts, {view_set = "string?", limit = "integer|string?", format = {"csv", "jsonl"}})
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
