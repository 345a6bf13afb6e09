-- Jobs: one at a time for a retirement, each run by one worker at a time, and none lost with the worker that ran it.
local core = require("mm.core")
local interleave = require("spec.support.interleave")
local json = require("mm.json")
local stages = require("spec.support.stage")
local steps = require("spec.support.steps")

local stage = stages.new("catalog-v10")
local lake, ids

local function add(number, opts)
   opts = opts or {}
   return lake:add_job{kind = opts.kind or "apply", retirement = ids[number], principal = "ann", request_id = opts.request_id,
      arguments = opts.arguments or {reason = "spec"}}
end

local function jobs()
   return stage:value("select coalesce(string_agg(concat_ws(' ', job, retirement, state, fence, attempts, worker), ', ' order by job), '') from mmadmin.job")
end

local function end_lease(job)
   stage:psql("update mmadmin.job set lease_until = now() where job = " .. job)
end

local function assert_failed(code, message, result, err)
   assert.is_nil(result)
   assert.are.same({code, message}, {err.code, err.message})
end

before_each(function()
   stage:set{{"a", 0, 1, "05", updated = -9}, {"b", 1, 2, "05", updated = -9}}
   lake, ids = stage:open(), {}
   for i = 1, 3 do
      ids[i] = assert(lake:plan{all = true, verdicts = stages.VERDICTS}).id
   end
end)
teardown(function()
   stage:drop()
end)

describe("a job", function()
   it("waits with what it was asked for", function()
      local job = assert(add(2, {request_id = "r1", arguments = {reason = "upgrade", overrides = {writers = "why"}, strict = true}}))

      local created = job.created_at
      assert.are.same({job = 1, kind = "apply", retirement = ids[2], state = "waiting", principal = "ann", request_id = "r1",
         reason = "upgrade", created_at = created, attempts = 0, done = 0, batches = 0}, job)
      assert.are.same({"string", job, {job}}, {type(created), assert(lake:job(1)), assert(lake:jobs())})
      assert.are.equal('{"overrides":{"writers":"why"},"reason":"upgrade","strict":true}', stage:value("select arguments from mmadmin.job"))
   end)

   it("is of a retirement that is there", function()
      assert.are.equal("not_found", select(2, lake:add_job{kind = "apply", retirement = "other-1-000000"}).code)
      assert.are.equal("not_found", select(2, lake:add_job{kind = "apply", retirement = ids[1]:gsub("%x%x%x%x%x%x$", "000000") .. ""}).code)
      assert_failed("not_found", "there is no job 1", lake:job(1))
      assert.are.equal("", jobs())
   end)

   it("is the one for its retirement until it has ended: another of its kind is that one", function()
      assert(add(1))

      for _, state in ipairs{"waiting", "running"} do
         stage:psql(("update mmadmin.job set state = '%s'"):format(state))
         local again = assert(add(1))
         assert.are.same({1, true, "apply"}, {again.job, again.is_old, again.kind})
         assert_failed("conflict", ("job 1 is there to apply %s: wait for its end"):format(ids[1]), add(1, {kind = "undo"}))
      end

      assert.is_nil(assert(add(2)).is_old)
      stage:psql("update mmadmin.job set state = 'done' where job = 1")
      local undo = assert(add(1, {kind = "undo"}))
      assert.are.same({"undo", "waiting", nil}, {undo.kind, undo.state, undo.is_old})
   end)

   it("with the request's id of one before is not that one", function()
      assert(add(1, {request_id = "same"}))
      assert.is_true(add(1, {request_id = "same"}).is_old)
      stage:psql("update mmadmin.job set state = 'done'")

      assert.is_nil(assert(add(1, {request_id = "same"})).is_old)
      assert.are.equal("2", stage:value("select count(*) from mmadmin.job"))
   end)

   it("is listed, the newest first, by retirement and state", function()
      for i = 1, 3 do
         assert(add(i))
      end
      stage:psql("update mmadmin.job set state = 'failed' where job = 2; update mmadmin.job set state = 'done' where job = 3")

      local function listed(opts)
         local list = {}
         for i, job in ipairs(assert(lake:jobs(opts))) do
            list[i] = job.job
         end
         return table.concat(list, " ")
      end
      assert.are.same({"3 2 1", "3 2", "2", "1", ""}, {listed(), listed{limit = 2}, listed{state = "failed"},
         listed{retirement = ids[1]}, listed{retirement = ids[1], state = "done"}})
      assert_failed("invalid", "a list of 0 jobs: at least one", lake:jobs{limit = 0})
   end)
end)

