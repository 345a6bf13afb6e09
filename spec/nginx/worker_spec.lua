-- What nginx makes of workers that are slow, away, or die, and of clients that go away: with one that misbehaves as asked.
local http = require("spec.support.nginx")
local shell = require("spec.support.shell")
local stub = require("spec.support.stub")

local KEY = "mm_abcdefgh_" .. ("0123456789abcdef"):rep(4)
local HOLD = {method = "POST", body = '{"reason":"r"}', key = KEY}
local LIST = '{"status":200,"type":"application/x-ndjson"}\n'

describe("nginx", function()
   local worker, server

   setup(function()
      worker = stub.start()
      server = http.start{worker = worker.path, changes = true, processes = 1,
         replace = {["waiters = 64"] = "waiters = 1", ["permits = 2"] = "permits = 1", ["wait_s = 2"] = "wait_s = 0.3"}}
   end)

   teardown(function()
      server:stop()
      worker:stop()
   end)

   local function get(path, opts)
      opts = opts or {}
      opts.key = KEY
      return server:ask(path or "/v1/status", opts)
   end

   -- A request that the worker has heard of, and is under way.
   local function under_way(path)
      local request = server:later(path, {key = KEY})
      repeat until #worker:requests() > 0
      return request
   end

   local function assert_closed()
      for _ = 1, 100 do
         if worker:requests()[2] == "closed" then
            return
         end
         shell.run("sleep 0.05")
      end
      assert.are.equal("closed", worker:requests()[2])
   end

   it("hands on what the worker says", function()
      worker:answer('{"status":201,"type":"application/json","headers":{"ETag":"\\"ab\\"","Location":"/v1/jobs/7"}}\n'
         .. '5\n{"a":2\n1}0\n')

      local answer = get()

      assert.are.same({201, '{"a":1}', '"ab"', "/v1/jobs/7", "7"}, {answer.status, answer.body, answer.headers["etag"],
         answer.headers["location"], answer.headers["content-length"]})
   end)

   it("hands on more than it holds at once", function()
      local piece = ("x"):rep(100000)
      worker:answer(LIST .. ("100000\n" .. piece):rep(30) .. "0\n")

      local answer = get("/v1/partitions", {headers = {"Accept: application/x-ndjson"}})

      assert.are.same({0, 200, true}, {answer.code, answer.status, answer.body == piece:rep(30)})
   end)

   it("does not end what was cut short as if it were whole", function()
      worker:answer(LIST .. ("100000\n" .. ("x"):rep(100000)):rep(3))

      local answer = get("/v1/partitions", {headers = {"Accept: application/x-ndjson"}})

      assert.are.same({18, 200}, {answer.code, answer.status}) -- curl: transfer closed with outstanding data
   end)

   it("says that there is no worker while nothing of a short answer was sent", function()
      worker:answer('{"status":200,"type":"application/json"}\n5\n{"a":')

      local answer = get()

      assert.are.same({502, "no_worker"}, {answer.status, answer.json.code})
      assert.are.equal(2, #worker:requests()) -- reading may be asked again
   end)

   it("says so of nonsense", function()
      for _, nonsense in ipairs{"x\n", '{"status":200,"type":"application/json"}\nx\n0\n', "\n", "[1]\n", '{"status":"x"}\n0\n'} do
         worker:answer(nonsense)
         assert.are.equal(502, get().status, nonsense)
      end
   end)

   it("asks once more what only reads", function()
      worker:answer('@ONCE DIE\n{"status":200,"type":"application/json"}\n2\n{}0\n')

      assert.are.equal(200, get().status)
      assert.are.equal(2, #worker:requests())
   end)

   it("never sends twice what changes something", function()
      for _, cut in ipairs{"@DIE\n", '{"status":201,"type":"application/json"}\n5\n{"a":'} do
         worker:answer(cut)

         local answer = server:ask("/v1/holds", HOLD)

         assert.are.same({502, "no_worker", "unknown"}, {answer.status, answer.json.code, answer.json.outcome})
         assert.are.equal(1, #worker:requests())
      end
   end)

   it("waits for a worker that is started again", function()
      worker:answer_json(200, "{}")
      worker:stop()
      local request, change = server:later("/v1/status", {key = KEY}), server:later("/v1/holds", HOLD)

      worker = stub.start(worker.path)
      worker:answer_json(200, "{}")

      assert.are.same({200, 200}, {request:wait().status, change:wait().status})
      assert.are.equal(2, #worker:requests())
   end)

   it("does not wait for ever", function()
      local path = worker.path
      worker:stop()

      local answer = get()

      assert.are.same({502, "no_worker"}, {answer.status, answer.json.code})
      worker = stub.start(path)
   end)

   it("cancels what a client does not wait for", function()
      worker:answer("@HANG")

      under_way("/v1/status"):abandon()

      assert_closed()
      worker:answer_json(200, "{}")
      assert.are.equal(200, get().status) -- its permit is free again
      assert.is_truthy(get("/metrics").body:find("\nmm_http_aborted_total [1-9]"))
   end)

   it("cancels a list that a client does not read to its end", function()
      worker:answer(LIST .. ("100000\n" .. ("x"):rep(100000)):rep(2) .. "@HANG")

      under_way("/v1/partitions"):abandon()

      assert_closed()
   end)

   it("lets one request wait for the one permit, and not for long", function()
      worker:answer("@HANG")
      local first = under_way("/v1/status")

      local second = server:later("/v1/status", {key = KEY})
      local answers = {get(), second:wait()}

      for _, answer in ipairs(answers) do
         assert.are.same({503, "overloaded", "1"}, {answer.status, answer.json.code, answer.headers["retry-after"]})
      end
      assert.are.equal(1, #worker:requests())
      first:abandon()
      assert_closed()
   end)

   it("forgets who waited for a permit and went away", function()
      worker:answer("@HANG")
      local first = under_way("/v1/status")
      for _ = 1, 3 do
         server:later("/v1/status", {key = KEY}):abandon()
      end

      local second = server:later("/v1/status", {key = KEY})
      first:abandon()
      worker:answer_json(200, "{}")

      assert.are.equal(200, second:wait().status)
   end)

   it("is alive while all workers are busy", function()
      worker:answer("@HANG")
      local first = under_way("/v1/status")

      assert.are.equal(200, server:ask("/livez").status)

      first:abandon()
      assert_closed()
   end)

   it("asks once a second whether a worker is ready", function()
      worker:answer_json(200, '{"status":"ready"}')

      for _ = 1, 5 do
         assert.are.equal(200, server:ask("/readyz").status)
      end

      assert.is_true(#worker:requests() < 5)
   end)
end)

describe("failures", function()
   local worker, server

   setup(function()
      worker = stub.start()
      server = http.start{worker = worker.path}
   end)

   teardown(function()
      server:stop()
      worker:stop()
   end)

   local function ask(address, key)
      return server:ask("/v1/status", {address = address, key = key})
   end

   it("from one address are refused after ten in a minute, those from another are not", function()
      worker:answer_json(401, "{}")
      for _ = 1, 10 do
         assert.are.equal(401, ask("192.0.2.1", KEY).status)
      end

      local answer = ask("192.0.2.1", KEY)

      assert.are.same({429, "too_many_failures"}, {answer.status, answer.json.code})
      assert.is_true(tonumber(answer.headers["retry-after"]) <= 60)
      assert.are.equal(10, #worker:requests())
      assert.are.equal(200, server:ask("/livez", {address = "192.0.2.1"}).status)
      assert.are.equal(401, ask("192.0.2.2", KEY).status)
   end)

   it("do not lock out a key that is known to be right", function()
      local other = KEY:gsub("f$", "e")
      worker:answer_json(200, "{}")
      assert.are.equal(200, ask("192.0.2.3", KEY).status)
      for _ = 1, 10 do
         ask("192.0.2.3")
      end

      assert.are.same({429, 429, 200}, {ask("192.0.2.3").status, ask("192.0.2.3", other).status,
         ask("192.0.2.3", KEY).status})

      worker:answer_json(401, "{}") -- revoked
      ask("192.0.2.3", KEY)
      assert.are.equal(429, ask("192.0.2.3", KEY).status)
   end)
end)
