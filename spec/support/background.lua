-- A process beside this one whose output goes to a file, gone with the run.
--   local process = background.start(COMMAND, LOG, WANTED)   returns when WANTED, a word or more, stands in the log
--   process.pid   process:log() -> its output so far   process:stop() ends it (SIGTERM) and waits for it
local coprocess = require("spec.support.coprocess")
local shell = require("spec.support.shell")

local background = {}
background.__index = background

local WAIT_S = 20

function background.start(command, log, wanted)
   local line = ("echo $$ >%s.pid; exec %s >%s 2>&1"):format(log, command, log)
   shell.run((":>%s"):format(log))
   local self = setmetatable({path = log}, background)
   self.process = coprocess.start("spec/support/until-eof sh -c " .. shell.quote(line))
   self:wait(wanted)
   self.pid = shell.run(("cat %s.pid"):format(log)).stdout:match("%d+")
   return self
end

--- Until that stands in the log.
function background:wait(wanted)
   local search = ("until grep -q -e %s %s; do sleep 0.02; done"):format(shell.quote(wanted), self.path)
   local result = shell.run(("timeout %d sh -c %s"):format(WAIT_S, shell.quote(search)))
   if result.code ~= 0 then
      error(("%s is not in %s:\n%s"):format(wanted, self.path, self:log()), 0)
   end
end

function background:log()
   return shell.run("cat " .. self.path).stdout
end

function background:stop()
   self.process:close()
end

return background
