-- Sudden ends at every statement while a retirement is applied or undone: of the client (SIGKILL), of its backend
-- (pg_terminate_backend), of the server (pg_ctl stop -m immediate, and a start). The invariants hold, what mm says is true,
-- and whoever does the same again comes to the end.
--
-- A statement has been executed when it ends, and what the client had sent besides is lost; or all of it was executed, and
-- the client has not seen an answer. The server is stopped at a few of them. With TORTURE=1 in the environment it is
-- stopped at each, and transactions that only read are among them.
local mm = require("mm")
local cluster = require("spec.support.cluster")
local disturbed = require("spec.support.disturbed")
local operations = require("spec.support.operations")
local proxy = require("spec.support.proxy")
local worker = require("spec.support.worker")

local IS_THOROUGH = (os.getenv("TORTURE") or "0") ~= "0"
local LIMIT = IS_THOROUGH and 2 or 3
local OPERATIONS = IS_THOROUGH and {"apply", "apply of moved rows", "undo", "undo of what can be restored"}
   or {"apply", "undo"}
-- At every so manieth of the points the server is stopped.
local STRIDE = IS_THOROUGH and 1 or 15

local OPEN = [[local core = require("mm.core")
   local sleep = core.sleep
   core.sleep = function(seconds) sleep(seconds / 1000) end
   lake = assert(mm.open(conninfo, {registry = mm.registry.release("0.33")}))]]
local CONNECT = [[assert(require("mm.core").lake_select(lake, "versions", nil, {n = 0}))]]
local RUN = [[local name, id, limit = ...
   return require("spec.support.operations").run(name, lake, id, limit)]]
local TERMINATE = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '%s'"

local counts = {}

local function count(what)
   counts[what] = (counts[what] or 0) + 1
end

local function points_of_pipeline(pipeline, add)
   if pipeline.is_reading and not IS_THOROUGH then
      return
   elseif pipeline.direction == "backend" then
      add("backend", pipeline.from)
      return
   end
   for i = 2, #pipeline.types do
      if pipeline.types:sub(i - 1, i - 1) == "E" then
         add("frontend", pipeline.from + i - 1)
      end
   end
end

-- Where to hold the connection. What follows the Execute of a statement is not sent before it has ended.
local function points_of(seen)
   local list = {}
   for _, pipeline in ipairs(proxy.pipelines(seen)) do
      points_of_pipeline(pipeline, function(direction, n)
         list[#list + 1] = {direction = direction, n = n}
      end)
   end
   return list
end

local function new_worker(on)
   local one = worker.start(on.between)
   one:run(OPEN)
   return one
end

-- Starts the operation and waits until it has come to that point.
local function run_to(on, one, point)
   one:run(CONNECT)
   on.between:hold(point.direction, point.n)
   one:send(RUN, on.name, on.id, on.limit)
   on.between:wait_until_held()
end

local function again_from_new_state(on, wrong, state, tried)
   on.between:pass()
   if wrong == "" and (IS_THOROUGH or not tried[state]) then
      tried[state] = true
      wrong = on:wrong_again()
   end
   return wrong
end

local function kill_client(on, point, tried)
   local one = new_worker(on)
   run_to(on, one, point)
   one:kill()
   on.between:drop()
   count("kills")
   local wrong, state = on:broken()
   return again_from_new_state(on, wrong, state, tried)
end

local function finish_disturbed(on, one, tried)
   on.between:release()
   local run = one:wait()
   local wrong, state = on:wrong(run)
   return again_from_new_state(on, wrong, run.err and state or "recovered", tried)
end

local function terminate_backend(on, point, tried)
   on.one = on.one or new_worker(on)
   run_to(on, on.one, point)
   on.eye:psql(TERMINATE:format(on.one.name))
   count("terminations")
   return finish_disturbed(on, on.one, tried)
end

local function stop_server(on, point, tried)
   on.one = on.one or new_worker(on)
   run_to(on, on.one, point)
   on.cluster:crash()
   on.cluster:start_again()
   on:open_eye()
   count("stops")
   return finish_disturbed(on, on.one, tried)
end

local function run_series(name, disturb, stride, second)
   local on = disturbed.new(name, {limit = LIMIT, cluster = second})
   on.cluster = second
   finally(function()
      local _ = on.one and on.one:close()
      on:close()
   end)
   on:restart()
   assert.are.equal("", (on:wrong(on:run())))
   local points, troubles, tried = points_of(on.between:seen()), {}, {recovered = true}
   for i = stride, #points, stride do
      on:restart()
      local wrong = disturb(on, points[i], tried)
      if wrong ~= "" then
         troubles[#troubles + 1] = ("at message %d of the %s: %s"):format(points[i].n, points[i].direction, wrong)
      end
   end
   assert.are.equal("", table.concat(troubles, "\n"))
end

describe("ended at every statement of", function()
   local second

   teardown(function()
      local _ = second and second:stop()
      for _, what in ipairs{"kills", "terminations", "stops"} do
         print(("%6d %s"):format(counts[what] or 0, what))
      end
   end)

   for _, name in ipairs(OPERATIONS) do
      describe(name, function()
         it("by SIGKILL, a client leaves all to whoever goes on", function()
            run_series(name, kill_client, 1)
         end)

         it("by pg_terminate_backend, a backend costs nothing, or it is said what", function()
            run_series(name, terminate_backend, 1)
         end)

         it("by pg_ctl stop -m immediate, a server costs nothing, or it is said what", function()
            second = second or cluster.start()
            run_series(name, stop_server, STRIDE, second)
         end)
      end)
   end
end)

-- Before the Parse, Bind, Describe, Execute and Sync of the last COMMIT.
local function before_last_commit(seen)
   local point
   for _, pipeline in ipairs(proxy.pipelines(seen)) do
      if pipeline.direction == "frontend" and not pipeline.is_reading then
         point = {direction = "frontend", n = pipeline.from + #pipeline.types - 5}
      end
   end
   return point
end

describe("a client whose network is dead in the middle of a batch", function()
   it("is in the way of others, who are told so, until its connection ends", function()
      local on = disturbed.new("apply", {limit = 3})
      local one = new_worker(on)
      local other = assert(mm.open(on.made.db.conninfo, {registry = on.lake:registry(), timeout = 1}))
      on:restart()
      local _ = on:run()
      local commit = before_last_commit(on.between:seen())
      on:restart()
      run_to(on, one, commit)

      local run = operations.run("apply", other, on.id, 3)
      other:close()
      one:kill()
      on.between:drop()
      local _, state = on:broken()

      assert.are.same({"timeout", "aborted"}, {run.err.code, run.err.outcome})
      assert.are.equal("applying, 3 done", state)
      assert.are.equal("", on:wrong_again())
      on:close()
   end)

   it("is noticed by the server within a minute", function()
      local second = cluster.start{tcp = true}
      local db = second:database()
      db:psql([[create table seen (name text, value text); create function note() returns trigger language plpgsql as $f$ begin
         insert into public.seen select name, current_setting(name) from unnest(array['tcp_keepalives_idle',
            'tcp_keepalives_interval', 'tcp_keepalives_count']) name; return null; end $f$]])
      local lake = assert(mm.open(second:over_tcp(db), {registry = mm.registry.release("0.33")}))
      assert(lake:init())
      db:psql("create trigger note after insert on mmadmin.retirement execute function note()")

      assert(lake:plan{all = true})

      assert.are.equal("30 10 3", db:value("select string_agg(value, ' ') from seen"))
      lake:close()
      second:stop()
   end)
end)
