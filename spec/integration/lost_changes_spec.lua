-- The connection is lost while a key, a job or an answer is changed: before the server got all of it, or after it had
-- committed. Either way it is done once, and the call says what is so.
local mm = require("mm")
local proxy = require("spec.support.proxy")
local stages = require("spec.support.stage")

local stage = stages.new("catalog-v10")
local REQUEST = {principal = "ann", idempotency_key = "k", fingerprint = "f"}
local ANSWER = {principal = "ann", idempotency_key = "k", fingerprint = "f", status = 200, body = "x"}

local between, lake, id

local function setup_lake()
   stage:set{{"a", 0, 1, "05", updated = -9}}
   id = assert(stage:open():plan{all = true, verdicts = stages.VERDICTS}).id
   between = proxy.start(stage.db)
   lake = assert(mm.open(between.conninfo, {registry = assert(mm.registry.release("0.33"))}))
end

local JOB = "insert into mmadmin.job (kind, retirement, arguments, request_id) values ('apply', 1, '{}', 'r');"
local CLAIMED = JOB .. "update mmadmin.job set state = 'running', fence = 3, attempts = 2, worker = 'w', lease_until = now() + interval '1 minute';"
local JOBS = "select string_agg(concat_ws(' ', state, fence, attempts, worker, done), ', ') from mmadmin.job"
local ANSWERS = "select string_agg(concat_ws(' ', idempotency_key, status), ', ') from mmadmin.answer"

-- What is there before, the call, what it gives (a function of it), what is there after.
local CHANGES = {
   ["a key is added"] = {"insert into mmadmin.api_key (name, role, prefix, hash, reason) values ('old', 'viewer', 'x', sha256('x'), 'spec');", function() return lake:add_key{name = "ann", role = "viewer", reason = "spec"} end,
      function(key) return assert(lake:principal(key.secret)).name end, "ann",
      "select string_agg(name || ' ' || (select string_agg(what, ' ') from mmadmin.audit where what like 'key%'), ', ') from mmadmin.api_key",
      "old key_added, ann key_added"},
   ["a key is revoked"] = {"insert into mmadmin.api_key (name, role, prefix, hash, reason) values "
      .. "('old', 'viewer', 'x', sha256('x'), 'spec'), ('ann', 'viewer', 'y', sha256('y'), 'spec');",
      function() return lake:revoke_key(2, {reason = "left"}) end, function(key) return key.revoke_reason end, "left",
      "select string_agg(revoke_reason || ' ' || (select string_agg(what, ' ') from mmadmin.audit where what like 'key%'), ', ') from mmadmin.api_key",
      "left key_revoked"},
   ["a job is added"] = {"", function() return lake:add_job{kind = "apply", retirement = id} end,
      function(job) return job.is_old or job.state end, "waiting", JOBS, "waiting 0 0 0"},
   ["a job is claimed"] = {JOB .. JOB:gsub("'apply', 1", "'apply', 2"), function() return lake:claim_job{worker = "w"} end,
      function(job) return job.fence end, 1, JOBS .. " where state = 'running'", "running 1 1 w 0"},
   ["a job is renewed"] = {CLAIMED, function() return lake:renew_job(1, 3, {done = 5}) end, nil, true, JOBS, "running 3 1 w 5"},
   ["a job ends"] = {CLAIMED, function() return lake:end_job(1, 3, {done = 7}) end, nil, true, JOBS, "done 3 2 w 7"},
   ["a job fails"] = {CLAIMED, function() return lake:end_job(1, 3, {error = {code = "x", message = "y"}}) end, nil, true, JOBS,
      "failed 3 2 w 0"},
   ["a job is given back"] = {CLAIMED, function() return lake:release_job(1, 3) end, nil, true, JOBS, "waiting 3 1 0"},
   ["an answer is begun"] = {"", function() return lake:begin_answer(REQUEST) end, nil, "new", ANSWERS, "k"},
   ["an answer is stored"] = {"insert into mmadmin.answer (principal, idempotency_key, fingerprint, request_id) values ('ann', 'k', 'f', 'r');",
      function() return lake:store_answer(ANSWER) end, nil, true, ANSWERS, "k 200"},
}

local function restart(before)
   stage:psql([[delete from mmadmin.job; delete from mmadmin.answer; delete from mmadmin.api_key;
      alter table mmadmin.job alter job restart; alter table mmadmin.api_key alter key restart;
      delete from mmadmin.audit; update mmadmin.audit_head set seq = 0, hash = sha256('');
      insert into mmadmin.retirement overriding system value
      select (jsonb_populate_record(r, '{"retirement":2}')).* from mmadmin.retirement r where retirement = 1
      on conflict do nothing;]] .. before)
   lake:status()
   between:pass()
end

-- Where the change itself is sent, and where its answer begins.
local function points_of(seen)
   local points = {}
   for _, pipeline in ipairs(proxy.pipelines(seen)) do
      if not pipeline.is_reading then
         points[pipeline.direction] = {n = pipeline.from, count = #pipeline.types}
      end
   end
   return points
end

local function check(change, result, err)
   assert.is_nil(err and err.message)
   assert.are.same({change[4], change[6]}, {change[3] and change[3](result) or result, stage:value(change[5])})
end

describe("the connection is lost when", function()
   setup(setup_lake)
   teardown(function()
      lake:close()
      between:stop()
      stage:drop()
   end)

   for name, change in pairs(CHANGES) do
      it(name .. ", before the server has it all, and when it has committed", function()
         restart(change[1])
         check(change, change[2]())
         restart(change[1])
         change[2]()
         local points = points_of(between:seen())

         restart(change[1])
         between:cut("before", "frontend", points.frontend.n + points.frontend.count - 1)
         check(change, change[2]())
         assert.is_true(between:seen().is_there)

         restart(change[1])
         between:cut("before", "backend", points.backend.n)
         check(change, change[2]())
         assert.is_true(between:seen().is_there)
      end)
   end
end)
