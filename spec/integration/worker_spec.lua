-- The processes that answer nginx and do jobs: their protocol, their ends, and that nothing is done twice.
local http_worker = require("spec.support.http_worker")
local postgres = require("spec.support.postgres")

local REGISTRY = "--registry demo/list_view_sets-0.33.0.json"
local FINGERPRINT = [[select md5(string_agg(p::text, ',' order by p::text)) from lakehouse_partitions p]]

describe("mmlua worker", function()
   local db, served, keys

   local function start(options)
      served = http_worker.start(db, REGISTRY .. " " .. (options or ""))
      served.viewer = keys.viewer
      return served
   end

   local function plan(body)
      return served:ask("plan", {key = keys.admin, body = body or {all = true}}).body
   end

   local function apply(made, body)
      return served:ask("apply", {key = keys.admin, path = {id = made.id}, if_match = made.digest,
         body = body or {reason = "spec"}})
   end

   local function is_ended(job)
      return job.state == "done" or job.state == "failed"
   end

   local function has_begun(job)
      return job.done > 0
   end

   before_each(function()
      db = postgres.database("lake-0.33.0")
      local lake = assert(require("mm").open(db.conninfo))
      assert(lake:init{name = "demo"})
      lake:close()
      keys = {}
      served = {db = db}
      for _, role in ipairs{"viewer", "admin"} do
         keys[role] = http_worker.key(served, role)
      end
   end)

   after_each(function()
      if served.process then
         pcall(served.stop, served)
      end
      db:drop()
   end)

   it("answers who has a key, and nobody else", function()
      start()

      local known = served:ask("get_principal", {key = keys.viewer})
      local unknown = served:ask("get_status", {key = "mm_00000000_" .. ("0"):rep(64)})
      local none = served:ask("get_status")

      assert.are.same({"viewer", "viewer", "demo"}, {known.body.name, known.body.role, known.body.lake})
      assert.are.same({401, "unauthorized"}, {unknown.status, unknown.body.code})
      assert.are.same({401, "unauthorized"}, {none.status, none.body.code})
   end)

   it("refuses what a role may not do, and the audit knows", function()
      start()
      local made = plan()

      local refused = served:ask("apply", {key = keys.viewer, path = {id = made.id}, if_match = made.digest,
         body = {reason = "spec"}})

      assert.are.same({403, "forbidden"}, {refused.status, refused.body.code})
      assert.are.equal("viewer|" .. made.number, db:value([[select (body::json -> 'by' ->> 'principal') || '|'
         || retirement from mmadmin.audit where what = 'refused']]))
      assert.are.equal("0", db:value("select count(*) from mmadmin.job"))
   end)

   it("applies and undoes in jobs, after which every row is as before", function()
      start()
      local before = db:value(FINGERPRINT)
      local made = plan()

      local asked = apply(made)
      local applied = served:wait_for_job(asked.body.job, is_ended)
      served:ask("undo", {key = keys.admin, path = {id = made.id}, body = {reason = "spec"}})
      local undone = served:wait_for_job(asked.body.job + 1, is_ended)

      assert.are.same({202, "/v1/jobs/1"}, {asked.status, asked.head.headers.Location})
      assert.are.same({"done", made.partitions, made.partitions}, {applied.state, applied.done, applied.total})
      assert.are.same({"done", made.partitions}, {undone.state, undone.done})
      assert.are.equal(before, db:value(FINGERPRINT))
   end)

   it("takes no digest but the plan's", function()
      start()
      local made = plan()

      local refused = served:ask("apply", {key = keys.admin, path = {id = made.id}, if_match = ("0"):rep(64),
         body = {reason = "spec"}})

      assert.are.same({412, "precondition_failed"}, {refused.status, refused.body.code})
   end)

   it("answers the same Idempotency-Key once", function()
      start()
      local request = {key = keys.admin, body = {all = true}, idempotency_key = "one", fingerprint = ("a"):rep(64)}

      local first, second = served:ask("plan", request), served:ask("plan", request)
      request.fingerprint = ("b"):rep(64)
      local other = served:ask("plan", request)

      assert.are.equal(201, first.status)
      assert.are.same({first.text, first.head}, {second.text, second.head})
      assert.are.same({422, "key_reused"}, {other.status, other.body.code})
      assert.are.equal("1", db:value("select count(*) from mmadmin.retirement"))
   end)

   it("gives every partition once, by pages and as lines", function()
      start()
      local query, seen, count = {limit = 1000}, {}, 0

      repeat
         local page = served:ask("list_partitions", {key = keys.viewer, query = query}).body
         for _, row in ipairs(page.items) do
            seen[row.at], count = true, count + 1
         end
         query.cursor = page.next
      until not query.cursor
      local lines = served:ask("list_partitions", {key = keys.viewer, accept = "lines"})

      local total = tonumber(db:value("select count(*) from lakehouse_partitions"))
      local _, line_count = lines.text:gsub("\n", "")
      assert.are.same({total, total, true}, {count, line_count, lines.is_whole})
      assert.is_true(next(seen) ~= nil)
   end)

   it("names a cursor that it has not given out", function()
      start()

      for _, cursor in ipairs{"x", "e30", "bnVsbA", "eyJudWxscyI6dHJ1ZSwiYXQiOiJ4In0", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"} do
         local answer = served:ask("list_partitions", {key = keys.viewer, query = {cursor = cursor}})
         if cursor ~= "e30" then
            assert.are.same({422, "invalid"}, {answer.status, answer.body.code})
         end
      end
   end)

   it("cancels what nobody waits for any more", function()
      start("--workers 1")
      local blocker = db:session()
      blocker:run("begin")
      blocker:run("lock table lakehouse_partitions in access exclusive mode")

      local client = served:send("list_view_sets", {key = keys.viewer})
      local waiting = "select count(*) from pg_stat_activity where application_name like 'mm 0%' and wait_event_type = 'Lock'"
      while db:value(waiting) == "0" do
         os.execute("sleep 0.05")
      end
      client.leave()
      while db:value(waiting) ~= "0" do
         os.execute("sleep 0.05")
      end
      blocker:run("rollback")

      assert.are.equal(200, served:ask("get_status", {key = keys.viewer}).status)
   end)

   it("goes on when its processes are killed, and does nothing twice", function()
      start("--workers 1 --jobs 2")
      local made = plan()
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)

      for _, pid in ipairs(served:processes("--fence")) do
         os.execute("kill -9 " .. pid)
      end
      local ended = served:wait_for_job(asked.body.job, is_ended)

      assert.are.equal("done", ended.state)
      assert.are.equal("t", db:value("select fence > 1 from mmadmin.job"))
      assert.are.equal(tostring(made.partitions), db:value("select sum(done) from mmadmin.batch where kind = 'apply'"))
   end)

   it("gives its job back when it is stopped, and another one goes on", function()
      start()
      local made = plan()
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)

      served:stop()
      local left = db:value("select state from mmadmin.job")
      start()
      local ended = served:wait_for_job(asked.body.job, is_ended)

      assert.are.equal("waiting", left)
      assert.are.equal("done", ended.state)
      assert.are.equal(tostring(made.partitions), db:value("select sum(done) from mmadmin.batch where kind = 'apply'"))
   end)

   it("stops a job at a pause, and goes on when asked to", function()
      start()
      local made = plan()
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)

      local paused = served:ask("pause", {key = keys.admin, path = {id = made.id}})
      local stopped = served:wait_for_job(asked.body.job, is_ended)
      local resumed = served:ask("resume", {key = keys.admin, path = {id = made.id}, body = {reason = "spec"}})
      local ended = served:wait_for_job(resumed.body.job, is_ended)

      assert.are.same({200, "paused"}, {paused.status, paused.body.state})
      assert.are.same({"failed", "conflict"}, {stopped.state, stopped.error.code})
      assert.are.equal("done", ended.state)
      assert.are.equal("applied", db:value("select state from mmadmin.retirement"))
   end)

   it("resumes at once after a pause: the job that was paused is waited for", function()
      start()
      local made = plan()
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)

      served:ask("pause", {key = keys.admin, path = {id = made.id}})
      local resumed = served:ask("resume", {key = keys.admin, path = {id = made.id}, body = {reason = "go on"}})
      local ended = served:wait_for_job(resumed.body.job, is_ended)

      assert.are.same({202, "done", "go on"}, {resumed.status, ended.state, ended.reason})
      assert.is_true(resumed.body.job > asked.body.job)
      assert.are.equal("applied", db:value("select state from mmadmin.retirement"))
   end)

   it("gives no job to who asks with other options while one is there", function()
      start("--jobs 1")
      local made = plan()
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)

      local same = apply(made, {reason = "spec", limit = 4})
      local other = apply(made, {reason = "spec", limit = 4, strict = true})

      assert.are.same({202, asked.body.job}, {same.status, same.body.job})
      assert.are.same({409, "conflict"}, {other.status, other.body.code})
   end)

   it("keeps what it did, and tells the audit what it refused, for those who leave", function()
      start("--workers 1")
      local reader = served:key("viewer", "reader")
      for _ = 1, 5 do
         served:send("add_hold", {key = reader, body = {all = true, reason = "no"}}).leave()
         served:send("add_hold", {key = keys.admin, body = {all = true, reason = "yes"}, idempotency_key = "k",
            fingerprint = ("a"):rep(64)}).leave()
      end
      served:ask("get_status", {key = keys.viewer}) -- after them

      assert.are.equal("5", db:value("select count(*) from mmadmin.audit where what = 'refused'"))
      assert.are.equal("1 201", db:value("select (select count(*) from mmadmin.hold) || ' ' || status from mmadmin.answer"))
   end)

   it("asks again for what may go better, with the same Idempotency-Key", function()
      start()
      local made = plan()
      local request = {key = keys.admin, path = {id = made.id}, idempotency_key = "one", fingerprint = ("a"):rep(64)}

      local early = served:ask("pause", request)
      local asked = apply(made, {reason = "spec", limit = 4})
      served:wait_for_job(asked.body.job, has_begun)
      local late = served:ask("pause", request)

      assert.are.same({409, 200}, {early.status, late.status})
   end)

   it("stores no job for what cannot be", function()
      start()
      local made = plan()

      local undo = served:ask("undo", {key = keys.admin, path = {id = made.id}, body = {reason = "spec"}})
      local override = apply(made, {reason = "spec", overrides = {hold = "why"}})
      db:psql("update mmadmin.retirement set valid_until = now()")
      local expired = apply(made)

      assert.are.same({409, 422, 409}, {undo.status, override.status, expired.status})
      assert.is_truthy(expired.body.detail:find("is too old to be applied: it was valid until", 1, true))
      assert.are.equal("0", db:value("select count(*) from mmadmin.job"))
   end)

   it("tells the audit which request it was", function()
      start()

      served:ask("plan", {key = keys.admin, body = {all = true}, request_id = ("c"):rep(32)})

      assert.are.equal(("c"):rep(32), db:value("select body::json -> 'by' ->> 'request' from mmadmin.audit where what = 'planned'"))
   end)

   it("listens on a socket that others may not use", function()
      start()

      assert.are.equal("660\n", require("spec.support.shell").run("stat -c %a " .. served.path).stdout)
   end)

   it("follows processes that are killed by others", function()
      start("--workers 2")
      for _, pid in ipairs(served:processes("--listen")) do
         if pid ~= served.process.pid then
            os.execute("kill -9 " .. pid)
         end
      end

      served:read_until("another follows")
      assert.are.equal(200, served:ask("get_status", {key = keys.viewer}).status)
   end)

   it("does not take a socket that another one answers on", function()
      start()

      local second = require("spec.support.shell").run(("%s/bin/mmlua worker --lake '%s' --listen %s"):format(
         os.getenv("BUILD") or "build", db.conninfo, served.path))

      assert.are.equal(1, second.code)
      assert.is_truthy(second.stderr:find("cannot listen on " .. served.path .. ": Address already in use", 1, true))
   end)

   it("says what it cannot do while the database is away, and goes on afterwards", function()
      start("--workers 1")
      served:ask("get_status", {key = keys.viewer})

      local admin = postgres.start().admin
      admin:psql("alter database " .. db.name .. " allow_connections false")
      admin:psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" .. db.name
         .. "' and pid <> pg_backend_pid()")
      local away = served:ask("get_status", {key = keys.viewer})
      admin:psql("alter database " .. db.name .. " allow_connections true")

      assert.are.same({503, "connection"}, {away.status, away.body.code})
      assert.are.equal(200, served:ask("get_status", {key = keys.viewer}).status)
   end)
end)
