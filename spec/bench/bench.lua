-- Speed against PostgreSQL itself, in one run: a made-up lake is listed by psql and by mm, and its outdated partitions
-- are retired by one bare statement and by mm. Prints microseconds a row, and ratios.
--
--   make bench PARTITIONS=1000000
local core = require("mm.core")
local mm = require("mm")
local postgres = require("spec.support.postgres")

local partitions = tonumber(arg[1] or 1000000)
local registry = assert(mm.registry.release("0.33"))

-- Seconds by the wall, of the server's clock.
local function clock(db)
   return tonumber(db:value("select extract(epoch from clock_timestamp())"))
end

local function timed(db, run)
   local before = clock(db)
   local result = run()
   return clock(db) - before, result
end

local function shell(command)
   assert(os.execute(command), command)
end

local function make_lake(name)
   local db = postgres.database("catalog-v10")
   shell(("psql -X -q -v partitions=%d -v blocks=%d -d '%s' -f spec/support/big_lake.sql"):format(partitions, partitions,
      db.conninfo))
   db:psql("vacuum analyze")
   io.stdout:write(("%s: %s partitions\n"):format(name, db:value("select count(*) from lakehouse_partitions")))
   return db
end

local function open(db)
   return assert(mm.open(db.conninfo, {registry = registry, timeout = 3600}))
end

local function row(what, rows, seconds, reference)
   io.stdout:write(("%-44s %9d rows %8.2f s %8.2f us a row%s\n"):format(what, rows, seconds, seconds / rows * 1e6,
      reference and (", ratio %.2f"):format(seconds / reference) or ""))
   io.stdout:flush()
end

local function bench_listing(db)
   local count = tonumber(db:value("select count(*) from lakehouse_partitions"))
   local by_psql = timed(db, function()
      shell(("psql -X -d '%s' -c 'copy lakehouse_partitions to stdout csv' >/dev/null"):format(db.conninfo))
   end)
   row("list: psql, copy to csv", count, by_psql)
   local sorted = timed(db, function()
      shell(("psql -X -d '%s' -c 'copy (select * from lakehouse_partitions order by view_set_name, view_instance_id, "
         .. "begin_insert_time) to stdout csv' >/dev/null"):format(db.conninfo))
   end)
   row("list: psql, sorted copy to csv", count, sorted, by_psql)
   local by_mm = timed(db, function()
      shell(("'%s' partitions --registry 0.33 --lake '%s' --output - >/dev/null 2>&1"):format(
         os.getenv("BUILD") .. "/bin/mmlua", db.conninfo))
   end)
   row("list: mm, sorted export to csv", count, by_mm, by_psql)
   local seconds, groups = timed(db, function()
      return assert(open(db):list_outdated_partitions())
   end)
   row("outdated with verdicts", count, seconds, by_psql)
   return groups
end

local BARE = [[
with registry as (select * from unnest('%s'::text[], '%s'::text[]) as r(view_set_name, hex)),
gone as (delete from lakehouse_partitions p using registry r
          where p.view_set_name = r.view_set_name and p.file_schema_hash <> decode(r.hex, 'hex')
          returning p.file_path, p.file_size)
insert into temporary_files select file_path, file_size, now() + interval '7 days' from gone where file_path is not null]]

local function bench_bare(db)
   local names, hashes = registry:arrays()
   local count = tonumber(db:value("select count(*) from lakehouse_partitions"))
   local seconds = timed(db, function()
      db:psql(BARE:format("{" .. table.concat(names, ",") .. "}", "{" .. table.concat(hashes, ",") .. "}"))
   end)
   local retired = count - tonumber(db:value("select count(*) from lakehouse_partitions"))
   row("retire: one bare statement", retired, seconds)
   return seconds / retired
end

local function bench_retiring(db, bare)
   local lake = open(db)
   assert(lake:init{name = "bench"})
   local all = {"replaced", "short", "empty", "rebuildable", "waits_for_blocks", "only_copy"}
   local plan_s, plan = timed(db, function()
      return assert(lake:plan{all = true, verdicts = all})
   end)
   row("retire: mm, plan with verdicts", plan.partitions, plan_s, bare * plan.partitions)
   db:psql("analyze mmadmin.item")
   local guards_s = timed(db, function()
      assert(lake:guards(plan.id))
   end)
   row("guards: mm, all of them", plan.partitions, guards_s, bare * plan.partitions)
   local batches, first, last = 0, nil, nil
   local number = plan.number
   local apply_s = timed(db, function()
      assert(core.lake_begin(lake, number, plan.digest:sub(1, 6), "bench", "7 days", {}, "{}"))
      local batch
      repeat
         local seconds
         seconds, batch = timed(db, function()
            return assert(core.lake_apply_batch(lake, number, 10000))
         end)
         batches, first, last = batches + 1, first or seconds, seconds
      until batch.remaining == 0
   end)
   row("retire: mm, apply in batches of 10000", plan.partitions, apply_s, bare * plan.partitions)
   io.stdout:write(("   %d batches, the first %.0f ms, the last full one no dearer: %.0f ms\n"):format(batches, first * 1e3,
      last * 1e3))
   local undo_s = timed(db, function()
      assert(lake:undo(plan.id, {reason = "bench"}))
   end)
   row("undo: mm", plan.partitions, undo_s, bare * plan.partitions)
end

local db = make_lake("lake")
local copy = make_lake("the same")
bench_listing(db)
bench_retiring(copy, bench_bare(db))
