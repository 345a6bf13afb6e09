-- Runs a verb of mmlua: a script, whose errors become messages and exit codes.
local errors = require("mm.errors")
local exit_codes = require("mm.exit_codes")
local pager = require("mm.pager")
local paint = require("mm.paint")
local progress = require("mm.progress")
local screen = require("mm.screen")
local text = require("mm.text")

local verb = {}

local function say(label, message)
   progress.end_line()
   io.stdout:flush()
   local line = text.fold(label:gsub(" ", "_") .. ": " .. message, screen.width()) -- a label is not broken
   io.stderr:write(paint.text(label:find("^mmlua") and "red" or nil, label, "stderr"), line:sub(#label + 1), "\n")
end

-- Errors with a code are what the world does; all others are mistakes of ours and get a traceback.
local function keep_error(err)
   if type(err) == "table" and err.code then
      return err
   end
   local message = tostring(err)
   if message:find("interrupted!$") then
      return errors.new("cancelled", "interrupted")
   end
   return errors.new("bug", debug.traceback(message, 2))
end

-- What each guard found that refuses.
local function say_findings(program, err)
   for _, finding in ipairs(err.findings) do
      say(program, text.escape(("refused by the guard %s: %s"):format(finding.guard, finding.message)))
      say("why", text.escape(finding.why or "a guard of this lake's operators"))
      say("it passes", text.escape(finding.passes or "when its authors say so"))
   end
   say("to override", '--override GUARD="why it is safe all the same", for each; the audit records it')
   if err.done and err.hint then
      say("hint", text.escape(err.hint))
   end
   if err.not_audited then
      say("not audited", text.escape(err.not_audited))
   end
end

--- Prints an error on stderr, as verbs do, and gives the exit code. Asking for help is answered the same way.
---@param name string the verb's
---@param err table
---@return integer exit_code
function verb.report(name, err)
   local program = "mmlua " .. name
   if err.code == "help" then
      pager.run(function(write)
         write(err.message)
      end)
   elseif err.code == "bug" then
      say(program, err.message)
   elseif err.findings then
      say_findings(program, err)
   elseif err.code ~= "closed_pipe" then
      say(program, text.escape(tostring(err.message)))
      for _, field in ipairs{"detail", "hint"} do
         if err[field] then
            say(field, text.escape(err[field]))
         end
      end
   end
   return exit_codes.of(err)
end

local function call(path)
   local chunk, message = loadfile(path)
   if not chunk then
      return nil, errors.new("bug", message)
   end
   local is_right, result = xpcall(chunk, keep_error)
   if is_right then
      return type(result) == "number" and result or exit_codes.ok
   end
   return nil, result
end

--- Runs the script at `path`. It finds its arguments in the global `arg`; a number that it returns is the exit code.
---@param name string
---@param path string
---@return integer exit_code
function verb.run(name, path)
   local exit_code, err = call(path)
   return exit_code or verb.report(name, err)
end

return verb
