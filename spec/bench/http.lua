-- Sixty-four clients that list partitions while a retirement runs: what they are answered, and whether /livez is as
-- quick as before. Fails for an answer that is neither 200 nor admission's 503, or a 99th percentile 5 ms worse.
--
--   make bench-http PARTITIONS=200000
local json = require("mm.json")
local postgres = require("spec.support.postgres")
local served = require("spec.support.served")
local shell = require("spec.support.shell")

local partitions = tonumber(arg[1] or 200000)
local CLIENTS, SECONDS, ALLOWED_MS = 64, 10, 5

local function made_lake()
   local db = postgres.database("catalog-v10")
   local made = shell.run(("psql -X -q -v partitions=%d -v blocks=%d -d '%s' -f spec/support/big_lake.sql"):format(
      partitions, partitions, db.conninfo))
   assert(made.code == 0, made.stderr)
   db:psql("vacuum analyze")
   return db
end

-- As the systemd units have it: nginx goes first, and what works for it last.
local FIRST = shell.run("nice -n -5 true 2>&1").stdout == "" and "nice -n -5" or ""

local function wrk(site, path, clients, nice, rest)
   local command = ("%s wrk -t1 -c%d -d%ds --timeout 30s -s spec/support/load.lua -H 'Authorization: Bearer %s' "
      .. "http://127.0.0.1:%s%s %s 2>&1"):format(nice or "", clients, SECONDS, site.keys.viewer, site.server.port, path,
      rest or "")
   return assert(io.popen(command))
end

-- Somebody who looks every 5 ms whether nginx answers.
local function probe(site)
   return wrk(site, "/livez", 1, FIRST, "-- 5")
end

local function counts_of(pipe)
   local text = pipe:read("*a")
   pipe:close()
   return assert(json.decode(text:match("LOAD ({.-})\n") or text), text)
end

-- A plan of everything, and the job that applies it.
local function apply(site)
   local plan = site:post("/v1/retirements", {all = true}).json
   local overrides = {}
   for _, finding in ipairs(site:ask("/v1/retirements/" .. plan.id .. "/guards").json.items) do
      overrides[finding.guard] = "a made-up lake"
   end
   local body = {reason = "bench", limit = 1000, overrides = overrides}
   local answer = site:post("/v1/retirements/" .. plan.id .. "/apply", body, {'If-Match: "' .. plan.digest .. '"'})
   repeat until site:ask(answer.headers.location).json.state ~= "waiting"
   return answer.headers.location
end

-- As many workers as processors, and for each of the two processes of nginx half of them.
local processors = tonumber(shell.run("nproc").stdout)
local site = served.start{db = made_lake(), worker = "--workers " .. processors, registry = "0.33", nice = "nice -n 5",
   nginx = {nice = FIRST, replace = {["permits = 2"] = "permits = " .. math.max(1, math.floor(processors / 2))}}}
local idle = counts_of(probe(site))
print(("/livez, idle:                  p99 %6.2f ms of %d requests"):format(idle.p99_ms, idle["200"]))

local job = apply(site)
local lists, probes = wrk(site, "/v1/partitions?limit=100", CLIENTS), probe(site)
local listed, busy = counts_of(lists), counts_of(probes)
local state = site:ask(job).json
print(("/livez, %d clients and a job:  p99 %6.2f ms of %d requests"):format(CLIENTS, busy.p99_ms, busy["200"]))
print(("lists of 100 partitions:       %d answered, %d told to come again, p50 %.1f ms, p99 %.1f ms"):format(
   listed["200"] or 0, listed["503"] or 0, listed.p50_ms, listed.p99_ms))
print(("the job meanwhile:             %s, %d of %d partitions in %d batches"):format(state.state, state.done,
   state.total, state.batches))
site:stop()
postgres.drop_all()

for name in pairs(listed) do
   assert(not name:find("^%d") or name == "200" or name == "503", "there were answers of status " .. name)
end
assert(listed.errors == 0 and listed.timeouts == 0, json.encode(listed))
assert(busy.p99_ms - idle.p99_ms <= ALLOWED_MS, "/livez is slower by more than 5 ms")
