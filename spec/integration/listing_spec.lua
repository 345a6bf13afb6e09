-- What is listed on real lakes is what plain SQL counts; nothing is dropped, nothing is listed twice.
local mm = require("mm")
local facts = require("spec.support.facts")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")

local NEWEST = assert(mm.registry.release("0.33"))
local STATUS_SQL = "case when p.file_schema_hash is null then 'unhashed' when r.hash is null then 'unregistered'"
   .. " when p.file_schema_hash = r.hash then 'current' else 'outdated' end"
local is_exact = math.type ~= nil -- luacheck: ignore

local db, lake

local function close()
   lake:close()
   db:drop()
end

local function open(name, registry)
   db = postgres.database(name)
   lake = assert(mm.open(db.conninfo, {registry = registry or NEWEST}))
end

-- The named fields of a table, false for nil, as psql's rows are.
local function pick(row, names)
   local list = {}
   for name in names:gmatch("%S+") do
      local value = row[name]
      list[#list + 1] = type(value) == "number" and ("%d"):format(value) or value ~= nil and value
   end
   return list
end

local function pick_all(list, names)
   local picked = {}
   for i, row in ipairs(list) do
      picked[i] = pick(row, names)
   end
   return picked
end

local function assert_failed(code, text, result, err)
   assert.is_nil(result)
   assert.are.equal(text, tostring(err))
   assert.are.equal(code, err.code)
end

for _, real in ipairs(facts.lakes) do
   describe(("on %s under %s"):format(real.name, real.registry:match("[^/]+$")), function()
      local registry = facts.registry_sql(real.registry)

      setup(function()
         open(real.name, assert(mm.registry.read(real.registry)))
      end)
      teardown(close)

      it("as many partitions are outdated as were counted by hand", function()
         local outdated = {}
         for _, group in ipairs(assert(lake:list_outdated_partitions())) do
            local counts = outdated[group.view_set_name] or {0, 0}
            outdated[group.view_set_name] = {counts[1] + 1, counts[2] + group.partition_count}
         end

         assert.are.same(real.outdated, outdated)
      end)

      it("groups of outdated partitions are those of plain SQL", function()
         local expected = db:rows(([[select view_set_name, view_instance_id, encode(file_schema_hash, 'hex'),
               encode(hash, 'hex'), count(*), sum(file_size), sum(num_rows), %s, %s, %s
            from lakehouse_partitions join %s on name = view_set_name where file_schema_hash <> hash
            group by 1, 2, 3, 4 order by 1, 2, 3]]):format(facts.time_sql("min(begin_insert_time)"),
            facts.time_sql("max(end_insert_time)"), facts.time_sql("max(updated)"), registry))

         assert.are.same(expected, pick_all(lake:list_outdated_partitions(), "view_set_name view_instance_id "
            .. "outdated_schema_hash current_schema_hash partition_count bytes num_rows first_insert_time "
            .. "last_insert_time last_updated"))
      end)

      it("each outdated partition has one verdict", function()
         for _, group in ipairs(lake:list_outdated_partitions()) do
            assert.are.equal(group.partition_count, group.replaced + group.short + group.empty + group.rebuildable
               + group.waits_for_blocks + group.only_copy)
         end
      end)

      it("bytes of verdicts are those of a plan", function()
         local expected, found = {}, {}
         local function add(sums, view_set, verdict, bytes)
            local key = view_set .. " " .. verdict
            sums[key] = bytes > 0 and (sums[key] or 0) + bytes or sums[key]
         end
         for _, row in ipairs(assert(lake:plan{all = true, dry_run = true}).summary) do
            add(expected, row.view_set_name, row.verdict, row.bytes)
         end
         for _, group in ipairs(lake:list_outdated_partitions()) do
            for _, verdict in ipairs{"replaced", "short", "rebuildable", "waits_for_blocks", "only_copy"} do
               add(found, group.view_set_name, verdict, group[verdict .. "_bytes"])
            end
         end

         assert.are.same(expected, found)
      end)

      it("schema versions are those of plain SQL", function()
         local expected = db:rows(([[select p.view_set_name, encode(p.file_schema_hash, 'hex'), encode(r.hash, 'hex'),
               %s, count(*), sum(file_size), sum(num_rows), count(distinct view_instance_id), %s, %s, %s, %s
            from lakehouse_partitions p left join %s on name = view_set_name
            group by p.view_set_name, p.file_schema_hash, r.hash order by p.view_set_name, max(updated) desc, 2]])
            :format(STATUS_SQL, facts.time_sql("min(begin_insert_time)"), facts.time_sql("max(end_insert_time)"),
            facts.time_sql("min(updated)"), facts.time_sql("max(updated)"), registry))

         assert.are.same(expected, pick_all(lake:list_schema_versions(), "view_set_name schema_hash "
            .. "current_schema_hash status partitions bytes num_rows instances first_insert_time last_insert_time first_updated "
            .. "last_updated"))
      end)

      it("view sets are those of the registry and those with partitions", function()
         local expected = db:rows(([[select coalesce(p.view_set_name, r.name), encode(r.hash, 'hex'), count(p.*),
               coalesce(sum(file_size), 0), count(p.*) filter (where file_schema_hash = hash),
               count(p.*) filter (where file_schema_hash <> hash), count(p.*) filter (where hash is null)
            from lakehouse_partitions p full join %s on name = view_set_name
            group by 1, 2 order by 1]]):format(registry))

         assert.are.same(expected, pick_all(lake:list_view_sets(),
            "view_set_name current_schema_hash partitions bytes current outdated unregistered"))
      end)

      it("partitions are all of them, in order, with their status", function()
         local expected = db:rows(([[select p.view_set_name, p.view_instance_id, %s, %s, %s, %s, %s, file_path,
               file_size, encode(file_schema_hash, 'hex'), encode(source_data_hash, 'hex'), num_rows, partition_format_version, %s
            from lakehouse_partitions p left join %s on name = view_set_name
            order by p.view_set_name, p.view_instance_id, begin_insert_time, p.ctid]]):format(
            facts.time_sql("begin_insert_time"), facts.time_sql("end_insert_time"), facts.time_sql("min_event_time"),
            facts.time_sql("max_event_time"), facts.time_sql("updated"), STATUS_SQL, registry))

         local listed = pick_all(assert(lake:list_partitions()):all(), "view_set_name view_instance_id "
            .. "begin_insert_time end_insert_time min_event_time max_event_time updated file_path file_size file_schema_hash "
            .. "source_data_hash num_rows partition_format_version status")

         assert.are.equal(#expected, #listed)
         for i, row in ipairs(expected) do
            assert.are.same(row, listed[i])
         end
      end)

      it("status has the totals of plain SQL", function()
         local expected = db:rows(([[select count(*), sum(file_size), %s, (select count(*) from temporary_files),
            (select sum(file_size) from temporary_files), (select %s from temporary_files) from lakehouse_partitions]])
            :format(facts.time_sql("max(updated)"), facts.time_sql("min(expiration)")))

         assert.are.same(expected[1], pick(assert(lake:status()),
            "partitions bytes last_updated queued_files queued_bytes first_expiration"))
      end)

      it("status says which server and which versions", function()
         local expected = db:rows([[select current_database(), current_user, current_setting('server_version_num'),
            (select version from lakehouse_migration), (select version from migration)]])

         local status = lake:status()

         assert.are.same(expected[1], pick(status, "database role server_version lakehouse_version data_lake_version"))
         assert.are.same({"public", "given", false, false}, {status.schema, status.registry_kind, status.is_standby,
            status.has_mmadmin})
      end)
   end)
end

describe("partitions", function()
   local DAY = "2026-11-17"

   setup(function()
      open("lake-0.33.0", assert(mm.registry.read("demo/list_view_sets-0.33.0.json")))
   end)
   teardown(close)

   local function count_sql(condition)
      local sql = ("select count(*) from lakehouse_partitions p left join %s on name = view_set_name where %s"):format(
         facts.registry_sql("demo/list_view_sets-0.33.0.json"), condition)
      return tonumber(db:value(sql))
   end

   local function assert_filtered(condition, filter)
      local expected = count_sql(condition)
      local list = assert(assert(lake:list_partitions(filter)):all())

      assert.is_true(expected > 0)
      assert.are.equal(expected, #list)
      return list
   end

   it("are filtered by view set", function()
      local list = assert_filtered("view_set_name = 'log_stats'", {view_set = "log_stats"})

      assert.are.equal("log_stats", list[#list].view_set_name)
   end)

   it("are filtered by a view set that only the catalog knows", function()
      local list = assert_filtered("view_set_name = 'x_ints'", {view_set = "x_ints"})

      assert.are.equal("unregistered", list[1].status)
   end)

   it("are filtered by instance", function()
      assert_filtered("view_instance_id = 'global'", {view_instance = "global"})
   end)

   it("are filtered by each status", function()
      for _, status in ipairs{"current", "outdated", "unregistered"} do
         assert_filtered(("%s = '%s'"):format(STATUS_SQL, status), {status = status})
      end
      assert.are.same({}, assert(lake:list_partitions{status = "unhashed"}):all())
   end)

   it("are filtered by the begin of their insert range, half-open", function()
      local begin = db:value("select min(begin_insert_time) from lakehouse_partitions where begin_insert_time >= '"
         .. DAY .. "'"):gsub(" ", "T") .. "00"

      assert_filtered("begin_insert_time >= '" .. begin .. "'", {from = begin})
      assert_filtered("begin_insert_time < '" .. begin .. "'", {to = begin})
      assert_filtered("begin_insert_time >= '2026-11-17' and begin_insert_time < '2026-11-18'",
         {from = DAY, to = "2026-11-18"})
   end)

   it("are filtered by times in any zone", function()
      assert_filtered("begin_insert_time >= '2026-11-17 12:00+00'", {from = "2026-11-17T14:30:00.000000+02:30"})
   end)

   it("are filtered by all of that together", function()
      assert_filtered(("view_set_name = 'measures' and view_instance_id = 'global' and %s = 'outdated'"
         .. " and begin_insert_time >= '2026-11-17' and begin_insert_time < '2026-11-19'"):format(STATUS_SQL),
         {view_set = "measures", view_instance = "global", status = "outdated", from = DAY, to = "2026-11-19"})
   end)

   it("that nothing matches are none", function()
      assert.are.same({}, assert(lake:list_partitions{view_instance = "nobody"}):all())
      assert.are.same({}, assert(lake:list_partitions{from = "infinity"}):all())
      assert.are.same({}, assert(lake:list_partitions{to = "-infinity"}):all())
   end)

   it("of a view set that nobody knows are an error with a suggestion", function()
      for _, listed in ipairs{{lake:list_partitions{view_set = "log_entrys"}},
         {lake:list_outdated_partitions("log_entrys")}, {lake:list_schema_versions("log_entrys")},
         {lake:explain{view_set = "log_entrys", at = DAY}}} do
         assert_failed("not_found", "no view set is called 'log_entrys'; did you mean 'log_entries'?",
            listed[1], listed[2])
         assert.are.equal("mmlua view-sets lists them", listed[2].hint)
      end
   end)

   it("of a view set that only has a definition are none, and no error", function()
      db:psql([[insert into lakehouse_view_set_definitions
         (view_set_name, definition_sql, extract_query, count_src_query, merge_partitions_query, update_group)
         values ('just_defined', '', '', '', '', 4000)]])

      assert.are.same({}, assert(lake:list_partitions{view_set = "just_defined"}):all())
      db:psql("delete from lakehouse_view_set_definitions where view_set_name = 'just_defined'")
   end)

   it("with times that are none are refused", function()
      assert_failed("invalid", "'2026-13-01' is not a time", lake:list_partitions{from = "2026-13-01"})
      assert_failed("invalid", "'2026-11-17 10:00' is not a time", lake:list_partitions{to = "2026-11-17 10:00"})
   end)
end)

describe("view sets", function()
   setup(function()
      open("catalog-v10")
   end)
   after_each(function()
      db:psql("truncate lakehouse_partitions; delete from lakehouse_view_set_definitions where update_group = 4000")
   end)
   teardown(close)

   local function by_name()
      local sets = {}
      for _, set in ipairs(assert(lake:list_view_sets())) do
         sets[set.view_set_name or 0] = set
      end
      return sets
   end

   local function define(name)
      db:psql(([[insert into lakehouse_view_set_definitions
         (view_set_name, definition_sql, extract_query, count_src_query, merge_partitions_query, update_group)
         values ('%s', '', '', '', '', 4000)]]):format(name))
   end

   it("that the lake defines but the registry lacks are unloaded, not unregistered", function()
      define("defined")
      rows.partitions(db, {{view_set = "defined", from = "2026-11-01", to = "2026-11-02", hash = "05"},
         {view_set = "gone", from = "2026-11-01", to = "2026-11-02", hash = "05"}})

      local sets = by_name()

      assert.are.same({"unloaded", 1, 1}, {sets.defined.status, sets.defined.partitions, sets.defined.unregistered})
      assert.are.same({"unregistered", 1, 1}, {sets.gone.status, sets.gone.partitions, sets.gone.unregistered})
      assert.is_nil(sets.defined.current_schema_hash)
   end)

   it("that the lake defines are there before they have a partition", function()
      define("defined")

      assert.are.same({"unloaded", 0}, {by_name().defined.status, by_name().defined.partitions})
   end)

   it("have the releases that write their current hash, and where it is from", function()
      local blocks = by_name().blocks

      assert.are.same({"registered", "05", "0.30 to 0.33", "release 0.33", false, true}, {blocks.status,
         blocks.current_schema_hash, blocks.releases, blocks.source, blocks.has_view_maker,
         blocks.global_instance_available})
   end)

   it("include partitions that name none", function()
      rows.partitions(db, {{view_set = false, from = "2026-11-01", to = "2026-11-02", hash = "05", bytes = 7}})

      local sets = assert(lake:list_view_sets())

      local last = sets[#sets]
      assert.is_nil(last.view_set_name)
      assert.are.same({"unregistered", 1, 7}, {last.status, last.partitions, last.bytes})
   end)
end)

describe("partitions that lack something", function()
   setup(function()
      open("catalog-v10")
      rows.partitions(db, {
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = false},
         {from = "2026-11-01 01:00", to = "2026-11-01 02:00", hash = false, view_set = "gone"},
         {from = "2026-11-01 02:00", to = "2026-11-01 03:00", hash = "05", view_set = false},
         {from = "2026-11-01 03:00", to = "2026-11-01 04:00", hash = "05", instance = false},
         {from = false, to = "2026-11-01 05:00", hash = "05"},
         {from = "2026-11-01 05:00", to = false, hash = "04", updated = "2026-11-01"},
         {from = "2026-11-01 06:00", to = "2026-11-01 07:00", hash = "05", path = false, events = false},
         {from = false, to = false, hash = false, view_set = false, instance = false, updated = false, path = false},
      })
   end)
   teardown(close)

   it("are listed, those with an incomplete key last", function()
      local list = assert(assert(lake:list_partitions()):all())

      local found = {}
      for i, row in ipairs(list) do
         found[i] = {row.view_set_name or false, row.view_instance_id or false, row.begin_insert_time or false}
      end
      local function at(hour)
         return ("2026-11-01T%02d:00:00.000000Z"):format(hour)
      end
      assert.are.same({
         {"gone", "global", at(1)}, {"log_entries", "global", at(0)}, {"log_entries", "global", at(5)},
         {"log_entries", "global", at(6)}, {false, "global", at(2)}, {"log_entries", false, at(3)},
         {"log_entries", "global", false}, {false, false, false},
      }, found)
   end)

   it("have a status all the same", function()
      local count = {}
      for row in assert(lake:list_partitions()) do
         count[row.status] = (count[row.status] or 0) + 1
      end

      assert.are.same({unhashed = 3, unregistered = 1, outdated = 4}, count)
   end)

   it("are found by the status", function()
      assert.are.equal(3, #assert(lake:list_partitions{status = "unhashed"}):all())
      assert.are.equal(4, #assert(lake:list_partitions{status = "outdated"}):all())
   end)

   it("are counted in status, schema versions and view sets", function()
      local total, of_sets = 0, 0
      for _, version in ipairs(lake:list_schema_versions()) do
         total = total + version.partitions
      end
      for _, set in ipairs(lake:list_view_sets()) do
         of_sets = of_sets + set.partitions
      end

      assert.are.same({8, 8, 8}, {lake:status().partitions, total, of_sets})
   end)

   it("are outdated where their hash says so, of whatever instance", function()
      local groups = pick_all(assert(lake:list_outdated_partitions()),
         "view_set_name view_instance_id outdated_schema_hash partition_count first_insert_time last_insert_time")

      assert.are.same({
         {"log_entries", "global", "04", "1", "2026-11-01T05:00:00.000000Z", false},
         {"log_entries", "global", "05", "2", "2026-11-01T06:00:00.000000Z", "2026-11-01T07:00:00.000000Z"},
         {"log_entries", false, "05", "1", "2026-11-01T03:00:00.000000Z", "2026-11-01T04:00:00.000000Z"},
      }, groups)
   end)
end)

describe("pages", function()
   local COUNT = 2500 -- a page is 1000

   setup(function()
      open("catalog-v10")
   end)
   before_each(function()
      db:psql(([[truncate lakehouse_partitions;
         insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time,
            updated, file_size, file_schema_hash, num_rows)
         select 'log_entries', 'global', '2026-11-01', '2026-11-01', now(), n, '\x05', 0
         from generate_series(1, %d) n]]):format(COUNT))
   end)
   teardown(close)

   -- What `read` gives while there are no partitions to read.
   local function without_table(read, ...)
      db:psql("alter table lakehouse_partitions rename to elsewhere")
      local result, err = read(...)
      db:psql("alter table elsewhere rename to lakehouse_partitions")
      return result, err
   end

   -- How often each row, told by its size, comes; what is not a row of the beginning is `other`.
   local function sizes_of(list)
      local seen = {}
      for row in list do
         seen[row.file_size] = (seen[row.file_size] or 0) + 1
      end
      return seen
   end

   local function assert_each_once(seen, from, to)
      for size = from, to do
         assert.are.equal(1, seen[size])
      end
   end

   it("go on behind rows that are equal in the whole key", function()
      assert_each_once(sizes_of(assert(lake:list_partitions())), 1, COUNT)
   end)

   it("go on behind rows that lack a part of the key", function()
      for _, column in ipairs{"view_set_name", "view_instance_id", "begin_insert_time"} do
         db:psql(("update lakehouse_partitions set %s = null"):format(column))

         assert_each_once(sizes_of(assert(lake:list_partitions())), 1, COUNT)
      end
   end)

   it("end where a page is just full", function()
      db:psql("delete from lakehouse_partitions where file_size > 2000")

      assert.are.equal(2000, #assert(lake:list_partitions()):all())

      db:psql("update lakehouse_partitions set view_instance_id = null")
      assert.are.equal(2000, #assert(lake:list_partitions()):all())
   end)

   it("show what stays once, whatever comes and goes meanwhile", function()
      local list = assert(lake:list_partitions())
      for _ = 1, 500 do
         list()
      end
      db:psql("delete from lakehouse_partitions where file_size <= 100 or file_size between 1001 and 2000")
      rows.partitions(db, {{from = "2026-10-01", to = "2026-10-02", hash = "05", bytes = 3000},
         {from = "2026-12-01", to = "2026-12-02", hash = "05", bytes = 3001}})

      local seen = sizes_of(list)

      assert_each_once(seen, 501, 1000)
      assert_each_once(seen, 2001, COUNT)
      assert.are.same({nil, nil, 1}, {seen[1500], seen[3000], seen[3001]})
   end)

   it("may be left early", function()
      for _ in assert(lake:list_partitions()) do -- luacheck: ignore 512
         break
      end

      assert.are.equal(COUNT, lake:status().partitions)
      assert.are.same({{"idle"}}, db:rows("select state from pg_stat_activity where application_name like 'mm %'"
         .. " and datname = current_database()"))
   end)

   it("hold no transaction and no lock while the reader thinks", function()
      local list = assert(lake:list_partitions())
      list()

      assert.are.equal("1", db:value("select count(*) from pg_stat_activity where datname = current_database()"
         .. " and application_name like 'mm %' and state = 'idle' and xact_start is null"))
      db:psql("begin; set local lock_timeout = '1s'; lock table lakehouse_partitions; commit")
   end)

   it("allow other calls inside the loop", function()
      local count = 0
      for row in assert(lake:list_partitions()) do
         if count % 600 == 0 then
            local again = assert(lake:list_partitions{view_set = "log_entries"}):all(count + 1)
            assert.are.equal(row.file_size, again[count + 1].file_size)
         end
         count = count + 1
      end

      assert.are.equal(COUNT, count)
   end)

   it("raise what fails inside the loop", function()
      local list = assert(lake:list_partitions())
      list()

      local is_right, err = without_table(pcall, function()
         for _ in list do -- luacheck: ignore
         end
      end)

      assert.is_false(is_right)
      assert.are.equal('partitions: relation "lakehouse_partitions" does not exist', tostring(err))
      assert.are.same({"query", "42P01"}, {err.code, err.sqlstate})
      assert.are.equal(COUNT, lake:status().partitions)
   end)

   it("give what fails as an error of all()", function()
      local list = assert(lake:list_partitions())

      local all, err = without_table(list.all, list)

      assert_failed("query", 'partitions: relation "lakehouse_partitions" does not exist', all, err)
   end)

   it("say at once what is wrong from the beginning", function()
      local list, err = without_table(lake.list_partitions, lake)

      assert_failed("query", 'partitions: relation "lakehouse_partitions" does not exist', list, err)
   end)

   it("are read as far as all() was told", function()
      local list = assert(lake:list_partitions())

      assert.are.equal(1200, #list:all(1200))
      assert.are.equal(0, #list:all(0))
      assert.are.equal(COUNT - 1200, #list:all(5000))
      assert.are.equal(0, #list:all())
   end)

   it("give nothing more when they are closed", function()
      local list = assert(lake:list_partitions())
      list()

      list:close()

      assert.is_nil(list())
      assert.are.same({}, list:all())
   end)

   it("need no more memory for more rows", function()
      local list = assert(lake:list_partitions())
      for _ = 1, 1500 do
         list()
      end
      collectgarbage()
      local before = collectgarbage("count")

      for _ = 1, 990 do
         list()
      end

      collectgarbage()
      assert.is_true(collectgarbage("count") - before < 50)
   end)
end)

describe("values", function()
   setup(function()
      open("catalog-v10")
   end)
   before_each(function()
      db:psql("truncate lakehouse_partitions")
   end)
   teardown(close)

   local function reopen(conninfo)
      lake:close()
      lake = assert(mm.open(conninfo, {registry = NEWEST}))
   end

   local function list_one(change, from, to)
      rows.partitions(db, {{from = from or "2026-11-01 10:00", to = to or "2026-11-01 11:00", hash = "05"}})
      db:psql("update lakehouse_partitions set " .. (change or "file_size = 1"))
      return assert(assert(lake:list_partitions()):all())[1]
   end

   it("that are bytes are hexadecimal in lower case, of any length", function()
      local row = list_one([[file_schema_hash = '\xABCDEF0123456789', source_data_hash = '\x']])

      assert.are.equal("abcdef0123456789", row.file_schema_hash)
      assert.are.equal("", row.source_data_hash)
   end)

   it("that are times have microseconds", function()
      assert.are.equal("2026-11-01T10:00:00.000001Z", list_one(nil, "2026-11-01 10:00:00.000001").begin_insert_time)
   end)

   it("that are times are in UTC, whatever the database's zone and style", function()
      db:psql(([[alter database %s set timezone = 'Asia/Kathmandu'; alter database %s set datestyle = 'German';
         alter database %s set bytea_output = 'escape']]):format(db.name, db.name, db.name))
      reopen(db.conninfo)

      local row = list_one(nil, "2026-11-01 10:00:00+00", "2026-11-01 11:00:00+00")

      assert.are.equal("2026-11-01T10:00:00.000000Z", row.begin_insert_time)
      assert.are.equal("05", row.file_schema_hash)
      assert.are.equal(1, #assert(lake:list_partitions{from = "2026-11-01T10:00Z", to = "2026-11-01T10:01Z"}):all())
      db:psql(("alter database %s reset all"):format(db.name))
   end)

   it("that are times may be infinite", function()
      local row = list_one("updated = '-infinity', max_event_time = 'infinity'", "-infinity", "infinity")

      assert.are.same({"-infinity", "infinity", "infinity", "-infinity"},
         {row.begin_insert_time, row.end_insert_time, row.max_event_time, row.updated})
      assert.are.equal("-infinity", lake:status().last_updated)
      assert.are.equal(1, #lake:list_outdated_partitions())
      assert.are.same({}, lake:list_writers())
   end)

   it("that are times reach as far as PostgreSQL's", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, updated, file_size, num_rows)
         select 'a', t::timestamptz, n, 0 from unnest(array['4714-11-24 00:00:00+00 BC',
            '0001-12-31 23:59:59.999999+00 BC', '0001-01-01 00:00:00+00', '9999-12-31 23:59:59.999999+00',
            '10000-01-01 00:00:00+00', '294276-12-31 23:59:59.999999+00']) with ordinality x (t, n)]])

      local list = assert(assert(lake:list_partitions()):all())

      assert.are.equal(6, #list)
      for _, row in ipairs(list) do
         local sql = ("select updated = '%s' from lakehouse_partitions where file_size = %d"):format(row.updated,
            row.file_size)
         assert.are.equal("t", db:value(sql))
      end
   end)

   it("that are times let pages go on, however far they are", function()
      for _, at in ipairs{"4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00", "-infinity", "infinity"} do
         db:psql(([[truncate lakehouse_partitions; insert into lakehouse_partitions (view_set_name, view_instance_id,
            begin_insert_time, num_rows) select 'a', 'b', '%s', n from generate_series(1, 1500) n]]):format(at))

         local list = assert(assert(lake:list_partitions()):all())

         assert.are.equal(1500, #list)
         assert.are.equal(1500, list[1500].num_rows)
      end
   end)

   it("that are integers are exact, or an error", function()
      local is_right, row = pcall(list_one, "file_size = 9007199254740993")

      assert.are.equal(is_exact, is_right)
      if is_exact then
         assert.are.equal("9007199254740993", ("%d"):format(row.file_size))
      else
         assert.are.equal("partitions: file_size is a number beyond 2^53: LuaJIT cannot hold it exactly", tostring(row))
      end
   end)

   it("that are integers reach as far as the Lua's", function()
      local ends = is_exact and {"9223372036854775807", "-9223372036854775808"}
         or {"9007199254740992", "-9007199254740992"}
      db:psql(([[insert into lakehouse_partitions (view_set_name, file_size, num_rows)
         values ('a', '%s', '%s')]]):format(ends[1], ends[2]))

      local row = assert(assert(lake:list_partitions()):all())[1]

      assert.are.same(ends, {("%d"):format(row.file_size), ("%d"):format(row.num_rows)})
   end)

   it("that are sums beyond a bigint are an error, not another number", function()
      rows.partitions(db, {{from = "2026-11-02", to = "2026-11-03", hash = "05"}})
      db:psql("insert into lakehouse_partitions (file_size, num_rows) values (9223372036854775807, 0)")

      assert_failed("query", "status: bigint out of range", lake:status())
   end)

   it("that are texts come as they are", function()
      local name = "a\tb\n'\"\\é\xF0\x9F\x8E\x89\x1b[31m"
      local row = list_one(("view_set_name = '%s', view_instance_id = '', sort_order = '{a,\"b,c\",NULL,\"\"}'"):format(
         name:gsub("'", "''")))

      assert.are.equal(name, row.view_set_name)
      assert.are.equal("", row.view_instance_id)
      assert.are.same({[1] = "a", [2] = "b,c", [4] = ""}, row.sort_order)
      assert.are.equal(1, #assert(lake:list_partitions{view_set = name, view_instance = ""}):all())
   end)

   it("that are texts come in UTF-8, whatever the client's encoding", function()
      reopen(db.conninfo .. " client_encoding=LATIN1")

      assert.are.equal("caf\xC3\xA9", list_one("view_set_name = 'café'").view_set_name)
   end)

   it("that are texts with a NUL byte are refused, not cut", function()
      local is_right, message = pcall(lake.list_partitions, lake, {view_instance = "global\0"})

      assert.is_false(is_right)
      assert.matches("lake:list_partitions: option 'view_instance' holds a NUL byte", message, 1, true)
   end)
end)

describe("retention", function()
   local SOURCE_FROM = "2026-11-01 03:00:00+00"

   setup(function()
      open("catalog-v10")
      rows.one_of_each(db)
   end)
   after_each(function()
      db:psql("truncate settings")
   end)
   teardown(close)

   local function set(key, value)
      db:psql(("insert into settings values ('%s', '%s', now(), 'spec')"):format(key, value))
   end

   local function assert_kept_for(days)
      local explained = assert(lake:explain{view_set = "log_entries", at = "2026-11-01T03:30Z"})[1]

      local expected = ("timestamptz '%s' + %s * interval '24 hours'"):format(SOURCE_FROM, days)
      assert.are.equal(db:value("select " .. facts.time_sql(expected)), explained.source_until)
   end

   it("is 90 days where nobody says", function()
      assert_kept_for(90)
   end)

   it("is what the lake says", function()
      set("retention_days", "30")

      assert_kept_for(30)
   end)

   it("is what mm is told where the lake does not say", function()
      local told = assert(mm.open(db.conninfo, {registry = NEWEST, retention_days = 14}))
      lake, told = told, lake

      assert_kept_for(14)
      set("retention_days", "30")
      assert_kept_for(30)
      lake, told = told, lake
      told:close()
   end)

   it("is what the lake says of the stream's tag", function()
      set("retention_by_stream_tag", '{"log": 7, "metrics": 1}')

      assert_kept_for(7)
   end)

   it("is what is said of retention, whatever else is set", function()
      set("retention_days", "30")
      set("retention_of_something", "5")
      set("days_of_something", '{"log": 1}')

      assert_kept_for(30)
   end)

   it("may be half a day, or a hundred years", function()
      set("retention_by_stream_tag", '{"log": 0.5}')
      assert_kept_for(0.5)
      db:psql("truncate settings")
      set("retention_by_stream_tag", '{"log": 36500}')
      assert_kept_for(36500)
   end)

   it("may be forever", function()
      set("retention_by_stream_tag", '{"log": "forever"}')

      local explained = assert(lake:explain{view_set = "log_entries", at = "2026-11-01T03:30Z"})[1]

      assert.are.equal("infinity", explained.source_until)
   end)
end)

describe("a source count", function()
   setup(function()
      open("catalog-v10")
      rows.one_of_each(db)
   end)
   teardown(close)

   it("may go beyond 32 bits, and is none where it is no count", function()
      local function count_of(hash)
         db:psql(("update lakehouse_partitions set source_data_hash = '\\x%s' where view_set_name = 'log_entries'"):format(hash))
         return assert(lake:explain{view_set = "log_entries", at = "2026-11-01T03:30Z"})[1].source_count
      end

      assert.are.equal(4294967297, count_of("0100000001000000"))
      assert.is_nil(count_of("01000000010000"))
      assert.is_nil(count_of("010000000100000000"))
      assert.is_nil(count_of("0100000001000001"))
   end)
end)

describe("writers", function()
   setup(function()
      open("lake-rolling")
   end)
   teardown(close)

   it("of both releases are seen in the middle of an upgrade", function()

      local of_log_entries = {}
      for _, writer in ipairs(assert(lake:list_writers())) do
         if writer.view_set_name == "log_entries" then
            of_log_entries[#of_log_entries + 1] = {writer.schema_hash, writer.status, writer.releases}
         end
      end

      table.sort(of_log_entries, function(a, b)
         return a[1] < b[1]
      end)
      assert.are.same({{"05", "outdated", "0.14 to 0.27"}, {"07", "current", "0.30 to 0.33"}}, of_log_entries)
   end)

   it("come with how long ago they wrote, by the lake's own time", function()
      local expected = db:rows([[select view_set_name, encode(file_schema_hash, 'hex'),
            round(extract(epoch from (select max(updated) from lakehouse_partitions) - max(updated)))
         from lakehouse_partitions group by 1, 2 order by max(updated) desc]])

      local found = {}
      for i, writer in ipairs(lake:list_writers{within = 1e9}) do
         local age = ("%.0f"):format(writer.age_in_lake_time_s)
         found[i] = {writer.view_set_name, writer.schema_hash, age}
      end

      assert.are.same(expected, found)
   end)

   it("of long ago are not seen", function()
      local quiet = postgres.database("catalog-v10")
      rows.partitions(quiet, {
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "04", updated = "2026-11-09 11:59:59"},
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "05", updated = "2026-11-09 12:00:00"},
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "07", updated = "2026-11-10 12:00:00"},
      })
      local reader = assert(mm.open(quiet.conninfo, {registry = NEWEST}))

      local of_a_day, of_a_minute = reader:list_writers(), reader:list_writers{within = 60}

      reader:close()
      quiet:drop()
      assert.are.same({{"07"}, {"05"}}, pick_all(of_a_day, "schema_hash"))
      assert.are.same({{"07"}}, pick_all(of_a_minute, "schema_hash"))
   end)
end)
