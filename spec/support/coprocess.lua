-- A process beside this one that answers line by line.
--   local process = coprocess.start(command)   its standard output and error arrive in the order written
--   process:write(text)  process:read() -> line or nil at its end  process:close() waits for its end
--   process:kill()       SIGKILL
local shell = require("spec.support.shell")

local coprocess = {}
coprocess.__index = coprocess

function coprocess.start(command)
   local path = os.tmpname()
   os.remove(path)
   os.execute("mkfifo -m 600 " .. shell.quote(path))
   local input = assert(io.popen(("exec >%s 2>&1; echo $$; exec %s"):format(shell.quote(path), command), "w"))
   local output = assert(io.open(path))
   os.remove(path)
   return setmetatable({input = input, output = output, pid = output:read("*l")}, coprocess)
end

function coprocess:write(text)
   assert(self.input:write(text))
   self.input:flush()
end

function coprocess:read()
   return self.output:read("*l")
end

function coprocess:kill()
   os.execute("kill -9 " .. self.pid)
   self:close()
end

function coprocess:close()
   self.input:close()
   self.output:close()
end

return coprocess
