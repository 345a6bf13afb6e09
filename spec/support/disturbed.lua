-- An operation (operations.lua) on a made-up lake behind a proxy (proxy.lua), done again and again from the same start
-- to be disturbed, and what must be true after that.
--
--   local on = disturbed.new(NAME, {limit = 3, cluster = cluster})    `limit` partitions a batch; `cluster`: see cluster.lua
--   on:restart()                    everything is as it was before the operation
--   on:run() -> run                 the operation, in this process; in another one: operations.run
--   on:settle()                     until the server has done what it was sent
--   on:broken() -> text, state      the invariants that do not hold then, and in words how the lake stands
--   on:wrong(run, may_be_unknown) -> text, state    what is not true of what the operation said, or does not hold: "" is
--                                   well
--   on:wrong_again() -> text        the same of the operation run once more, undisturbed: it must come to its end
--   on.between, on.made, on.eye, on.id, on.operation, on.lake    the proxy, the stage, an observer, the retirement, ...
--   on:close()
local core = require("mm.core")
local exit_codes = require("mm.exit_codes")
local invariants = require("spec.support.invariants")
local observer = require("spec.support.observer")
local operations = require("spec.support.operations")
local proxy = require("spec.support.proxy")
local snapshot = require("spec.support.snapshot")
local stage = require("spec.support.stage")
local watched_core = require("spec.support.watched_core")

local disturbed = {}
disturbed.__index = disturbed

-- The first is of whatever a change writes.
local FOUND = [[select r::text, state, (select coalesce(sum(done), 0) from mmadmin.batch where kind = '%s') from mmadmin.retirement r]]
local ELSEWHERE = [[select count(*), count(*) filter (where state is distinct from 'idle') from pg_stat_activity
   where datname = current_database() and application_name <> 'psql' and backend_type = 'client backend']]
local LIVE = "select coalesce(string_agg(file_path, ' ' order by file_path), '') from %s"
-- The large statements are planned as they are written: they are run thousands of times on a handful of rows.
local QUICK = "alter database %s set join_collapse_limit = 1; alter database %s set from_collapse_limit = 1"
local function found(self)
   local row = self.eye:rows(FOUND:format(self.operation.kind or ""))[1]
   return {row = row[1], state = row[2], done = tonumber(row[3])}
end

-- The stage of another server.
local function stage_in(cluster)
   local made = stage.new("catalog-v10")
   made.db, made.opened = cluster:database(), {}
   assert(made:open():init{name = "made-up"})
   return made
end

local function prepare(self)
   self.made:set(operations.ROWS)
   local lake, db = self.made:open(), self.made.db
   self.id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
   invariants.watch(db, operations.CURRENT)
   db:psql(QUICK:format(db.name, db.name))
   operations.STARTS[self.operation.start](lake, self.id, db)
   self.made:close()
   snapshot.take(db)
end

-- Also after the server was started again. What it does is never lost.
function disturbed:open_eye()
   if self.eye then
      self.eye:close()
   end
   self.eye = observer.open(self.made.db)
   self.eye:psql("set synchronous_commit = on")
end

function disturbed.new(name, opts)
   local self = setmetatable({name = name, operation = operations.BY_NAME[name], limit = opts.limit, untrue = {}},
      disturbed)
   self.made = opts.cluster and stage_in(opts.cluster) or stage.new("catalog-v10")
   prepare(self)
   self:open_eye()
   self.between = proxy.start(self.made.db, opts.cluster and opts.cluster.folder)
   self.lake = self.made:open{conninfo = self.between.conninfo, registry = require("mm").registry.release("0.33")}
   self.is_of_cluster = opts.cluster ~= nil
   return self
end

function disturbed:close()
   self.eye:close()
   self.made:close()
   self.between:stop()
   if not self.is_of_cluster then
      self.made:drop()
   end
end

function disturbed:settle()
   local row = self.eye:rows(ELSEWHERE)[1]
   while row[2] ~= "0" or tonumber(row[1]) ~= self.between:seen().open do
      self.eye:psql("select pg_sleep(0.001)")
      row = self.eye:rows(ELSEWHERE)[1]
   end
end

function disturbed:restart()
   snapshot.restore(self.eye)
   assert(core.lake_select(self.lake, "versions", nil, {n = 0})) -- connected
   self.between:pass()
   self.before, self.untrue, self.is_in_doubt = found(self), {}, false
end

function disturbed:run()
   local calls = watched_core.watch(self, found)
   local is_right, run = pcall(operations.run, self.name, self.lake, self.id, self.limit)
   for name, call in pairs(calls) do
      core[name] = call
   end
   return is_right and run or error(run, 0)
end

-- What an error may say when so many partitions are done that were not before, and so many were told of.
local function untrue_error(self, run, now, may_be_unknown)
   local err, done, is_done = run.err, now.done - self.before.done, now.state == self.operation.state
   local told = err.outcome == "committed" and self.operation.count or err.done or 0
   local is_true = {
      aborted = not is_done and done == told,
      committed = is_done and done == told,
      unknown = may_be_unknown and done >= told and done <= told + self.limit,
   }
   local expected = err.outcome == "unknown" and exit_codes.unknown or err.done and exit_codes.stopped
      or exit_codes.no_connection
   return is_true[err.outcome] and run.told == told and exit_codes.of(err) == expected
end

local function untrue(self, run, now, may_be_unknown)
   local operation = self.operation
   if run.result then
      return run.result.state ~= operation.state or now.state ~= operation.state or run.told ~= (operation.count or 0)
   end
   return not untrue_error(self, run, now, may_be_unknown)
end

local function describe(run, now)
   local err = run.err or {}
   return ("it said %s: %s, outcome %s, done %s, told of %d; the lake is %s, %d done"):format(run.result
      and run.result.state or err.code, tostring(err.message), tostring(err.outcome), tostring(err.done), run.told,
      now.state, now.done)
end

function disturbed:broken()
   self:settle()
   local now = found(self)
   return table.concat(invariants.broken(self.eye), "\n"), ("%s, %d done"):format(now.state, now.done)
end

function disturbed:wrong(run, may_be_unknown)
   self:settle()
   local now, list = found(self), invariants.broken(self.eye)
   for _, each in ipairs(self.untrue) do
      list[#list + 1] = each
   end
   if untrue(self, run, now, may_be_unknown) then
      list[#list + 1] = describe(run, now)
   end
   return table.concat(list, "\n"), ("%s, %d done"):format(now.state, now.done)
end

-- Who undoes what is undone is told so.
local function is_refusal(self, run)
   return run.err and run.err.code == "conflict" and self.before.state == self.operation.state
end

function disturbed:wrong_again()
   local operation = self.operation
   self.before, self.untrue = found(self), {}
   local run = self:run()
   local now, list = found(self), invariants.broken(self.eye)
   local live, queued = self.eye:psql(LIVE:format("lakehouse_partitions")), self.eye:psql(LIVE:format("temporary_files"))
   if not run.result and not is_refusal(self, run) or now.state ~= operation.state
      or (operation.count or 0) ~= (operation.kind and now.done or 0) or live ~= operation.live
      or queued ~= operation.queued then
      list[#list + 1] = ("again %s, live %s, queued %s"):format(describe(run, now), live, queued)
   end
   return table.concat(list, "\n")
end

return disturbed
