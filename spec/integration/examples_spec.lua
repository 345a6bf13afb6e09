-- The scripts of the cookbook, each run by mmlua on a copy of a real lake.
local coprocess = require("spec.support.coprocess")
local mm = require("mm")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")

local build = os.getenv("BUILD") or "build"
local db, lake

local function command(name, words, conninfo)
   return ("env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 MICROMEGAS_SQL_CONNECTION_STRING=%s %s/bin/mmlua "
      .. "scripts/examples/%s.lua %s"):format(shell.quote(conninfo or db.conninfo), build, name, words or "")
end

local function run(name, words)
   return shell.run(command(name, words))
end

local function partitions(condition)
   return tonumber(db:value("select count(*) from lakehouse_partitions" .. (condition and " where " .. condition or "")))
end

local function open()
   db = postgres.database("lake-0.33.0")
   lake = assert(mm.open(db.conninfo))
   assert(lake:init{name = "real"})
   assert(lake:publish_registry(assert(mm.registry.read("demo/list_view_sets-0.33.0.json"))))
end

local function close()
   lake:close()
   db:drop()
end

describe("the example", function()
   setup(open)
   teardown(close)

   it("metrics prints a JSON object per line", function()
      local json = require("mm.json")
      local sum, metrics = 0, {}

      local result = run("metrics")

      assert.are.equal(0, result.code, result.stderr)
      for _, line in ipairs(shell.lines(result.stdout)) do
         local metric = assert(json.decode(line))
         metrics[metric.metric] = metric.value
         sum = sum + (metric.metric == "outdated_partitions" and metric.value or 0)
      end
      assert.are.same({1190, 3082, 1206}, {sum, metrics.partitions, metrics.queued_files})
   end)

   it("compare-lakes prints where lakes differ", function()
      local other = postgres.database("lake-0.27.0")

      local result = run("compare-lakes", ("0.33 %s %s"):format(shell.quote(db.conninfo), shell.quote(other.conninfo)))
      local same = run("compare-lakes", ("0.33 %s %s"):format(shell.quote(db.conninfo), shell.quote(db.conninfo)))

      other:drop()
      assert.are.equal(0, result.code, result.stderr)
      assert.is_truthy(result.stdout:find("\nblocks +05 +03 +177 "))
      assert.are.same({"", "no difference\n"}, {same.stdout, same.stderr})
   end)

   it("export-view-sets writes a file for each view set", function()
      local folder = shell.run("mktemp -d").stdout:match("%S+")

      local result = run("export-view-sets", folder)
      local lines = shell.run("cat " .. folder .. "/*.csv | wc -l").stdout
      local files = shell.run("ls " .. folder .. " | wc -l").stdout

      shell.run("rm -r " .. folder)
      assert.are.equal(0, result.code, result.stderr)
      assert.are.equal(tonumber(files), tonumber(db:value("select count(distinct view_set_name) from lakehouse_partitions")))
      assert.are.equal(3082 + tonumber(files), tonumber(lines))
   end)

   it("is not run without what it needs", function()
      for name, words in pairs{["weekly-retirement"] = "", ["only-replaced"] = "", ["after-backfill"] = "",
         ["compare-lakes"] = "0.33", ["own-check"] = "blocks", notify = "x", ["export-view-sets"] = "",
         ["undo-today"] = "", follow = ""} do
         local result = run(name, words)
         assert.are.equal(1, result.code)
         assert.is_truthy(result.stderr:find("usage: " .. name .. ".lua ", 1, true), result.stderr)
      end
      assert.are.equal(3082, partitions())
   end)
end)

