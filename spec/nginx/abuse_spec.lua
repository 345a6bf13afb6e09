-- What must not go wrong under load, when processes die, and when clients misbehave.
local cluster = require("spec.support.cluster")
local json = require("mm.json")
local mm = require("mm")
local served = require("spec.support.served")
local shell = require("spec.support.shell")

local SECONDS = 3

-- wrk for SECONDS: answers by status, and what went wrong, while `action` runs again and again. Each request has a
-- connection of its own, for one that is kept open may be closed just when it is used.
local function load(site, path, connections, action)
   local pipe = io.popen(("wrk -t1 -c%d -d%ds -s spec/support/load.lua -H 'Connection: close' "
      .. "-H 'Authorization: Bearer %s' http://127.0.0.1:%s%s 2>&1"):format(connections, SECONDS, site.keys.viewer,
      site.server.port, path))
   local deadline = os.time() + SECONDS
   repeat
      action()
   until os.time() >= deadline
   local text = pipe:read("*a")
   pipe:close()
   return assert(json.decode(text:match("LOAD ({.-})\n") or text), text)
end

local function assert_only(counts, allowed)
   for name, count in pairs(counts) do
      if name:find("^%d") and not allowed[name] then
         error(("%d answers of status %s"):format(count, name))
      end
   end
   assert.is_true((counts["200"] or 0) > 10, json.encode(counts))
end

describe("the API", function()
   local site

   setup(function()
      site = served.start{worker = "--workers 4", nginx = {replace = {["wait_s = 2"] = "wait_s = 10"}}}
   end)

   teardown(function()
      site:stop()
   end)

   after_each(function()
      assert.are.equal(200, site:ask("/v1/principal").status)
   end)

   it("loses no request when nginx is told to read its configuration again", function()
      local counts = load(site, "/v1/principal", 8, function()
         shell.run(("kill -HUP %s; sleep 0.4"):format(site.server.pid))
      end)

      assert_only(counts, {["200"] = true})
      assert.are.equal(0, counts.errors + counts.timeouts)
   end)

   it("loses no request when the worker is started again", function()
      local counts = load(site, "/v1/principal", 8, function()
         shell.run("sleep 0.3")
         site.worker:stop()
         site:start_worker()
      end)

      assert_only(counts, {["200"] = true})
      assert.are.equal(0, counts.errors + counts.timeouts)
   end)

   it("answers with 200, 502 or 503 while processes of the worker are killed", function()
      local counts = load(site, "/v1/principal", 8, function()
         shell.run(("kill -9 %s; sleep 0.3"):format(site:workers()[1]))
      end)

      assert_only(counts, {["200"] = true, ["502"] = true, ["503"] = true})
      assert.are.equal(0, counts.errors + counts.timeouts)
   end)

   it("says 503 while more ask than workers can answer", function()
      local few = served.start{beside = site, worker = "--workers 1", nginx = {processes = 1,
         replace = {["permits = 2"] = "permits = 1", ["waiters = 64"] = "waiters = 2", ["wait_s = 2"] = "wait_s = 0.05"}}}

      local counts = load(few, "/v1/status", 32, function() shell.run("sleep 1") end)

      assert_only(counts, {["200"] = true, ["503"] = true})
      assert.is_true(counts["503"] > 0)
      few:stop()
   end)

   it("outlives ten thousand connections that say little and vanish", function()
      local made = shell.run(([[perl -MIO::Socket::INET -e '$SIG{PIPE} = "IGNORE"; my $n = 0; for my $i (1 .. 10000) {
         my $s = IO::Socket::INET->new("127.0.0.1:%s") or next; $n++;
         syswrite $s, $i %% 3 == 0 ? "" : $i %% 3 == 1 ? "GET /v1/sta" : "GET /v1/status HTTP/1.1\r\nHost: x\r\n"; }
         print "$n\n"']]):format(site.server.port)).stdout

      assert.are.equal("10000\n", made)
      assert.is_nil(site.server:errors():find("%[alert%]"))
   end)

   -- Statements that wait for a lock.
   local function waiting()
      return tonumber(site.db:value([[select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock']]))
   end

   local function await(wanted)
      for _ = 1, 200 do
         if waiting() == wanted then
            return
         end
         shell.run("sleep 0.05")
      end
      assert.are.equal(wanted, waiting())
   end

   it("cancels the statement of a client that goes away", function()
      local locker = site.db:session()
      locker:run("begin; lock table lakehouse_partitions in access exclusive mode")
      local request = site.server:later("/v1/status", {key = site.keys.viewer})
      await(1)

      request:abandon()

      await(0)
      locker:run("rollback")
      locker:close()
   end)

   it("does a change that is sent again once", function()
      local headers = {"Idempotency-Key: once"}
      local first = site:post("/v1/holds", {reason = "r", view_set = "net_spans"}, headers)

      local again = site:post("/v1/holds", {reason = "r", view_set = "net_spans"}, headers)
      local other = site:post("/v1/holds", {reason = "another", view_set = "net_spans"}, headers)

      assert.are.same({201, first.body}, {again.status, again.body})
      assert.are.same({422, "key_reused"}, {other.status, other.json.code})
      assert.are.equal("1", site.db:value("select count(*) from mmadmin.hold"))
   end)

   it("knows who asks, and what he may", function()
      local unknown = site:ask("/v1/status", {key = site.keys.admin:gsub("%x$", {["0"] = "1"}, 1):gsub(".$", "0")})
      assert.are.same({401, "unauthorized"}, {unknown.status, unknown.json.code})
      for role, status in pairs{viewer = 403, planner = 403, operator = 201} do
         local answer = site:ask("/v1/holds", {key = site.keys[role], method = "POST",
            body = '{"reason":"r","view_set":"net_spans"}'})
         assert.are.equal(status, answer.status, role)
      end
   end)

   it("hears within ten seconds that a key is revoked", function()
      local number = site:ask("/v1/principal", {key = site.keys.planner}).json.key
      local lake = assert(mm.open(site.db.conninfo))
      assert(lake:revoke_key(number, {reason = "r"}))
      lake:close()

      for _ = 1, 100 do
         if site:ask("/v1/principal", {key = site.keys.planner}).status == 401 then
            return
         end
         shell.run("sleep 0.1")
      end
      error("it is still good")
   end)
end)

describe("a database", function()
   it("may die and return", function()
      local second = cluster.start()
      local site = served.start{db = second:database(), worker = "--workers 2"}
      assert.are.equal(200, site:ask("/v1/status").status)

      second:crash()
      local dead, ready = site:ask("/v1/status"), site:ask("/readyz")
      second:start_again()

      assert.are.same({503, "connection"}, {dead.status, dead.json.code})
      assert.is_nil(dead.body:find(second.folder, 1, true))
      assert.are.same({503, "application/problem+json"}, {ready.status, ready.headers["content-type"]})
      local again
      for _ = 1, 100 do
         again = site:ask("/v1/status")
         if again.status == 200 then
            break
         end
         shell.run("sleep 0.1")
      end
      assert.are.equal(200, again.status)
      site:stop()
      second:stop()
   end)
end)
