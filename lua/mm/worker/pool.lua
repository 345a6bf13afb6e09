-- The processes of a worker: as many as wanted answer requests, and some take jobs. One that ends is followed by
-- another.
local core = require("mm.core")
local requests = require("mm.worker.requests")
local runner = require("mm.worker.runner")
local server = require("mm.server")
local session = require("mm.worker.session")

local pool = {}

local GRACE_S, HASTE_S = 40, 1

local function start(self, role)
   local child = server.fork()
   if child ~= 0 then
      self.children[child] = {role = role, since = os.time()}
   elseif role == "requests" then
      requests.serve(self.listener, self.open)
   else
      self.listener:close()
      runner.serve(self.open, self.command)
   end
end

-- A process that dies at once must not be followed in haste.
local function follow(self, child, code)
   local known = self.children[child]
   self.children[child] = nil
   if known and not server.is_stopping() then
      session.log("process %d for %s ended with code %d: another follows", child, known.role, code)
      if os.time() - known.since < HASTE_S then
         core.sleep(HASTE_S)
      end
      start(self, known.role)
   end
end

local function signal_all(self, name)
   for child in pairs(self.children) do
      server.kill(child, name)
   end
end

-- Requests that are being answered are, jobs are given back.
local function stop(self)
   signal_all(self, "TERM")
   local deadline = os.time() + GRACE_S
   while next(self.children) do
      local child = server.wait(1)
      if child then
         self.children[child] = nil
      elseif os.time() >= deadline then
         signal_all(self, "KILL")
      end
   end
end

--- Serves until the process is asked to stop.
---@param options {path: string, workers: integer, jobs: integer, open: function, command: string[]}
---@return true|nil, string|nil message
function pool.run(options)
   local listener, message = server.listen(options.path)
   if not listener then
      return nil, message
   end
   local self = {listener = listener, open = options.open, command = options.command, children = {}}
   server.lead()
   for _ = 1, options.workers do
      start(self, "requests")
   end
   for _ = 1, options.jobs do
      start(self, "jobs")
   end
   session.log("listening on %s", options.path)
   while not server.is_stopping() do
      local child, code = server.wait(3600)
      if child then
         follow(self, child, code)
      end
   end
   listener:close()
   os.remove(options.path)
   stop(self)
   return true
end

return pool