describe("the example", function()
   before_each(open)
   after_each(close)

   it("weekly-retirement stops before its budget is exceeded", function()
      local before, sets = partitions(), {}

      local result = run("weekly-retirement", "20000")

      for id, set in result.stdout:gmatch("(real%-%d+%-%x+)\t([%w_]+)") do
         sets[#sets + 1] = set
         assert.are.equal("applied", assert(lake:retirement(id)).state)
      end
      assert.are.equal(0, result.code, result.stderr)
      assert.is_truthy(result.stdout:find("left for another week\tthread_spans", 1, true))
      assert.is_true(#sets >= 3)
      assert.is_true(before > partitions())
      assert.is_true(tonumber(db:value("select sum(retired_bytes) from (select sum(bytes) as retired_bytes from mmadmin.batch) b")) <= 20000)
   end)

   it("only-replaced retires nothing else", function()
      local result = run("only-replaced", "'upgrade to 0.33'")

      assert.are.equal(0, result.code, result.stderr)
      assert.are.equal("replaced 4", db:value("select verdict || ' ' || count(*) from mmadmin.item group by verdict"))
      assert.are.equal(3082 - 4, partitions())
      assert.are.equal("nothing is replaced\n", run("only-replaced", "again").stdout)
   end)

   it("weekly-retirement plans nothing that goes without proof", function()
      run("weekly-retirement", "1e12")

      assert.are.equal("0", db:value("select string_agg(distinct selection::json ->> 'budget', ' ') from mmadmin.retirement"))
      assert.are.equal("", db:psql([[select string_agg(distinct verdict, ' ') from mmadmin.item
         where verdict not in ('replaced', 'empty') and (verdict <> 'rebuildable' or view_instance_id = 'global')]]))
   end)

   it("own-check refuses a plan of what is too young, which the audit tells", function()
      local result = run("own-check", "blocks 36500")

      local words = "a partition was written at 2026%-11%-%d%dT%d%d:%d%d:%d%d%.%d+Z, within 36500 days"
      assert.are.equal(1, result.code)
      assert.matches("refused by the guard too_young: " .. words .. ": somebody may still look at what is so young",
         result.stderr)
      assert.are.same({3082, "planned"}, {partitions(), assert(lake:retirements())[1].state})
      assert.matches("^too_young " .. words .. "$", db:value([[select (g ->> 'guard') || ' ' || (g ->> 'message') from mmadmin.audit,
         json_array_elements(body::json -> 'detail' -> 'guards') g where what = 'refused']]))
   end)

   it("own-check applies it when it is content", function()
      local result = run("own-check", "blocks 0")

      assert.are.equal(0, result.code, result.stderr)
      assert.are.same({3082 - 103, "applied"}, {partitions(), assert(lake:retirements())[1].state})
      assert.is_truthy(result.stdout:find("^real%-1%-%x+\t103\n$"))
   end)

   it("notify tells somebody why a plan was not applied", function()
      local plan = assert(lake:plan{view_set = "blocks"})
      assert(lake:abandon(plan.id))

      local result = run("notify", plan.id .. " tidy cat")

      assert.are.same({1, plan.id .. " was not applied: " .. plan.id .. " is abandoned (conflict)\n"},
         {result.code, result.stdout})
   end)

   it("notify tells nobody when all went well", function()
      local plan = assert(lake:plan{view_set = "blocks"})

      local result = run("notify", plan.id .. " tidy cat")

      assert.are.same({0, plan.id .. ": 103 partitions retired\n"}, {result.code, result.stdout})
   end)

   it("notify tells somebody when there is no connection", function()
      local result = shell.run(command("notify", "x y cat", "host=/nowhere"))

      assert.are.equal(1, result.code)
      assert.is_truthy(result.stdout:find("^x was not applied: .* %(connection%)\n"))
   end)

   it("undo-today takes back what was applied today, and nothing older", function()
      local function retire(view_set)
         return assert(lake:retire_incompatible_partitions(view_set, {reason = "spec", overrides = stage.OVERRIDES})).id
      end
      local old, new, newer = retire("blocks"), retire("streams"), retire("processes")
      db:psql("update mmadmin.retirement set applied_at = applied_at - interval '2 days' where retirement = 1")

      local result = run("undo-today", "accident")

      assert.are.equal(0, result.code, result.stderr)
      assert.are.equal(("%s\t104 restored\n%s\t104 restored\n"):format(newer, new), result.stdout)
      assert.are.same({"applied", 3082 - 103}, {assert(lake:retirement(old)).state, partitions()})
   end)

   it("undo-today fails where something cannot be restored", function()
      local id = assert(lake:retire_incompatible_partitions("blocks", {reason = "spec", overrides = stage.OVERRIDES})).id
      db:psql("delete from temporary_files where expiration > now() + interval '1 day'")

      local result = run("undo-today", "accident")

      assert.are.equal(1, result.code)
      assert.is_truthy(result.stdout:find(id .. "\t1 of 103 retired partitions cannot be restored", 1, true))
   end)

   it("follow prints how far a retirement is until it has ended", function()
      local plan = assert(lake:plan{view_set = "blocks"})
      assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES}))

      local result = run("follow", plan.id .. " 0")

      assert.are.same({0, plan.id .. ": applied, 103 of 103 partitions\n"}, {result.code, result.stdout})
   end)

   it("follow sees the work of another", function()
      local plan = assert(lake:plan{view_set = "blocks"})
      local follower
      local lines = {}
      assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES, limit = 60, on_batch = function(batch)
         follower = follower or coprocess.start(command("follow", plan.id .. " 0.05"))
         if batch.remaining > 0 then
            lines[1] = follower:read()
         end
      end}))
      lines[2] = follower:read()
      follower:close()

      assert.are.same({plan.id .. ": applying, 60 of 103 partitions", plan.id .. ": applied, 103 of 103 partitions"}, lines)
   end)
end)

describe("the example after-backfill", function()
   local LATELY = os.date("!%Y-%m-%dT%H:00:00Z", os.time() - 86400)
   local made = stage.new("catalog-v10")

   teardown(function()
      made:drop()
   end)

   it("waits until nothing waits for blocks", function()
      made:set({{"old", LATELY, LATELY, "05", instance = stage.PROCESS}}, stage.block(LATELY, 100))
      assert(made:open():publish_registry(assert(mm.registry.release("0.33"))))
      local script = coprocess.start(command("after-backfill", "log_entries 0.05", made.db.conninfo))

      local waiting = script:read()
      made:add{{"blocks", "2000-01-01", "2200-01-01", "05", view_set = "blocks"}}
      local line = waiting
      while line == waiting do
         line = script:read()
      end
      script:close()

      assert.are.equal("1 partitions of log_entries wait for blocks", waiting)
      assert.is_truthy(line:find("^made%-up%-1%-%x+\t1$"), line)
      assert.are.equal("old", made:queued())
   end)
end)
