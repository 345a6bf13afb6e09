-- A session at the terminal, or of a text piped in: reads statements, runs them, prints what they give.
local core = require("mm.core")
local exit_codes = require("mm.exit_codes")
local globals = require("mm.shell.globals")
local lakes = require("mm.shell.lakes")
local long_work = require("mm.shell.long_work")
local mistakes = require("mm.shell.mistakes")
local outcome = require("mm.shell.outcome")
local output = require("mm.output")
local prompt = require("mm.shell.prompt")
local reader = require("mm.shell.reader")
local start = require("mm.shell.start")
local terminal = require("mm.terminal")
local verbs = require("mm.shell.verbs")

local session = {}
session.__index = session

-- What Lua gives is printed; a verb or a command gives an exit code, or whether it went well.
local function judge(kind, is_right, ...)
   if not is_right then
      return outcome.fail((...))
   elseif kind == "lua" then
      return outcome.print(select("#", ...), ...)
   elseif kind == "verb" then
      return outcome.of_verb((...))
   end
   local result = ...
   return type(result) == "number" and result or result == false and exit_codes.error or exit_codes.ok
end

-- Only the outermost call looks after Ctrl-C.
function session:attempt(f)
   local call = self.depth == 0 and terminal.call or xpcall
   self.depth = self.depth + 1
   local is_right, err = call(f, outcome.keep)
   self.depth = self.depth - 1
   return is_right or outcome.fail(type(err) == "string" and outcome.keep(err) or err)
end

--- Runs a statement and prints what it gives, or what went wrong.
---@param statement table as reader.read gives it
---@return integer exit_code
function session:run_statement(statement)
   if not statement.run then
      return outcome.fail(statement.err)
   end
   local exit_code
   self.kind = statement.kind
   local failed = self:attempt(function()
      exit_code = judge(statement.kind, xpcall(statement.run, outcome.keep, self))
   end)
   return exit_code or failed
end

--- Runs lines as if they were typed, up to the first that fails.
---@param next_line fun(): string|nil
---@return integer exit_code
function session:run_lines(next_line)
   local exit_code, line = exit_codes.ok, next_line()
   while line and exit_code == exit_codes.ok and not self.is_over do
      if line:find("%S") then
         exit_code = self:run_statement(reader.read(line, next_line))
      end
      line = next_line()
   end
   return exit_code
end

function session:run_where_wanted(statement)
   if not self.file then
      return self:run_statement(statement)
   end
   local is_right, exit_code = terminal.divert(self.file, self.run_statement, self, statement)
   return is_right and exit_code or outcome.fail(exit_code)
end

-- What is typed at the prompt is timed, may go to a file, and can be repeated.
function session:run_typed(statement)
   if statement.kind == "lua" or statement.kind == "verb" then
      self.last = statement
   end
   self.depth = 0 -- whatever became of the last one
   local began = terminal.now()
   local exit_code = self:run_where_wanted(statement)
   if self.is_timing and statement.kind ~= "command" then
      output.message("time: %.1f ms", (terminal.now() - began) * 1000)
   end
   self.exit_code = exit_code
end

--- Writes results to an open file from now on; to stdout without one.
---@param file file*|nil
function session:write_to(file)
   if self.file then
      self.file:close()
   end
   self.file = file
end

--- Opens a lake, or the present one again.
---@param options table|nil as on the command line
function session.connect(_, options)
   local lake, err = lakes.open(options or lakes.wanted())
   if not lake then
      error(err, 0)
   end
   output.message("lake %s", core.lake_info(lake).name)
end

-- The next statement; false for none, nil at the end of the input.
function session:read()
   local function read(text, before)
      return terminal.read(self.is_terminal and text or nil, before)
   end
   local line = read(prompt.first())
   if not line or not line:find("%S") then
      return line and false
   end
   local statement = reader.read(line, function(before)
      return read(prompt.next(), before)
   end)
   if statement then
      terminal.remember(statement.text)
   end
   return statement or false
end

-- On a terminal a failure is looked at; in a text piped in the rest may rest on what failed.
function session:loop()
   repeat
      local statement = self:read()
      if statement then
         self:run_typed(statement)
         if self.is_terminal then
            prompt.refresh()
         end
      end
      self.is_over = self.is_over or statement == nil or not self.is_terminal and self.exit_code ~= exit_codes.ok
   until self.is_over
   if self.is_terminal then
      io.stdout:write("\n")
   end
end

--- Runs a session.
---@param given {scripts: string, verbs: string[], words: string[]} folder and names of the verbs, the command line
---@return integer exit_code
function session.run(given)
   verbs.set(given.scripts, given.verbs)
   local options, exit_code = start.options(given.words)
   if not options then
      return exit_code
   end
   local self = setmetatable({depth = 0, exit_code = exit_codes.ok}, session)
   self.is_terminal = terminal.is_terminal("stdin")
   globals.set(function()
      return assert(lakes.get())
   end)
   mistakes.set()
   long_work.set(function()
      return self.kind == "lua"
   end)
   lakes.want(options)
   if self.is_terminal then
      start.greet(self)
   end
   prompt.refresh()
   self:loop()
   return self.is_terminal and exit_codes.ok or self.exit_code
end

return session
