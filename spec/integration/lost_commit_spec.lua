-- A connection that is lost after COMMIT was sent, while the transaction is still at work: mm waits for it, and does what is
-- left to do.
local disturbed = require("spec.support.disturbed")
local psql = require("spec.support.psql")
local worker = require("spec.support.worker")

-- The transaction that makes such a change of mmadmin.retirement waits, in its COMMIT, for whoever holds the lock.
local GATE = [[
   create schema gate;
   create function gate.wait() returns trigger language plpgsql as $f$ begin
      perform set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);
      perform pg_advisory_xact_lock(99);
      return null;
   end $f$;
   create constraint trigger gate after update on mmadmin.retirement deferrable initially deferred
      for each row when (%s) execute function gate.wait()]]
local OPEN = "lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')}))"
local RUN = [[local name, id, limit = ...
   return require("spec.support.operations").run(name, lake, id, limit)]]
local BLOCKED = [[select array_to_string(array_agg(pid order by backend_start), ' ') from pg_stat_activity
   where application_name = '%s' and cardinality(pg_blocking_pids(pid)) > 0]]

-- Which change of which operation.
local CHANGES = {
   {"the beginning of", "apply", "old.state = 'planned' and new.state = 'applying'"},
   {"a batch of", "apply", "new.next_seq > old.next_seq"},
   {"the beginning of", "undo", "old.state = 'applied' and new.state = 'undoing'"},
   {"a batch of", "undo", "new.undo_seq > old.undo_seq"},
   {"the end of", "undo of nothing", "new.state = 'undone'"},
   {"a", "pause", "new.state = 'paused'"},
}

local made = {} -- what is disturbed, by the operation's name
local on, one, holder

local function prepare(name, condition)
   made[name] = made[name] or disturbed.new(name, {limit = 3})
   on = made[name]
   on:restart()
   on.eye:psql(GATE:format(condition))
   holder = on.made:session()
   holder:run("select pg_advisory_lock(99)")
   one = worker.start(setmetatable({conninfo = on.between.conninfo}, psql))
   one:run(OPEN)
end

local function clear()
   holder:close()
   one:close()
   on.eye:psql("set client_min_messages = warning; drop schema gate cascade")
end

-- Waits until so many of its transactions wait; gives the first one's pid.
local function wait_until_blocked(count)
   local pids
   repeat
      pids = on.eye:psql(BLOCKED:format(one.name))
   until select(2, pids:gsub("%d+", "")) == count
   return pids:match("%d+")
end

local function lose_connection()
   one:send(RUN, on.name, on.id, on.limit)
   assert.are.equal("blocked", one:settle())
   local pid = wait_until_blocked(1)
   on.between:drop()
   wait_until_blocked(2)
   return pid
end

local function assert_done()
   local run = one:wait()
   assert.is_nil(run.err and run.err.message)
   assert.are.equal("", (on:wrong(run)))
end

describe("lost with its connection,", function()
   teardown(function()
      for _, each in pairs(made) do
         each:close()
      end
   end)

   for _, change in ipairs(CHANGES) do
      describe(("%s %s"):format(change[1], change[2]), function()
         before_each(function()
            prepare(change[2], change[3])
         end)
         after_each(clear)

         it("is waited for, and not made twice", function()
            lose_connection()

            holder:run("select pg_advisory_unlock(99)")

            assert_done()
         end)

         it("is made again when it was rolled back", function()
            local pid = lose_connection()

            on.eye:psql(("select pg_terminate_backend(%s, 10000)"):format(pid))
            holder:run("select pg_advisory_unlock(99)")

            assert_done()
         end)
      end)
   end
end)
