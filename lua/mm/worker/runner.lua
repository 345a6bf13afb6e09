-- A process that takes jobs, one after the other, and has each done by a process of its own, so that whatever becomes
-- of that one the lease is kept, given back or told to have failed. No lock is held meanwhile: a lease with a fencing
-- number says whose the job is, and a batch claims its rows by itself, so even two processes on one job do nothing
-- twice.
local server = require("mm.server")
local session = require("mm.worker.session")

local runner = {}

local RENEW_S, POLL_S, RETRY_S, GRACE_S = 10, 1, 5, 20

-- Exit codes of a job's process: its end is told, it is to be done again, the lease is somebody else's.
runner.DONE, runner.AGAIN, runner.LOST = 0, 75, 76

local function words_of(self, job)
   local words = {}
   for i, word in ipairs(self.command) do
      words[i] = word
   end
   words[#words + 1], words[#words + 2] = "--job", ("%d"):format(job.job)
   words[#words + 1], words[#words + 2] = "--fence", ("%d"):format(job.fence)
   return words
end

-- Asks the process to end, so that its batch is rolled back; one that does not is ended.
local function stop(child)
   server.kill(child, "INT")
   local deadline = os.time() + GRACE_S
   local ended
   repeat
      ended = server.wait(1)
      if not ended and os.time() >= deadline then
         server.kill(child, "KILL")
      end
   until ended == child
end

-- False when the job is somebody else's by now; a database that is away for a while does not matter.
local function is_ours(self, job)
   local lake = self.session:lake()
   local is_renewed = lake and lake:renew_job(job.job, job.fence)
   return is_renewed ~= false
end

local function watch(self, job, child)
   local renewed = os.time()
   while true do
      local ended, code = server.wait(RENEW_S)
      if ended == child then
         return code
      elseif server.is_stopping() then
         stop(child)
         return runner.AGAIN
      elseif os.time() - renewed >= RENEW_S then
         renewed = os.time()
         if not is_ours(self, job) then
            stop(child)
            return runner.LOST
         end
      end
   end
end

local function pause(seconds)
   local deadline = os.time() + seconds
   while not server.is_stopping() and os.time() < deadline do
      server.wait(deadline - os.time())
   end
end

local function run(self, job)
   local code = watch(self, job, server.spawn(words_of(self, job)))
   if code == runner.DONE or code == runner.LOST then
      return
   elseif code ~= runner.AGAIN then
      session.log("job %d: its process ended with code %d", job.job, code)
   end
   local lake, err = self.session:lake()
   local is_released
   if lake then
      is_released, err = lake:release_job(job.job, job.fence, {counts = not server.is_stopping()})
   end
   if is_released == nil then
      session.log("job %d: %s; its lease runs out by itself", job.job, tostring(err))
   end
   if not server.is_stopping() then
      pause(RETRY_S)
   end
end

-- Says once what is in the way.
local function complain(self, err)
   local message = tostring(err)
   if message ~= self.complaint then
      session.log("no jobs can be taken: %s", message)
      self.complaint = message
   end
end

local function take(self)
   local lake, err = self.session:lake()
   local job
   if lake then
      job, err = lake:claim_job{worker = self.name}
   end
   if err then
      complain(self, err)
      pause(RETRY_S)
   elseif job then
      self.complaint = nil
      run(self, job)
   else
      self.complaint = nil
      server.wait(POLL_S)
   end
end

--- Takes jobs until the process is asked to stop. Does not return.
---@param open fun(): mm.lake|nil, table|nil
---@param command string[] what does a job, before its number
function runner.serve(open, command)
   local self = {session = session.new(open), command = command, name = ("%d"):format(server.process())}
   server.lead()
   while not server.is_stopping() do
      take(self)
   end
   server.exit(0)
end

return runner
