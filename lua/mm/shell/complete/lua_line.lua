-- What may stand at the end of a piece of Lua: a field, a method, an option, a name of the lake.
local documentation = require("mm.shell.documentation")
local names = require("mm.shell.names")
local paths = require("mm.shell.complete.paths")
local scan = require("mm.shell.complete.scan")
local specs = require("mm.shell.complete.specs")

local lua_line = {}

-- The function whose argument is behind the innermost bracket: its path, its arguments so far, and the table among
-- them in which the cursor is; lists in that table do not count.
local function call_around(text, stack)
   for depth = #stack, 1, -1 do
      local at = stack[depth]
      local path, opening = text:sub(1, at - 1):match("([%a_][%w_.:]*)%s*$"), text:sub(at, at)
      if path or opening == "(" then
         local inner = opening == "{" and at or stack[depth + 1]
         return path, text:sub(at + 1), inner and text:sub(inner, inner) == "{" and inner or nil, opening
      end
   end
end

local function call_at(text, stack)
   local path, arguments, inner, opening = call_around(text, stack)
   local f = path and paths.value(path)
   if type(f) ~= "function" then
      return nil
   end
   local position = opening == "{" and 1 or scan.commas(arguments) + 1
   return {path = path, f = f, is_method = path:find(":", 1, true) ~= nil, position = position, inner = inner,
      arguments = arguments}
end

local function spec_of(call)
   local spec, position = specs.of(call.f, call.is_method)
   return position == call.position and spec or nil
end

local function parameter_name(call)
   for _, entry in ipairs(documentation.find(call.path:match("[%w_]+$"))) do
      local position = 0
      for name in entry.parameters:gmatch("[%w_]+") do
         position = position + 1
         if position == call.position then
            return name
         end
      end
   end
end

-- Text inside the options so far: which have been given, and the view set among them.
local function given_in(text, call)
   local inside = call.inner and text:sub(call.inner + 1) or call.arguments
   return inside, inside:match("view_set%s*=%s*[\"']([^\"']*)[\"']") or call.arguments:match("^%s*[\"']([^\"']*)[\"']")
end

local function verdicts()
   return require("mm.plan").VERDICTS
end

-- What may stand in a string that is the value of option `key`.
local function values_of_option(text, call, key, beginning)
   local spec = spec_of(call)
   local wanted = spec and spec[key]
   if key == "verdicts" and wanted then
      return verdicts()
   elseif type(wanted) == "table" then
      return wanted
   end
   local _, view_set = given_in(text, call)
   return names.of(key, beginning, view_set)
end

local function in_string(text, context)
   local beginning, head = text:sub(context.from + 1), text:sub(1, context.from - 1)
   local call = call_at(head, context.stack)
   if not call then
      local path = head:match("([%a_][%w_.:]*)%s*$")
      local f = path and paths.value(path)
      call = type(f) == "function" and {path = path, f = f, position = 1, arguments = ""} or nil
      return call and names.of(parameter_name(call) or "", beginning), beginning
   elseif not call.inner then
      local _, view_set = given_in(head, call)
      return names.of(parameter_name(call) or "", beginning, view_set), beginning
   end
   local key = head:match("([%a_][%w_]*)%s*=%s*{?[^{}=]*$")
   return key and values_of_option(head, call, key, beginning), beginning
end

local function option_names(text, context, word)
   local head = text:sub(1, #text - #word)
   local call = head:find("[{,;]%s*$") and call_at(head, context.stack)
   local spec = call and call.inner and context.stack[#context.stack] == call.inner and spec_of(call)
   if not spec then
      return nil
   end
   local inside, list = given_in(head, call), {}
   for name in pairs(spec) do
      if not inside:find("%f[%w_]" .. name .. "%s*=") then
         list[#list + 1] = name
      end
   end
   return list, word, " = "
end

local function set_to_list(set)
   local list = {}
   for name in pairs(set) do
      list[#list + 1] = name
   end
   return list
end

local function in_code(text, context)
   local path, separator, word = text:match("([%a_][%w_.:]*)([.:])([%w_]*)$")
   if path then
      local value = paths.value(path)
      return value ~= nil and set_to_list(paths.fields(value, separator == ":")) or nil, word
   end
   word = text:match("[%w_]*$")
   if word:find("^%d") or text:sub(1, #text - #word):find("[.:]$") then
      return nil
   end
   local options, beginning, suffix = option_names(text, context, word)
   if options then
      return options, beginning, suffix
   end
   return word ~= "" and set_to_list(paths.globals()) or nil, word
end

--- What may stand at the end of the text, what of it is there already, and what goes after it.
---@param text string
---@return string[]|nil candidates, string|nil beginning, string|nil suffix
function lua_line.candidates(text)
   local context = scan.context(text)
   if context.kind == "string" then
      local list, beginning = in_string(text, context)
      return list, beginning, text:sub(context.from, context.from)
   elseif context.kind == "code" then
      return in_code(text, context)
   end
end

return lua_line
