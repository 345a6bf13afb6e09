-- Jobs: what `mmlua worker` does for who asked over HTTP, one at a time for a retirement. Who does them: see mm.claims.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local patience = require("mm.patience")
local retirements = require("mm.retirements")

local lake = handle.methods
local jobs = {}

local KINDS = {"apply", "undo"}
local STATES = {"waiting", "running", "done", "failed", optional = true}
local LIMIT, ROUNDS = 100, 3

--- A row as a job; its arguments and fence are for who claimed it.
---@return mm.job
function jobs.record(self, row, is_claimed)
   row.retirement = ("%s-%d-%s"):format(core.lake_info(self).name, row.number, (row.digest or "------"):sub(1, 6))
   local arguments = json.decode(row.arguments)
   row.reason = type(arguments) == "table" and arguments.reason or nil
   row.error = row.error and json.decode(row.error) or nil
   row.number, row.digest = nil, nil
   row.arguments, row.fence = is_claimed and arguments or nil, is_claimed and row.fence or nil
   return row
end

--- Rows of jobs.sql.
---@return table[]|nil, table|nil err
function jobs.select(self, params)
   local is_there, err = handle.check_present(self)
   if not is_there then
      return nil, err
   end
   return handle.select(self, "jobs", params)
end

local function records(self, params)
   local list, err = jobs.select(self, params)
   for _, row in ipairs(list or {}) do
      jobs.record(self, row)
   end
   return list, err
end

--- Jobs, the newest first: at most `limit` (100), of a retirement, in a state.
---@param opts? {retirement: string, state: string, limit: integer}
---@return mm.job[]|nil, table|nil err
function lake:jobs(opts)
   opts = options.check("lake:jobs", opts, {retirement = "string?", state = STATES, limit = "integer?"})
   local found, err
   if opts.retirement then
      found, err = retirements.find(self, opts.retirement)
   end
   if opts.limit and opts.limit < 1 then
      err = errors.new("invalid", ("a list of %d jobs: at least one"):format(opts.limit))
   end
   if err then
      return nil, err
   end
   return records(self, {n = 4, nil, found and found.number, opts.state, opts.limit or LIMIT})
end

--- The job of that number.
---@param number integer
---@return mm.job|nil, table|nil err code not_found
function lake:job(number)
   options.check("lake:job", {number = number}, {number = "integer"})
   local list, err = records(self, {n = 4, number, nil, nil, 1})
   if list and not list[1] then
      return errors.fail("not_found", ("there is no job %d"):format(number))
   end
   return list and list[1], err
end

-- The job that waits or runs, and whether it has these arguments; with `request_id` the one that was added for it, too.
local function find(self, number, request_id, arguments)
   local list, err = jobs.select(self, {n = 4, nil, number, nil, LIMIT})
   for _, row in ipairs(list or {}) do
      local is_own = request_id ~= nil and row.request_id == request_id
      if is_own or row.state == "waiting" or row.state == "running" then
         return {is_own = is_own, is_same = row.arguments == arguments, job = jobs.record(self, row)}
      end
   end
   return not err and {} or nil, err
end

--- The job of a retirement that waits or runs.
---@param id string
---@return mm.job|nil, table|nil err
function lake:active_job(id)
   local found, err = retirements.find(self, id)
   if found then
      found, err = find(self, found.number)
   end
   return found and found.job, err
end

-- The number of a new job, or the job that is there; neither when that one has just ended.
local function add(self, params, is_again)
   local found, err = {}, nil
   if is_again then
      found, err = find(self, params[2], params[5], params[3])
   end
   if err or found.is_own then
      return found, err
   end
   local results
   results, err = core.lake_change(self, {"job_add"}, params)
   if results and results[1][1] then
      return {number = results[1][1].job}
   end
   if not results then
      return nil, err
   end
   return find(self, params[2], nil, params[3])
end

local function add_patiently(self, params)
   local found, err
   for _ = 1, ROUNDS do
      found, err = patience.again(function(is_again)
         return add(self, params, is_again)
      end)
      if err or found.number or found.job then
         return found, err
      end
   end
   return errors.fail("conflict", "jobs of this retirement end as soon as they begin: try again")
end

local function is_another(job, opts)
   return errors.fail("conflict", ("job %d is there to %s %s%s: wait for its end"):format(job.job, job.kind,
      opts.retirement, job.kind == opts.kind and " with other options" or ""))
end

--- Adds a job for a retirement. One of the same kind and with the same arguments that waits or runs is given instead,
--- with `is_old`.
---@param opts {kind: string, retirement: string, arguments: table, principal: string, request_id: string} `arguments`
---   are options of `lake:apply` or `lake:undo`
---@return mm.job|nil, table|nil err code conflict: there is another one
function lake:add_job(opts)
   opts = options.check("lake:add_job", opts, {kind = KINDS, retirement = "string", arguments = "table?",
      principal = "text?", request_id = "text?"})
   local found, err = retirements.find(self, opts.retirement)
   local request_id = opts.request_id
   if found and not request_id then
      request_id, err = core.random_hex(16)
   end
   if err then
      return nil, err
   end
   found, err = add_patiently(self, {n = 5, opts.kind, found.number, json.encode(opts.arguments or {}), opts.principal,
      request_id})
   if found and found.number then
      return errors.committed(self:job(found.number))
   elseif found and not found.is_own and (found.job.kind ~= opts.kind or not found.is_same) then
      return is_another(found.job, opts)
   elseif found then
      found.job.is_old = not found.is_own or nil
   end
   return found and found.job, err
end

return jobs
