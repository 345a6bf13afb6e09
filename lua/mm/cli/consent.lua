-- Asks before something is changed.
local errors = require("mm.errors")
local screen = require("mm.screen")
local text = require("mm.text")
local values = require("mm.cli.values")

local consent = {}

-- mm.terminal is mmlua's own; any other interpreter has nobody to ask.
local function is_terminal()
   local is_there, terminal = pcall(require, "mm.terminal")
   return is_there and terminal.is_terminal("stdin") and terminal.is_terminal("stderr")
end

local function ask(question)
   io.stderr:write(question)
   io.stderr:flush()
   local answer = io.read("*l")
   if not answer then
      io.stderr:write("\n") -- Ctrl-D leaves the cursor behind the question
   end
   return answer
end

local function show(summary)
   for _, line in ipairs(summary or {}) do
      io.stderr:write(text.fold(text.escape(line), screen.width()), "\n")
   end
end

local function without_terminal(action, options)
   if options.yes and options.reason then
      return options.reason
   end
   local missing = options.yes and "--reason" or options.reason and "--yes" or "--yes and --reason"
   return errors.fail("usage", ("%s needs %s where there is no terminal to ask on"):format(action, missing))
end

local function declined(action)
   return errors.fail("declined", ("not confirmed: %s was not begun, nothing was changed"):format(action))
end

--- Shows what is about to be done and has it confirmed with the lake's name; then asks for the reason if none is
--- given. With `--yes` nothing but the reason is asked. Without a terminal `--yes` and `--reason` are needed.
---@param request table `{action="undo", lake=name, summary=lines, options=parsed command line}`
---@return string|nil reason, table|nil err
function consent.confirm(request)
   local options, lake = request.options or {}, text.escape(request.lake)
   if not is_terminal() then
      return without_terminal(request.action, options)
   end
   show(request.summary)
   if not options.yes and ask(("Type the lake's name (%s) to %s: "):format(lake, request.action)) ~= request.lake then
      return declined(request.action)
   end
   local reason = options.reason or ask("Reason, for the audit: ")
   if not reason or not reason:find("%S") then
      return declined(request.action)
   end
   return values.convert("reason", {type = "reason"}, reason)
end

return consent
