-- The verbs of mmlua, as they are typed in a session: the same scripts, on the session's lake.
local cli = require("mm.cli")
local errors = require("mm.errors")
local help = require("mm.help")
local lakes = require("mm.shell.lakes")
local suggest = require("mm.suggest")
local verb = require("mm.verb")
local words = require("mm.shell.words")

local verbs = {}

local folder, names, is_known = "", {}, {help = true}

--- Tells which verbs there are, and makes them use the session's lake.
---@param scripts string the folder of their scripts
---@param list string[]
function verbs.set(scripts, list)
   folder, names = scripts, list
   table.sort(names)
   for _, name in ipairs(names) do
      is_known[name] = true
   end
   local say_next = cli.next
   function cli.next(options, format, ...)
      say_next(options, "%s", (format:format(...):gsub("mmlua (%a)", "%1")))
   end
   cli.open = lakes.open_for_verb
end

--- Their names, sorted.
---@return string[]
function verbs.names()
   return names
end

--- Whether there is one of that name.
---@param name string
---@return boolean
function verbs.exists(name)
   return is_known[name] or false
end

-- What follows the name and makes the line Lua: an operator, a call, an assignment, a field.
local function is_lua(rest)
   return rest:find("^%s*[=+*/%%^#&|~<>,.:;%[({\"']") ~= nil or rest:find("^%s*%-%s") ~= nil
      or rest:find("^%s*%-%-[^%a]") ~= nil
end

local function split(line)
   local name, rest = line:match("^%s*mmlua%s+(%a[%w-]*)(.*)$")
   if name then
      return name, rest, true
   end
   name, rest = line:match("^%s*(%a[%w-]*)(.*)$")
   return name, rest, false
end

--- The verb that a line calls, and the words after it. A variable of the same name comes first where the line could be
--- either; `mmlua` in front of a verb makes it one.
---@param line string
---@return string|nil name, string[]|nil words
function verbs.find(line)
   local name, rest, is_certain = split(line)
   if not name or not is_known[name] or rest:find("^[%w_]") then
      return nil
   elseif not is_certain and (is_lua(rest) or rest:find("^%s*$") and rawget(_G, name) ~= nil) then
      return nil
   end
   return name, words.split(rest)
end

local function is_keyword(word)
   return not load(word .. " = nil")
end

--- The verb that was probably meant by a line that is neither Lua nor a verb.
---@param line string
---@return string|nil typed, string|nil meant
function verbs.meant(line)
   local name, rest = split(line)
   local word = name and name:match("^%a+")
   if not name or is_known[name] or rest:find("^[%w_.:=({]") or rawget(_G, word) ~= nil or is_keyword(word) then
      return nil
   end
   local meant = suggest.nearest(name, names)
   return meant and name, meant
end

local function copy(list)
   local result = {}
   for i, value in ipairs(list) do
      result[i] = value
   end
   return result
end

local function call_help(list)
   if list[1] == nil then
      return help.show_verbs(folder, copy(names))
   elseif not is_known[list[1]] then
      return help.unknown(folder, names, list[1])
   end
   return verbs.run(list[1], {"--help"})
end

--- Runs a verb. Its errors are printed.
---@param name string
---@param list string[] the words after it
---@return integer exit_code
function verbs.run(name, list)
   if name == "help" then
      return call_help(list)
   end
   local before = rawget(_G, "arg")
   local own = {[-1] = before and before[0], [0] = "mmlua " .. name}
   for i, word in ipairs(list) do
      own[i] = word
   end
   rawset(_G, "arg", own)
   local exit_code = verb.run(name, ("%s/%s.lua"):format(folder, name))
   rawset(_G, "arg", before)
   return exit_code
end

--- The declaration that a verb gives to `cli.parse`, without running the verb; nil if it has none.
---@param name string
---@return table|nil
function verbs.declaration(name)
   local chunk = loadfile(("%s/%s.lua"):format(folder, name))
   local parse, mark, found = cli.parse, {}, nil
   function cli.parse(declaration)
      found = declaration
      error(mark, 0)
   end
   if chunk then
      pcall(chunk)
   end
   cli.parse = parse
   return found
end

--- The error for a line that a verb was probably meant by.
---@param typed string
---@param meant string
---@return table err
function verbs.mistake(typed, meant)
   return errors.new("usage", ("no verb is called '%s'; did you mean '%s'?"):format(typed, meant))
end

return verbs