describe("a claim", function()
   it("gets the oldest job that waits, with its arguments, and false when there is none", function()
      add(1)
      add(2, {arguments = {reason = "second", limit = 5}})

      local one, two = assert(lake:claim_job{worker = "one"}), assert(lake:claim_job{worker = "two", lease_s = 7})

      assert.are.same({1, 1, "running", ids[1], 1}, {one.job, one.fence, one.state, one.retirement, one.attempts})
      assert.are.same({2, {reason = "second", limit = 5}}, {two.job, two.arguments})
      assert.are.equal("30 7", stage:value("select string_agg(extract(epoch from lease_until - started_at)::int::text, ' ' order by job) from mmadmin.job"))
      assert.is_false(lake:claim_job{worker = "three"})
      assert.are.equal("1 1 running 1 1 one, 2 2 running 1 1 two", jobs())
   end)

   it("is found by what it was made with, and no other", function()
      for i = 1, 3 do
         add(i)
         assert(lake:claim_job{worker = "w"})
      end
      local token = stage:value("select claim from mmadmin.job where job = 2")

      local found = assert(core.lake_select(lake, "job_claimed", nil, {n = 3, "w", 30, token}))

      assert.are.same({1, 2}, {#found, found[1].job})
   end)

   it("gets a job whose worker let its lease run out, and from then on that one has it no more", function()
      add(1)
      local first = assert(lake:claim_job{worker = "one"})
      end_lease(1)

      local second = assert(lake:claim_job{worker = "two"})

      assert.is_string(first.started_at)
      assert.are.same({1, 2, 2, first.started_at}, {second.job, second.fence, second.attempts, second.started_at})
      assert.are.same({false, false, false}, {lake:renew_job(1, first.fence), lake:end_job(1, first.fence), lake:release_job(1, first.fence)})
      assert.are.equal("1 1 running 2 2 two", jobs())
      assert.is_true(lake:end_job(1, second.fence))
   end)

   it("leaves a job alone that has ended, though its lease would be over", function()
      add(1)
      add(2)
      assert(lake:end_job(1, assert(lake:claim_job{worker = "one"}).fence))
      end_lease(1)

      assert.are.equal(2, assert(lake:claim_job{worker = "two"}).job)
   end)

   it("leaves a job alone whose lease was renewed, even after it was over", function()
      add(1)
      local job = assert(lake:claim_job{worker = "one"})
      end_lease(1)

      assert.is_true(lake:renew_job(1, job.fence, {lease_s = 60, done = 3, total = 9, batches = 2}))

      assert.is_false(lake:claim_job{worker = "two"})
      local seen = assert(lake:job(1))
      assert.are.same({3, 9, 2, nil, nil}, {seen.done, seen.total, seen.batches, seen.fence, seen.arguments})
      assert.is_true(lake:renew_job(1, job.fence, {batches = 4}))
      assert.are.same({3, 9, 4}, {lake:job(1).done, lake:job(1).total, lake:job(1).batches})
      assert.is_true(lake:end_job(1, job.fence))
      assert.are.same({3, 9, 4}, {lake:job(1).done, lake:job(1).total, lake:job(1).batches})
   end)

   it("is of one job, whatever others with that fence there are", function()
      add(1)
      add(2)
      assert(lake:claim_job{worker = "one"})
      assert(lake:claim_job{worker = "two"})

      assert.is_true(lake:renew_job(1, 1, {done = 5}))
      assert.are.same({5, 0}, {lake:job(1).done, lake:job(2).done})
      assert.is_true(lake:release_job(2, 1))
      assert.are.equal("1 1 running 1 1 one, 2 2 waiting 1 0", jobs())
   end)

   it("that is the fifth is not given up while it runs, nor when it has ended", function()
      add(1)
      add(2)
      local one, two = assert(lake:claim_job{worker = "one"}), assert(lake:claim_job{worker = "two"})
      assert(lake:end_job(2, two.fence))
      stage:psql("update mmadmin.job set attempts = 5; update mmadmin.job set lease_until = now() where job = 2")
      add(3)

      assert(lake:claim_job{worker = "three"})

      assert.are.same({"running", "done"}, {lake:job(1).state, lake:job(2).state})
      assert.is_true(lake:renew_job(1, one.fence))
   end)

   it("is given up after five, and the job says why", function()
      add(1)
      for attempt = 1, 5 do
         assert.are.equal(attempt, assert(lake:claim_job{worker = "one"}).attempts)
         end_lease(1)
      end

      assert.is_false(lake:claim_job{worker = "one"})

      local job = assert(lake:job(1))
      assert.are.same({"failed", 5, "cancelled", "it was begun 5 times, and each time its worker went away or could not go on: it is not tried again", "unknown"},
         {job.state, job.attempts, job.error.code, job.error.message, job.error.outcome})
      assert.is_string(job.ended_at)
      assert.are.equal(2, assert(add(1)).job)
   end)

   it("given back is no attempt, and the next one goes on", function()
      add(1)
      for _ = 1, 6 do
         local job = assert(lake:claim_job{worker = "one"})
         assert.is_true(lake:release_job(1, job.fence))
         assert.are.equal("waiting", lake:job(1).state)
         assert.is_false(lake:release_job(1, job.fence))
      end
      assert.are.same({7, 1}, {assert(lake:claim_job{worker = "two"}).fence, lake:job(1).attempts})
   end)

   it("given back five times as one that failed is given up", function()
      add(1)
      for _ = 1, 5 do
         local job = assert(lake:claim_job{worker = "one"})
         assert.is_true(lake:release_job(1, job.fence, {counts = true}))
      end

      assert.is_false(lake:claim_job{worker = "one"})
      assert.are.equal("failed", lake:job(1).state)
   end)

   it("ends done, or failed with its error", function()
      add(1)
      add(2)
      local one, two = assert(lake:claim_job{worker = "w"}), assert(lake:claim_job{worker = "w"})

      assert.is_true(lake:end_job(1, one.fence, {done = 2, total = 2, batches = 1}))
      assert.is_true(lake:end_job(2, two.fence, {error = {code = "refused", message = "no", findings = {{guard = "holds"}}}}))

      local done, failed = assert(lake:job(1)), assert(lake:job(2))
      assert.are.same({"string", "string"}, {type(done.ended_at), type(failed.ended_at)})
      assert.are.same({"done", 2, 2, 1, nil}, {done.state, done.done, done.total, done.batches, done.error})
      assert.are.same({"failed", {code = "refused", message = "no", findings = {{guard = "holds"}}}}, {failed.state, failed.error})
      assert.are.same({false, false}, {lake:end_job(1, one.fence), lake:renew_job(2, two.fence)})
      assert.are.same({"done", "failed"}, {lake:job(1).state, lake:job(2).state})
   end)

   it("takes the error of the lake as it is", function()
      add(1)
      local job = assert(lake:claim_job{worker = "w"})
      local _, err = lake:job(7)

      assert(lake:end_job(1, job.fence, {error = err}))

      assert.are.same({code = "not_found", message = "there is no job 7"}, lake:job(1).error)
   end)

   it("is not made for a lease that is none", function()
      for _, seconds in ipairs{0, -1, 3601} do
         local message = ("a lease of %d seconds: it must be 1 to 3600"):format(seconds)
         assert_failed("invalid", message, lake:claim_job{worker = "w", lease_s = seconds})
         assert_failed("invalid", message, lake:renew_job(1, 1, {lease_s = seconds}))
      end
   end)

   it("writes nothing where nothing waits", function()
      local reader = stage.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin")
      local other = stage:open{conninfo = reader.conninfo}

      assert.is_false(other:claim_job{worker = "w"})
      add(1)
      assert.are.equal("rights", select(2, other:claim_job{worker = "w"}).code)
      local job = assert(lake:claim_job{worker = "w"})
      assert.is_false(other:claim_job{worker = "w"})
      assert(lake:end_job(1, job.fence))
      end_lease(1)
      assert.is_false(other:claim_job{worker = "w"})
   end)
end)

describe("whatever two do at once,", function()
   local runner, made

   local CLAIM, STEPS = {"job_give_up", "job_claim", "job_claimed"}, {"settings", "job_give_up", "job_claim", "commit"}
   local GONE = json.encode{code = "cancelled"}

   before_each(function()
      runner, made = interleave.new(stage.db), steps.new(stage.db)
   end)
   after_each(function()
      runner:close()
   end)

   local function claimer(name)
      return {name = name, transactions = {interleave.joined(made:change(CLAIM, {name, 30, name, GONE, 5}), STEPS)}}
   end

   local function changer(name, statement, params)
      return {name = name, transactions = {interleave.joined(made:change({statement}, params), {"settings", statement, "commit"})}}
   end

   -- Of the jobs after each schedule: all that there were, sorted.
   local function outcomes(parties, sql)
      local seen = {}
      local count = runner:all{parties = parties, restart = function(eye)
         eye:psql("delete from mmadmin.job; alter table mmadmin.job alter job restart;" .. sql)
      end, check = function(eye)
         seen[eye:psql("select string_agg(concat_ws(' ', job, state, fence, worker), ', ' order by job) from mmadmin.job")] = true
      end}
      local list = {}
      for each in pairs(seen) do
         list[#list + 1] = each
      end
      table.sort(list)
      assert.is_true((tonumber(count) or #count) > 1)
      return list
   end

   local WAITING = "insert into mmadmin.job (kind, retirement, arguments, request_id) select 'apply', n, '{}', 'r' from generate_series(1, %d) n;"
   local LAPSED = "update mmadmin.job set state = 'running', fence = 1, attempts = %d, worker = 'old', lease_until = now();"

   it("two claims never get the same job", function()
      assert.are.same({"1 running 1 one, 2 running 1 two", "1 running 1 two, 2 running 1 one"},
         outcomes({claimer("one"), claimer("two")}, WAITING:format(2)))
   end)

   it("one job is claimed once", function()
      assert.are.same({"1 running 1 one", "1 running 1 two"}, outcomes({claimer("one"), claimer("two")}, WAITING:format(1)))
      assert.are.same({"1 running 2 one", "1 running 2 two"},
         outcomes({claimer("one"), claimer("two")}, WAITING:format(1) .. LAPSED:format(1)))
   end)

   it("a job that is given up is claimed by nobody", function()
      assert.are.same({"1 failed 1 old"}, outcomes({claimer("one"), claimer("two")}, WAITING:format(1) .. LAPSED:format(5)))
   end)

   it("a job whose lease is over is renewed, or another worker's", function()
      assert.are.same({"1 running 1 old", "1 running 2 one"},
         outcomes({claimer("one"), changer("old", "job_renew", {1, 1, 30})}, WAITING:format(1) .. LAPSED:format(1)))
   end)

   it("a job whose lease is over ends, or is another worker's", function()
      assert.are.same({"1 done 1 old", "1 running 2 one"},
         outcomes({claimer("one"), changer("old", "job_end", {1, 1})}, WAITING:format(1) .. LAPSED:format(1)))
   end)

   it("a job that is given back stays, or is another worker's", function()
      assert.are.same({"1 running 2 one", "1 waiting 1"},
         outcomes({claimer("one"), changer("old", "job_release", {1, 1})}, WAITING:format(1) .. LAPSED:format(1)))
   end)

   it("a retirement has one job", function()
      local list = outcomes({changer("one", "job_add", {"apply", 1, "{}", "ann", "one"}),
         changer("two", "job_add", {"undo", 1, "{}", "ann", "two"})}, "")

      for _, each in ipairs(list) do
         assert.matches("^%d waiting 0$", each)
      end
   end)
end)
