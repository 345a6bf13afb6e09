-- Does a job of the HTTP API: in a process of its own, that may die at any time.
local core = require("mm.core")
local errors = require("mm.errors")
local jobs = require("mm.jobs")
local problems = require("mm.http.problems")
local retirements = require("mm.retirements")
local runner = require("mm.worker.runner")
local session = require("mm.worker.session")

local job = {}

-- What may well go better in a while.
local PASSES = {connection = true, cancelled = true, timeout = true, memory = true}

-- The job with its arguments, when it is this process's.
local function claimed(lake, number, fence)
   local rows, err = jobs.select(lake, {n = 4, number, nil, "running", 1})
   local row = rows and rows[1]
   return row and row.fence == fence and jobs.record(lake, row, true) or nil, err
end

-- Tells how far it is after each batch. Raises when the job is somebody else's by now, or it shall end.
local function teller(lake, task)
   local done, batches = task.done or 0, task.batches or 0
   return function(batch)
      done, batches = done + (batch.retired or batch.restored or 0), batches + 1
      local is_ours, err = lake:renew_job(task.job, task.fence, {done = done, batches = batches,
         total = done + batch.remaining})
      if is_ours == false then
         error(errors.new("lost", "the job is another worker's by now"), 0)
      elseif err and err.code == "cancelled" then
         error(err, 0)
      end
   end
end

-- One that was asked to go on is let go on first; whoever did this before it died has done it.
local function resume(lake, task)
   local found, err = retirements.find(lake, task.retirement)
   if found and found.state == "paused" then
      found, err = lake:resume(task.retirement)
   end
   return found, err
end

local function work(lake, task)
   local opts = {}
   for name, value in pairs(task.arguments) do
      opts[name] = value
   end
   if opts.resume then
      local found, err = resume(lake, task)
      if not found then
         return nil, err
      end
   end
   opts.resume, opts.on_batch = nil, teller(lake, task)
   return lake[task.kind](lake, task.retirement, opts)
end

local function tell_end(lake, task, err)
   local problem
   if err then
      problem = select(2, problems.of(err, task.request_id))
   end
   local is_told, failure = lake:end_job(task.job, task.fence, {error = problem})
   if failure then
      session.log("job %d: %s", task.job, tostring(failure))
      return runner.AGAIN
   end
   return is_told and runner.DONE or runner.LOST
end

-- What is raised by SIGINT, by us, and by mistakes of ours.
local function explain(message)
   if type(message) == "table" then
      return message
   elseif tostring(message):find("interrupted!$") then
      return errors.new("cancelled", "interrupted")
   end
   return errors.new("bug", debug.traceback(tostring(message), 2))
end

--- Does it, when it still is who has that fencing number. Returns an exit code of mm.worker.runner.
---@param lake mm.lake
---@param number integer
---@param fence integer
---@return integer
function job.run(lake, number, fence)
   local task, err = claimed(lake, number, fence)
   if err then
      session.log("job %d: %s", number, tostring(err))
      return runner.AGAIN
   elseif not task then
      return runner.LOST
   end
   core.lake_act_for(lake, task.principal, task.request_id)
   local is_right, found, problem = xpcall(work, explain, lake, task)
   problem = not is_right and found or problem
   if not problem then
      return tell_end(lake, task)
   elseif problem.code == "lost" then
      return runner.LOST
   elseif PASSES[problem.code] and problem.outcome ~= "committed" then
      session.log("job %d: %s", number, tostring(problem))
      return runner.AGAIN
   elseif problem.code == "bug" then
      session.log("job %d: %s", number, problem.message)
   end
   return tell_end(lake, task, problem)
end

return job
