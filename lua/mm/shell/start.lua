-- How a session begins: the command line, the banner, the lake.
local cli = require("mm.cli")
local exit_codes = require("mm.exit_codes")
local lakes = require("mm.shell.lakes")
local mm = require("mm")
local verb = require("mm.verb")
local verbs = require("mm.shell.verbs")

local start = {}

local DECLARATION = {
   text = "Opens a shell on a lake: Lua, the verbs, and commands that begin with a backslash.",
   options = {"connection"},
   examples = {{"mmlua --lake service=prod"}},
}

--- What the words after `mmlua` say; nil when they are wrong, or ask for help, and that was answered.
---@param words string[]
---@return table|nil options, integer|nil exit_code
function start.options(words)
   words[0] = "mmlua"
   local is_right, options = pcall(cli.parse, DECLARATION, words)
   if is_right then
      return options
   elseif type(options) ~= "table" then
      error(options, 0)
   end
   return nil, verb.report("", options)
end

--- Says where one is: versions, and the lake at a glance. Without a lake the session goes on.
---@param session table
function start.greet(session)
   io.stdout:write(("mmlua %s, %s. \\? lists commands, help lists verbs.\n"):format(mm.version, _VERSION))
   local exit_code = session:run_statement{kind = "lua", run = function()
      assert(lakes.get())
   end}
   if exit_code == exit_codes.ok then
      session:run_statement{kind = "verb", run = function()
         return verbs.run("status", {})
      end}
   else
      io.stderr:write("no lake is open; \\c LAKE opens one\n")
   end
end

return start
