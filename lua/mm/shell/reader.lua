-- What a line typed in a session is: a command, a verb, an expression, or a statement, which may need more lines.
local commands = require("mm.shell.commands")
local errors = require("mm.errors")
local lines = require("mm.shell.lines")
local verbs = require("mm.shell.verbs")

local reader = {}

local function read_command(text)
   local name, rest = text:match("^%s*\\(%S*)%s*(.-)%s*$")
   return {kind = "command", text = text, run = function(session)
      return commands.run(session, name, rest)
   end}
end

local function read_verb(text)
   local name, words = verbs.find(text)
   return name and {kind = "verb", text = text, run = function()
      return verbs.run(name, words)
   end}
end

local function pass(...)
   return ...
end

-- `=expression` is how Lua 5.2 and older print a value. The call around an expression keeps it from being a tail call,
-- of which nobody knows the line.
local function compile(text)
   text = text:gsub("^=", "", 1)
   local chunk = load("return (...)(" .. text .. "\n)", "=stdin")
   if chunk then
      return function()
         return chunk(pass)
      end
   end
   return load(text, "=stdin")
end

-- `exit`, `quit` and `?` as everywhere, unless they are variables.
local function read_habit(text)
   local name = text:match("^%s*(%a+)%s*$")
   if (name == "exit" or name == "quit") and rawget(_G, name) == nil then
      return read_command("\\q")
   elseif text:find("^%s*%?%s*$") then
      return read_command("\\?")
   end
end

local SQL = {select = true, insert = true, update = true, delete = true, with = true, create = true, alter = true,
   drop = true}

-- What is wrong with a text that is no Lua: a verb was misspelt, it is SQL, or what Lua says.
local function mistake(text, message)
   local typed, meant = verbs.meant(text)
   if typed then
      return verbs.mistake(typed, meant)
   elseif SQL[(text:match("^%s*(%a+)%s") or ""):lower()] then
      return errors.new("usage", "that is neither Lua nor a verb", {hint = "SQL is for psql; help lists the verbs"})
   end
   return message
end

local function read_unknown(text)
   local typed, meant = verbs.meant(text)
   local is_bare = text:find("^%s*[%a_][%w_]*%s*$") or text:find("^%s*[%a_][%w_]*%s*%-%-")
   if typed and (is_bare or typed:find("-", 1, true)) then
      return {kind = "lua", text = text, err = verbs.mistake(typed, meant)}
   end
end

local function ends_early(message)
   return message ~= nil and message:sub(-5) == "<eof>"
end

-- The message of a statement that more lines may complete, or of an expression that no statement begins with: `{1,`.
local function incomplete(text, message)
   if ends_early(message) then
      return message
   end
   local _, of_expression = load("return " .. text:gsub("^=", "", 1), "=stdin")
   return ends_early(of_expression) and of_expression or nil
end

-- Reads on as long as the statement is not complete.
local function read_lua(text, more)
   local chunk, message = compile(text)
   while not chunk and incomplete(text, message) do
      message = incomplete(text, message)
      local line = more(text)
      if line == false then
         return nil
      elseif line == nil then
         break
      end
      text = text .. "\n" .. line
      chunk, message = compile(text)
   end
   if chunk then
      return {kind = "lua", text = text, run = chunk}
   end
   return {kind = "lua", text = text, err = mistake(text, message)}
end

local function read_line(text)
   if text:find("^%s*\\") then
      return read_command(text)
   end
   return read_habit(text) or read_verb(text) or read_unknown(text)
end

-- Whether a line further down is a verb or a command.
local function has_other_lines(text)
   for line in text:gmatch("\n([^\n]*)") do
      if read_line(line) then
         return true
      end
   end
   return false
end

-- Several lines at once that are not one statement of Lua are read one by one.
local function read_several(text)
   return {kind = "lines", text = text, run = function(session)
      return session:run_lines(lines.of(text))
   end}
end

--- Reads a statement: `{kind=, text=}` with `run(session)`, or with `err`. `more(text so far)` gives the next line, nil
--- at the end of the input, false when the user gave up; then there is no statement.
---@param text string
---@param more fun(before: string): string|nil|false
---@return table|nil
function reader.read(text, more)
   local first, rest = text:match("^([^\n]*)\n(.*)$")
   if first and rest:find("%S") and not load(text) and (read_line(first) or has_other_lines(text)) then
      return read_several(text)
   end
   return not first and read_line(text) or read_lua(text, more)
end

return reader
