-- Rows that upstream would not write: nulls in every column, times at the ends, numbers at the ends of 64 bits, source
-- counts of any length; in the catalog and in the deletion queue. They are seen as they are, and go and come as they are.
local cjson = require("cjson")
local hostile = require("spec.support.hostile")

local is_exact = rawget(math, "type") ~= nil -- Lua 5.4 has integers
local COLUMNS = {"view_set_name", "view_instance_id", "begin_insert_time", "end_insert_time", "min_event_time", "max_event_time", "updated",
   "file_path", "file_size", "file_schema_hash", "source_data_hash", "sort_order", "max_sort_key_time"}
-- Without these a partition is not outdated.
local IS_NEEDED = {view_set_name = true, file_schema_hash = true}

local stage = hostile.stage("catalog-v10")

teardown(function()
   stage:drop()
end)

-- A row of an instance of its own for each of these changes of a row, and a current one.
local function lake_of(changes)
   local rows, sql = {{"kept", 4, 5, "07"}}, {}
   for i, change in ipairs(changes) do
      rows[#rows + 1] = {"old" .. i, 0, 1, "05", instance = "old" .. i, sort_order = "{a}", max_sort = 1}
      sql[i] = ("update lakehouse_partitions set %s where view_instance_id = 'old%d';"):format(change, i)
   end
   stage:set(rows, table.concat(sql))
   return stage:open()
end

-- Everything that only looks, once.
local function look(lake)
   assert(lake:status())
   assert(lake:list_view_sets())
   assert(lake:list_schema_versions())
   assert(lake:list_writers())
   assert(lake:list_outdated_partitions())
   assert(lake:doctor{all = true})
   assert(lake:timeline{view_set = "log_entries"})
   assert(lake:explain{view_set = "log_entries", at = "2026-11-01T00:30Z"})
   local list = assert(assert(lake:list_partitions()):all())
   assert.are.equal(#list, assert(lake:export_partitions("/dev/null")))
   return list
end

local function assert_verbs()
   for _, words in ipairs{"status", "versions", "view-sets", "outdated", "outdated --instances", "partitions", "partitions --csv", "writers",
      "timeline log_entries", "explain log_entries --at 2026-11-01", "plan --all --dry-run"} do
      assert.are.same({0, words}, {hostile.verb(stage, words).code, words})
   end
end

describe("partitions without one of their columns", function()
   it("are seen without it, and go and come without it", function()
      local changes = {}
      for i, column in ipairs(COLUMNS) do
         changes[i] = column .. " = null"
      end
      local lake = lake_of(changes)

      local list, lacking = look(lake), {}

      for _, row in ipairs(list) do
         for _, column in ipairs(COLUMNS) do
            lacking[column] = (lacking[column] or 0) + (row[column] == nil and 1 or 0)
         end
      end
      for _, column in ipairs(COLUMNS) do
         -- The current row has neither of the last two.
         assert.are.equal((column == "sort_order" or column == "max_sort_key_time") and 2 or 1, lacking[column], column)
      end
      assert.are.equal(#COLUMNS - 2, hostile.round_trip(stage, lake).retired)
      assert_verbs()
   end)

   it("or all that they may lack are outdated, and go and come without them", function()
      local most = {}
      for _, column in ipairs(COLUMNS) do
         most[#most + 1] = not IS_NEEDED[column] and column .. " = null" or nil
      end
      local lake = lake_of{table.concat(most, ", ")}
      look(lake)

      assert.are.equal(1, hostile.round_trip(stage, lake).retired)

      local group = cjson.decode(hostile.verb(stage, "outdated --instances --jsonl").stdout)
      assert.are.same({cjson.null, 0, 1}, {group.view_instance_id, group.bytes, group.only_copy})
   end)

   it("or all of them are seen by the verbs", function()
      lake_of{table.concat(COLUMNS, " = null, ") .. " = null"}

      assert_verbs()
   end)
end)

describe("times of partitions", function()
   it("may be at the ends", function()
      local changes = {}
      for _, column in ipairs{"min_event_time", "max_event_time", "updated", "max_sort_key_time"} do
         for _, time in ipairs{"-infinity", "infinity", "4714-11-24 00:00:00+00 BC", "0001-12-31 23:59:59+00 BC",
            "294276-12-31 23:59:59.999999+00"} do
            changes[#changes + 1] = ("%s = '%s'"):format(column, time)
         end
      end
      local lake = lake_of(changes)

      look(lake)

      assert.are.equal(#changes, hostile.round_trip(stage, lake).retired)
      assert_verbs()
   end)

   it("may make ranges of all time", function()
      local changes = {}
      for i, range in ipairs{{"-infinity", "infinity"}, {"4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00"},
         {"infinity", "infinity"}, {"-infinity", "-infinity"}, {"294276-12-31 00:00+00", "infinity"}} do
         changes[i] = ("begin_insert_time = '%s', end_insert_time = '%s'"):format(range[1], range[2])
      end
      local lake = lake_of(changes)

      look(lake)

      assert.are.equal(#changes, hostile.round_trip(stage, lake).retired)
      assert_verbs()
   end)

   it("before Christ are shown as such", function()
      stage:set{{"old", "4714-11-24 00:00:00+00 BC", "0001-12-31 00:00:00+00 BC", "05"}}

      local shown = hostile.verb(stage, "partitions").stdout

      assert.matches("4714-11-24 00:00:00 UTC BC  0001-12-31 00:00:00 UTC BC", shown, 1, true)
      assert.matches("4714-11-24T00:00:00.000000Z BC", hostile.verb(stage, "partitions --csv").stdout, 1, true)
   end)
end)

describe("ranges that run backwards", function()
   it("are seen, replace nothing, and go and come as they are", function()
      local old = hostile.stage("catalog-v5")
      finally(function()
         old:drop()
      end)
      old:set{{"old", 1, 0, "05"}, {"back", 1, 0, "07"}, {"new", 0, 1, "07"}}
      local lake = old:open()

      local group = assert(lake:list_outdated_partitions())[1]

      assert.are.same({0, 1}, {group.replaced, group.only_copy})
      assert(lake:timeline{view_set = "log_entries"})
      assert.are.equal(1, hostile.round_trip(old, lake).retired)
   end)
end)

local MOST, LEAST = "9223372036854775807", "-9223372036854775808"

describe("sizes and numbers of rows", function()
   it("that are negative or zero go and come as they are", function()
      local lake = lake_of{"file_size = -1, num_rows = -1", "file_size = 0, num_rows = 0", "file_size = -1000000",
         "file_size = -9007199254740992, num_rows = -9007199254740992", "file_size = 9007199254740992, num_rows = 9007199254740992"}

      look(lake)

      assert.are.equal(5, hostile.round_trip(stage, lake).retired)
      assert_verbs()
   end)

   it("at the ends of 64 bits are exact, or an error that names them", function()
      for _, case in ipairs{{MOST, LEAST}, {LEAST, MOST}} do
         stage:set({{"old", 0, 1, "05"}}, ("update lakehouse_partitions set file_size = %s, num_rows = %s"):format(case[1], case[2]))
         local lake = stage:open()
         if is_exact then
            local row = assert(lake:list_partitions())()
            assert.are.same(case, {("%d"):format(row.file_size), ("%d"):format(row.num_rows)})
            assert.are.equal(1, hostile.round_trip(stage, lake).retired)
         else
            local before = stage:fingerprint()
            hostile.assert_failed("invalid", "partitions: file_size is a number beyond 2^53: LuaJIT cannot hold it exactly",
               lake:list_partitions())
            hostile.assert_failed("invalid", "outdated: bytes is a number beyond 2^53: LuaJIT cannot hold it exactly",
               lake:list_outdated_partitions())
            hostile.assert_failed("invalid", "retirements: bytes is a number beyond 2^53: LuaJIT cannot hold it exactly", hostile.plan(lake))
            assert.are.equal(before, stage:fingerprint())
         end
         local csv = hostile.verb(stage, "partitions --csv").stdout
         assert.matches((",05,outdated,%s,%s,old\n"):format(case[2], case[1]), csv, 1, true)
      end
   end)

   it("that add up beyond 64 bits are an error that says where to look", function()
      stage:set({{"old", 0, 1, "05"}, {"left", 1, 2, "05"}}, "update lakehouse_partitions set file_size = " .. MOST)
      local lake, before = stage:open(), stage:fingerprint()
      local hint = "some partition or queued file has an impossible size or number of rows: mmlua partitions --jsonl shows them"

      for step, call in pairs{status = lake.status, outdated = lake.list_outdated_partitions, schema_versions = lake.list_schema_versions,
         plan_close = hostile.plan} do
         local err = hostile.assert_failed("query", step .. ": bigint out of range", call(lake))
         assert.are.equal(hint, err.hint)
      end
      hostile.assert_said(1, "mmlua status: status: bigint out of range\nhint: " .. hint, hostile.verb(stage, "status"))

      assert.are.equal(before .. "0", stage:fingerprint() .. stage:value("select count(*) from mmadmin.retirement"))
      assert.are.equal(0, hostile.verb(stage, "partitions --jsonl").code)
   end)
end)

describe("the source count of a partition", function()
   it("may be of any length; what is not 8 bytes, or more than 2^40, is no count", function()
      local cases = {{"", 0}, {("00"):rep(7), 0}, {("00"):rep(9), 0}, {("ab"):rep(1000), 0}, {"ffffffffffffffff", 0}, {"0000000000000080", 0},
         {"6400000000000000", 1}, {"00000000ff000000", 1}, {"0000000000010000", 0}}
      local rows, sql = {}, {}
      for i, case in ipairs(cases) do
         rows[2 * i - 1], rows[2 * i] = {"old" .. i, 0, 1, "05", instance = "i" .. i}, {"new" .. i, 0, 1, "07", instance = "i" .. i}
         sql[i] = ("update lakehouse_partitions set source_data_hash = '\\x%s' where view_instance_id = 'i%d';"):format(case[1], i)
      end
      stage:set(rows, table.concat(sql))
      local lake = stage:open()

      for i, group in ipairs(assert(lake:list_outdated_partitions())) do
         assert.are.same({"i" .. i, cases[i][2]}, {group.view_instance_id, group.replaced})
      end
      for _, row in ipairs(look(lake)) do
         assert.are.equal(cases[tonumber(row.view_instance_id:sub(2))][1], row.source_data_hash)
      end
      assert.are.equal(#cases, hostile.round_trip(stage, lake).retired)
   end)

   it("and the schema hash may be of any length", function()
      local hashes, changes = {"", "00", ("0"):rep(14), ("ab"):rep(9), ("cd"):rep(1000)}, {}
      for i, hash in ipairs(hashes) do
         changes[i] = ("file_schema_hash = '\\x%s'"):format(hash)
      end
      local lake = lake_of(changes)

      for i, group in ipairs(assert(lake:list_outdated_partitions())) do
         assert.are.equal(hashes[i], group.outdated_schema_hash)
      end
      look(lake)
      assert.are.equal(#hashes, hostile.round_trip(stage, lake).retired)
      assert_verbs()
   end)
end)

describe("the deletion queue", function()
   it("may hold rows with nulls, and of all time", function()
      stage:set({{"old", 0, 1, "05"}}, [[insert into temporary_files values (null, 1, now()), ('x', null, now()), ('y', 1, null), (null, null, null),
         ('z', 1, 'infinity'), ('z', -1, '-infinity'), ('z', -1, '4714-11-24 00:00:00+00 BC')]])
      local lake = stage:open()
      local status = assert(lake:status())

      assert.are.same({7, 1, "-infinity"}, {status.queued_files, status.queued_bytes, status.first_expiration})
      stage:psql("delete from temporary_files where file_path is null")
      assert.are.equal(1, hostile.round_trip(stage, lake).retired)
   end)

   it("without an expiration keeps a file for ever, so that it can be taken back", function()
      stage:set{{"old", 0, 1, "05"}}
      local lake, before = stage:open(), stage:fingerprint()
      local id = assert(hostile.plan(lake)).id
      assert(hostile.apply(lake, id))
      stage:psql("update temporary_files set expiration = null")

      local found = assert(lake:retirement(id))
      assert.is_nil(found.undo_deadline)
      assert.are.equal(0, hostile.verb(stage, "show " .. id).code)
      assert.are.same({}, assert(lake:undo(id, {dry_run = true})).check.problems)
      assert.are.equal(1, assert(lake:undo(id, {reason = "spec"})).restored)

      assert.are.equal(before, stage:fingerprint())
   end)

   it("of which a file expired at the beginning of time keeps undo from restoring it", function()
      stage:set{{"old", 0, 1, "05"}}
      local lake = stage:open()
      local id = assert(hostile.plan(lake)).id
      assert(hostile.apply(lake, id))
      stage:psql("update temporary_files set expiration = '-infinity'")
      local applied = stage:fingerprint()

      local nothing, err = lake:undo(id, {reason = "spec"})

      assert.is_nil(nothing)
      assert.matches("have a file that upstream may delete within five minutes", tostring(err), 1, true)
      assert.are.equal(applied, stage:fingerprint())
   end)
end)
