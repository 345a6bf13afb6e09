-- Claims of jobs. Who claims one gets a lease and a fence; once the lease is over another one may claim it, with the
-- next fence, and the first one's calls say that it is not theirs any more.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local jobs = require("mm.jobs")
local json = require("mm.json")
local options = require("mm.options")
local patience = require("mm.patience")

local lake = handle.methods

local LEASE_S, MAX_LEASE_S, ATTEMPTS = 30, 3600, 5
local GIVEN_UP = json.encode{code = "cancelled", outcome = "unknown",
   message = ("it was begun %d times, and each time its worker went away or could not go on: it is not tried again")
      :format(ATTEMPTS),
   hint = "the retirement shows how far it is; another job goes on with it"}

local function lease_error(seconds)
   if seconds and (seconds < 1 or seconds > MAX_LEASE_S) then
      return errors.new("invalid", ("a lease of %d seconds: it must be 1 to %d"):format(seconds, MAX_LEASE_S))
   end
end

-- Asked first, so that idle workers write nothing.
local function is_claimable(self)
   local is_there, err = handle.check_present(self)
   local list
   if is_there then
      list, err = handle.select(self, "job_claimable")
   end
   return list and list[1].is_claimable, err
end

-- A list, as there may be nothing to claim.
local function claim(self, params, is_again)
   local list, err
   if is_again then
      list, err = handle.select(self, "job_claimed", {n = 3, params[1], params[2], params[3]})
   end
   if not (list and list[1]) and not err then
      local results
      results, err = core.lake_change(self, {"job_give_up", "job_claim", "job_claimed"}, params)
      list = results and results[3]
   end
   return list, err
end

--- Claims the oldest job that waits, or whose worker's lease is over; false when there is none. Who has it calls
--- `renew_job` before the lease is over, and at the end `end_job` or `release_job`.
---@param opts {worker: string, lease_s: integer}
---@return mm.claimed_job|false|nil, table|nil err
function lake:claim_job(opts)
   opts = options.check("lake:claim_job", opts, {worker = "name", lease_s = "integer?"})
   local err = lease_error(opts.lease_s)
   local is_there, token
   if not err then
      is_there, err = is_claimable(self)
   end
   if is_there then
      token, err = core.random_hex(16)
   end
   if err then
      return nil, err
   elseif not token then
      return false
   end
   local params = {n = 5, opts.worker, opts.lease_s or LEASE_S, token, GIVEN_UP, ATTEMPTS}
   local list
   list, err = patience.again(function(is_again)
      return claim(self, params, is_again)
   end)
   return list and (list[1] and jobs.record(self, list[1], true) or false), err
end

local function check_claim(name, number, fence)
   options.check(name, {number = number, fence = fence}, {number = "integer", fence = "integer"}, 2)
end

-- Changes a job under its fence. After a lost connection `is_so` says of the job whether it was changed before.
local function change(self, statement, params, is_so)
   local list, err = patience.again(function(is_again)
      local results, problem = core.lake_change(self, {statement}, params)
      if results and not results[1][1] and is_again then
         local rows
         rows, problem = jobs.select(self, {n = 4, params[1], nil, nil, 1})
         return rows and {rows[1] and rows[1].fence == params[2] and is_so(rows[1]) or nil}, problem
      end
      return results and results[1], problem
   end)
   return list and list[1] ~= nil, err
end

local function never()
   return nil
end

local PROGRESS = {done = "integer?", total = "integer?", batches = "integer?"}

--- Goes on with a claimed job for `lease_s` seconds more, and tells how far it is. False when it is another worker's
--- now, or nobody's: then it must not be gone on with.
---@param number integer
---@param fence integer
---@param opts? {lease_s: integer, done: integer, total: integer, batches: integer}
---@return boolean|nil, table|nil err
function lake:renew_job(number, fence, opts)
   check_claim("lake:renew_job", number, fence)
   opts = options.check("lake:renew_job", opts, {lease_s = "integer?", done = PROGRESS.done, total = PROGRESS.total,
      batches = PROGRESS.batches})
   local err = lease_error(opts.lease_s)
   if err then
      return nil, err
   end
   local params = {n = 6, number, fence, opts.lease_s or LEASE_S, opts.done, opts.total, opts.batches}
   return change(self, "job_renew", params, never)
end

--- Ends a claimed job, with its error when it failed. False as in `renew_job`.
---@param number integer
---@param fence integer
---@param opts? {error: table, done: integer, total: integer, batches: integer} `error` as mm's are
---@return boolean|nil, table|nil err
function lake:end_job(number, fence, opts)
   check_claim("lake:end_job", number, fence)
   opts = options.check("lake:end_job", opts, {error = "table?", done = PROGRESS.done, total = PROGRESS.total,
      batches = PROGRESS.batches})
   local problem = opts.error and json.encode(opts.error)
   local params = {n = 6, number, fence, problem, opts.done, opts.total, opts.batches}
   return change(self, "job_end", params, function(job)
      return job.state == (problem and "failed" or "done")
   end)
end

--- Gives a claimed job back to those that wait, for another worker. False as in `renew_job`. With `counts` the attempt
--- is one of those after which it is given up.
---@param number integer
---@param fence integer
---@param opts? {counts: boolean}
---@return boolean|nil, table|nil err
function lake:release_job(number, fence, opts)
   check_claim("lake:release_job", number, fence)
   opts = options.check("lake:release_job", opts, {counts = "boolean?"})
   return change(self, "job_release", {n = 3, number, fence, opts.counts or false}, function(job)
      return job.state == "waiting"
   end)
end

return lake
