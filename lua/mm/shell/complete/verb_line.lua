-- What may stand at the end of a line that calls a verb, or a command of the shell.
local common = require("mm.cli.common")
local commands = require("mm.shell.commands")
local documentation = require("mm.shell.documentation")
local names = require("mm.shell.names")
local terminal = require("mm.terminal")
local verbs = require("mm.shell.verbs")
local words = require("mm.shell.words")

local verb_line = {}

local declarations = {}

local function declaration_of(name)
   declarations[name] = declarations[name] or verbs.declaration(name) or {}
   return declarations[name]
end

local function options_of(declaration)
   local by_name = {}
   for _, option in ipairs(common.expand(declaration.options)) do
      by_name["--" .. option.name] = option
   end
   return by_name
end

-- Goes through the words before the cursor: the option whose value comes next, and how many arguments were given.
local function state_of(list, by_name)
   local state, i = {arguments = {}}, 1
   while i <= #list do
      local option = by_name[list[i]]
      if option and option.value then
         i = i + 1
         state.waiting = i > #list and option or nil
      elseif list[i]:sub(1, 1) ~= "-" then
         state.arguments[#state.arguments + 1] = list[i]
      end
      i = i + 1
   end
   return state
end

-- Those that are a word without quotes.
local function files(beginning)
   local list = {}
   for _, path in ipairs(terminal.files(beginning)) do
      if not path:find("[%s'\"\\]") then
         list[#list + 1] = path
      end
   end
   return list
end

local function values_of(declared, beginning, state)
   if declared and (declared.value or ""):find("FILE", 1, true) then
      return files(beginning)
   end
   return declared and (declared.values or names.of(declared.name, beginning, state.arguments[1]))
end

local function keys(list)
   local result = {}
   for name in pairs(list) do
      result[#result + 1] = name
   end
   return result
end

local function in_verb(name, list, beginning)
   local declaration = declaration_of(name)
   local by_name = options_of(declaration)
   local state = state_of(list, by_name)
   if state.waiting then
      return values_of(state.waiting, beginning, state)
   elseif beginning:sub(1, 1) == "-" then
      return keys(by_name)
   end
   return values_of((declaration.arguments or {})[#state.arguments + 1], beginning, state)
end

local function in_command(name, beginning)
   if name == "i" or name == "o" then
      return files(beginning)
   elseif name ~= "h" then
      return nil
   end
   local list = {}
   for _, entry in ipairs(documentation.all()) do
      list[#list + 1] = beginning:find("[.:]") and entry.name or entry.short
   end
   for _, verb in ipairs(verbs.names()) do
      list[#list + 1] = verb
   end
   return list
end

local function first_word(line)
   local word = line:match("^%s*(\\?[%w-]*)$")
   if not word then
      return nil
   elseif word:sub(1, 1) == "\\" then
      return commands.names(), word
   end
   return verbs.names(), word
end

--- What may stand at the end of the line, and what of it is there already; `is_only` when Lua has no say in it.
---@param line string
---@return string[]|nil candidates, string|nil beginning, boolean|nil is_only
function verb_line.candidates(line)
   local list, word = first_word(line)
   if list then
      return list, word, word:sub(1, 1) == "\\"
   end
   local beginning = line:match("%S*$")
   local command = line:match("^%s*\\(%S+)%s")
   if command then
      return in_command(command, beginning), beginning, true
   end
   local name = verbs.find(line:sub(1, #line - #beginning) .. "x")
   if not name then
      return nil
   end
   local before = words.split(line:sub(1, #line - #beginning):gsub("^%s*mmlua%s+", ""))
   table.remove(before, 1)
   local choices = name == "help" and verbs.names() or in_verb(name, before, beginning)
   return choices, beginning, true
end

return verb_line
