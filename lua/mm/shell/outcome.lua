-- What became of a statement: its values, or what went wrong, and the exit code that stands for it.
local errors = require("mm.errors")
local exit_codes = require("mm.exit_codes")
local mistakes = require("mm.shell.mistakes")
local progress = require("mm.progress")
local show = require("mm.shell.show")
local text = require("mm.text")

local outcome = {}

-- Frames of the session itself tell nobody anything.
local function own_frames_cut(trace)
   local lines = {}
   for line in trace:gmatch("[^\n]+") do
      if line:find("mm/shell/session.lua", 1, true) then
         lines[#lines] = nil -- the call of xpcall
         break
      end
      lines[#lines + 1] = line
   end
   return table.concat(lines, "\n")
end

--- A message handler: errors with a code stay what they are, others are kept with their traceback.
---@param err any
---@return table
function outcome.keep(err)
   if type(err) == "table" and err.code then
      return err
   end
   local message = tostring(err)
   if message:find("interrupted!$") then
      return errors.new("cancelled", "interrupted")
   end
   return {text = message, trace = debug.traceback("", 2):gsub("^\n", "")}
end

local function doubt(exit_code)
   if exit_code == exit_codes.unknown then
      io.stderr:write("in doubt: whether the last transaction was committed; `retirements` and `show ID` tell\n")
   end
end

local function write_lines(lines)
   progress.end_line()
   io.stderr:write((lines:gsub("[^\n\t]+", text.escape)), "\n")
end

-- Only what went wrong in a file needs a traceback.
local function fail_in_lua(problem)
   io.stdout:flush()
   write_lines(problem.text .. mistakes.hint(problem.text))
   if problem.text:find("^[./][^\n]*:%d+: ") then
      write_lines(own_frames_cut(problem.trace))
   end
   return exit_codes.error
end

--- Prints what went wrong.
---@param problem string|table a message, an error, or what outcome.keep made of one
---@return integer exit_code
function outcome.fail(problem)
   if type(problem) == "string" then
      write_lines(problem)
      return exit_codes.error
   elseif problem.text then
      return fail_in_lua(problem)
   end
   show.error(problem)
   local exit_code = exit_codes.of(problem)
   doubt(exit_code)
   return exit_code
end

local function is_error(value)
   return type(value) == "table" and type(value.code) == "string" and type(value.message) == "string"
end

--- Prints the values of an expression; `nil, err` is what went wrong.
---@param count integer
---@return integer exit_code
function outcome.print(count, ...)
   local first, second = ...
   if count == 2 and first == nil and is_error(second) then
      return outcome.fail(second)
   elseif count > 0 then
      show.values(count, ...)
   end
   return exit_codes.ok
end

--- What the exit code of a verb means here: errors are printed already.
---@param exit_code integer
---@return integer exit_code
function outcome.of_verb(exit_code)
   doubt(exit_code)
   return exit_code == exit_codes.outdated and exit_codes.ok or exit_code
end

return outcome
