-- Answers to changes over HTTP: what was answered once is answered again, and is not done again.
local interleave = require("spec.support.interleave")
local stages = require("spec.support.stage")
local steps = require("spec.support.steps")

local stage = stages.new("catalog-v10")
local lake

local function request(opts)
   local base = {principal = "ann", idempotency_key = "key-1", fingerprint = "f1"}
   for name, value in pairs(opts or {}) do
      base[name] = value
   end
   return base
end

local function begin(opts)
   return lake:begin_answer(request(opts))
end

local function store(opts)
   opts = opts or {}
   opts.status, opts.headers, opts.body = opts.status or 202, opts.headers or {Location = "/v1/jobs/7"}, opts.body or '{"job":7}'
   return lake:store_answer(request(opts))
end

local function age(interval)
   stage:psql(("update mmadmin.answer set created_at = now() - interval '%s'"):format(interval))
end

local function answers()
   return stage:value([[select coalesce(string_agg(concat_ws(' ', principal, idempotency_key, fingerprint, status), ', '
      order by principal, idempotency_key), '') from mmadmin.answer]])
end

local function assert_failed(code, message, result, err)
   assert.is_nil(result)
   assert.are.same({code, message}, {err.code, err.message})
   return err
end

local BUSY = "a request with this Idempotency-Key is being answered"

before_each(function()
   stage:set({})
   lake = stage:open()
end)
teardown(function()
   stage:drop()
end)

describe("an answer", function()
   it("is given again to who sends the same again", function()
      assert.are.equal("new", begin())
      assert.is_true(store())

      for _ = 1, 2 do
         assert.are.same({status = 202, headers = {Location = "/v1/jobs/7"}, body = '{"job":7}'}, assert(begin()))
      end
      assert.are.equal("ann key-1 f1 202", answers())
   end)

   it("of no headers and no body is given as it was", function()
      begin()
      assert.is_true(lake:store_answer(request{status = 204}))

      assert.are.same({status = 204, headers = {}, body = ""}, assert(begin()))
   end)

   it("of many bytes and any character is given as it was", function()
      local body = ("größe 'x' \\ \"y\" \n\t €"):rep(50000)
      begin()
      store{body = body, headers = {["X-Any"] = "a'b\\ü"}}

      local answer = assert(begin())
      assert.are.equal(body, answer.body)
      assert.are.same({["X-Any"] = "a'b\\ü"}, answer.headers)
   end)

   it("is refused for another request, begun or answered", function()
      begin()
      local message = "the Idempotency-Key was used for another request"

      assert_failed("key_reused", message, begin{fingerprint = "f2"})
      store()
      assert_failed("key_reused", message, begin{fingerprint = "f2"})

      assert.are.equal("ann key-1 f1 202", answers())
   end)

   it("is of one principal and one key", function()
      local three = {{}, {principal = "bob"}, {idempotency_key = "key-2"}}
      for i, each in ipairs(three) do
         assert.are.equal("new", begin(each))
         each.body = "of " .. i
      end

      for _, each in ipairs(three) do
         assert.is_true(store(each))
      end

      for i, each in ipairs(three) do
         assert.are.equal("of " .. i, begin{principal = each.principal, idempotency_key = each.idempotency_key}.body)
      end
   end)

   it("alone is forgotten, of one principal and one key", function()
      for _, each in ipairs{{}, {principal = "bob"}, {idempotency_key = "key-2"}} do
         begin(each)
      end

      assert.is_true(lake:forget_answer(request()))

      assert.are.equal("ann key-2 f1, bob key-1 f1", answers())
   end)

   it("that is not there yet is in progress, and after five minutes nobody knows", function()
      begin()

      local err = assert_failed("in_progress", BUSY, begin())
      assert.is_nil(err.outcome)
      age("4 minutes 59 seconds")
      assert.is_nil(select(2, begin()).outcome)
      age("5 minutes 1 second")
      err = assert_failed("in_progress",
         "a request with this Idempotency-Key was begun and never answered: whether it changed anything is not known", begin())
      assert.are.equal("unknown", err.outcome)
      assert.is_true(store())
      assert.are.equal(202, assert(begin()).status)
   end)

   it("is forgotten where nothing was done, so that the same may be tried again; one that was given is not", function()
      begin()

      assert.are.same({true, "new"}, {lake:forget_answer(request()), begin()})

      store()
      assert.are.same({false, 202}, {lake:forget_answer(request()), begin().status})
      assert.is_false(lake:forget_answer(request{idempotency_key = "key-2"}))
   end)

   it("that was forgotten, or is another's, is not stored", function()
      assert.is_false(store())
      begin()

      assert.is_false(store{fingerprint = "f2"})
      assert.is_false(lake:forget_answer(request{fingerprint = "f2"}))

      assert.are.equal("ann key-1 f1", answers())
   end)

   it("is kept for a day, and removed when new ones come", function()
      begin()
      store()
      begin{idempotency_key = "key-2"}
      age("23 hours 59 minutes")
      assert.are.equal(202, begin().status)
      age("24 hours 1 minute")

      assert.are.equal("new", begin{idempotency_key = "key-3"})

      assert.are.equal("ann key-3 f1", answers())
   end)

   it("that is older is a new one, whatever is asked", function()
      begin()
      store()
      age("24 hours 1 minute")

      assert.are.equal("new", begin{fingerprint = "f2"})

      assert.are.equal("ann key-1 f2", answers())
   end)
end)

describe("of two that begin at once,", function()
   local OLD = "insert into mmadmin.answer (principal, idempotency_key, fingerprint, request_id, created_at) "
      .. "select 'ann', 'old-' || n, 'f', 'r', now() - interval '2 days' from generate_series(1, 3) n;"

   local function begins(made, name, key)
      local transaction = made:change({"answer_clean", "answer_begin"}, {"ann", key, "f", name})
      return {name = name, transactions = {interleave.joined(transaction, {"settings", "answer_clean", "answer_begin", "commit"})}}
   end

   local function outcomes(keys, sql)
      local runner, made, seen = interleave.new(stage.db), steps.new(stage.db), {}
      runner:all{parties = {begins(made, "one", keys[1]), begins(made, "two", keys[2])}, restart = function(eye)
         eye:psql("delete from mmadmin.answer;" .. sql)
      end, check = function(eye, ended)
         assert.are.same({}, {ended.one.failed, ended.two.failed})
         seen[eye:psql("select string_agg(idempotency_key || ' ' || request_id, ', ' order by idempotency_key) from mmadmin.answer")] = true
      end}
      runner:close()
      local list = {}
      for each in pairs(seen) do
         list[#list + 1] = each
      end
      table.sort(list)
      return list
   end

   it("one is the first, and the old ones go", function()
      assert.are.same({"k one", "k two"}, outcomes({"k", "k"}, OLD))
   end)

   it("under an old key, one is the first", function()
      assert.are.same({"old-1 one", "old-1 two"}, outcomes({"old-1", "old-1"}, OLD))
   end)

   it("under two keys, both are", function()
      assert.are.same({"a one, b two"}, outcomes({"a", "b"}, OLD))
   end)
end)
