-- Two retirements of one lake leave each other alone, though their partitions have the same numbers, and though one has
-- skipped or lost those that the other has not.
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33; of measures both are outdated
local made = stage.new("catalog-v10")
local lake, other

local function plan(view_set)
   return assert(lake:plan{view_set = view_set, verdicts = stage.VERDICTS}).id
end

local function apply(id, opts)
   opts = opts or {}
   opts.reason, opts.overrides = "spec", stage.OVERRIDES
   return lake:apply(id, opts)
end

local function undo(id, opts)
   opts = opts or {}
   opts.reason = "spec"
   return lake:undo(id, opts)
end

-- All that mmadmin holds of the first retirement, which is the other one.
local function journal()
   return made:value[[select string_agg(row, E'\n' order by row) from (
      select r::text as row from mmadmin.retirement r where retirement = 1
      union all select i::text from mmadmin.item i where retirement = 1
      union all select s::text from mmadmin.skipped s where retirement = 1
      union all select u::text from mmadmin.unrestored u where retirement = 1
      union all select b::text from mmadmin.batch b where retirement = 1) r]]
end

local function count_of(names, retirement, err)
   assert.is_nil(err)
   local counts = {}
   for name in names:gmatch("%S+") do
      counts[#counts + 1] = retirement[name]
   end
   return counts
end

local function of_second(what, name)
   return made:value(("select coalesce(string_agg(i.file_path || ' ' || x.%s, ', ' order by seq), '') from mmadmin.%s x "
      .. "join mmadmin.item i using (retirement, seq) where retirement = 2"):format(what, name))
end

-- Of measures k is gone and l has changed, m is retired, n and o are to come. Of log_entries a to d are there.
local function set()
   made:set{{"k", 0, 1, OLD, view_set = "measures"}, {"l", 1, 2, OLD, view_set = "measures"},
      {"m", 2, 3, OLD, view_set = "measures"}, {"n", 3, 4, OLD, view_set = "measures"},
      {"o", 4, 5, OLD, view_set = "measures"},
      {"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {"c", 2, 3, OLD}, {"d", 3, 4, OLD}}
   lake = made:open()
   other = plan("measures")
   made:psql("delete from lakehouse_partitions where file_path = 'k'; update lakehouse_partitions set num_rows = 7 where file_path = 'l'")
end

local function stop_other_after(limit)
   pcall(apply, other, {limit = limit, on_batch = error})
end

teardown(function()
   made:drop()
end)

describe("beside a retirement that stopped part-way", function()
   local before

   before_each(function()
      set()
      stop_other_after(3)
      before = journal()
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
      assert.are.equal(before, journal())
   end)

   it("a plan takes and seals its own partitions", function()
      local id = plan("log_entries")

      assert.are.same({"4", "4", "4000"}, made:rows(
         "select count(*), max(partitions), max(bytes) from mmadmin.item join mmadmin.retirement using (retirement) where retirement = 2")[1])
      assert.are.equal("applied", assert(apply(id)).state)
   end)

   it("an empty plan is empty", function()
      plan("streams")

      assert.are.equal("0 0", made:value("select partitions || ' ' || bytes from mmadmin.retirement where retirement = 2"))
   end)

   it("apply takes its own partitions, in batches too", function()
      for _, limit in ipairs{1, 2, 100} do
         set()
         stop_other_after(3)
         before = journal()

         assert.are.same({4, 0, 0, 0}, count_of("retired gone changed remaining", apply(plan("log_entries"), {limit = limit})))

         assert.are.same({"l n new o", "a b c d m"}, {made:live(), made:queued()})
      end
   end)

   it("apply skips its own partitions only", function()
      local id = plan("log_entries")
      made:psql("update lakehouse_partitions set num_rows = 7 where file_path = 'c'; delete from lakehouse_partitions where file_path = 'd'")

      assert.are.same({2, 1, 1, 0}, count_of("retired gone changed remaining", apply(id, {limit = 2})))

      assert.are.same({"c l n new o", "a b m", "c changed, d gone"}, {made:live(), made:queued(), of_second("why", "skipped")})
   end)

   it("apply does not judge again what the other skipped", function()
      local id = plan("log_entries")
      made:add{{"k", 0, 1, OLD, view_set = "measures"}}

      assert.are.equal("applied", assert(apply(id)).state)
   end)

   it("apply finds its own partitions where they have moved", function()
      local id = plan("log_entries")
      made:psql("update lakehouse_partitions set updated = updated")

      assert.are.same({4, 0, 0, 0}, count_of("retired gone changed remaining", apply(id)))
   end)

   it("a verdict that got worse stops apply, whatever the other skipped", function()
      made:add{{"newer", 3, 4, NEW}}
      local id = plan("log_entries")
      made:psql("delete from lakehouse_partitions where file_path in ('new', 'newer')")

      assert.are.equal("2 partitions would lose more now than when they were planned: 2 of log_entries were replaced and are only_copy",
         tostring(select(2, apply(id))))
   end)

   it("apply records its own batches", function()
      apply(plan("log_entries"), {limit = 3})

      assert.are.same({{"1", "3", "3", "3000"}, {"4", "4", "1", "1000"}},
         made:rows("select first_seq, last_seq, done, bytes from mmadmin.batch where retirement = 2 order by first_seq"))
   end)

   it("undo restores and dequeues its own partitions", function()
      local id, live = plan("log_entries"), made:fingerprint()
      apply(id)

      assert.are.same({4, 0}, count_of("restored unrestored", undo(id, {limit = 2})))

      assert.are.same({live, "m"}, {made:fingerprint(), made:queued()})
   end)

   it("undo of nothing ends its own retirement", function()
      local id = plan("streams")
      apply(id)

      assert.are.equal("undone", assert(undo(id)).state)
   end)

   it("a partial undo leaves out its own partitions", function()
      local id = plan("log_entries")
      apply(id)
      made:psql("delete from temporary_files where file_path = 'a'")

      assert.are.same({3, 1}, count_of("restored unrestored", undo(id, {partial = true})))

      assert.are.same({"b c d l n new o", "m", "a file_deleted"}, {made:live(), made:queued(), of_second("why", "unrestored")})
   end)

   it("an undo that cannot be is about its own partitions", function()
      local id = plan("log_entries")
      apply(id)
      made:psql("delete from temporary_files where file_path in ('a', 'm')")

      local check = assert(lake:undo(id, {dry_run = true})).check

      assert.are.same({3, 3000, 1, 1}, {check.restorable, check.bytes, #check.problems, check.problems[1].partitions})
      made:psql("insert into temporary_files values ('m', 1000, now() + interval '7 days')")
   end)

   it("a verdict that got worse does not stop apply where it is the other's", function()
      local id = plan("log_entries")
      made:psql("update mmadmin.item set verdict = 'replaced' where file_path in ('m', 'n')")
      before = journal()

      assert.are.equal("applied", assert(apply(id)).state)
   end)

   it("a live file of the other that is queued is not reported", function()
      local id = plan("log_entries")
      made:add{{"m", 20, 21, NEW, view_set = "measures"}}

      assert.are.equal("applied", assert(apply(id)).state)
      made:psql("delete from lakehouse_partitions where file_path = 'm'")
   end)

   it("a live file of its own that is queued is reported, whatever the other skipped", function()
      local id = plan("log_entries")

      local _, err = apply(id, {on_batch = function()
         made:add{{"a", 20, 21, NEW}, {"b", 21, 22, NEW}}
      end})

      assert.are.equal("2 files of live partitions are queued for deletion: a", tostring(err))
      made:psql("delete from lakehouse_partitions where file_path in ('a', 'b')")
   end)

   it("the deadline of an undo and the queued files are its own", function()
      local id = plan("log_entries")
      apply(id)
      made:psql([[update temporary_files set expiration = '2040-01-01 00:00Z';
         update temporary_files set expiration = '2039-01-01 00:00Z' where file_path = 'a';
         update temporary_files set expiration = '2038-01-01 00:00Z' where file_path = 'm']])

      local found = assert(lake:retirement(id))

      assert.are.same({"2038-12-31T23:55:00.000000Z", 4}, {found.undo_deadline, found.queued_files})
   end)

   it("each is told what it did itself", function()
      local id = plan("log_entries")
      apply(id)
      undo(id)

      local list = assert(lake:retirements())

      assert.are.same({{"undone", 4, 0, 0, 4000, 4}, {"applying", 1, 1, 1, 1000, 0}}, {
         count_of("state retired gone changed retired_bytes restored", list[1]),
         count_of("state retired gone changed retired_bytes restored", list[2])})
      local summary = assert(lake:retirement(id)).summary
      assert.are.same({{"log_entries", "only_copy", 3}, {"log_entries", "replaced", 1}},
         {count_of("view_set_name verdict partitions", summary[1]), count_of("view_set_name verdict partitions", summary[2])})
   end)

   it("its pause, resumption and end are its own", function()
      local id = plan("log_entries")

      pcall(apply, id, {limit = 1, on_batch = error})
      assert.are.equal("paused", assert(lake:pause(id)).state)
      assert.are.equal("applying", assert(lake:resume(id)).state)
      assert.are.equal("abandoned", assert(lake:abandon(plan("log_entries"))).state)
   end)

   it("what changed for the other is not what is accepted of its own", function()
      local id = plan("log_entries")
      pcall(apply, id, {limit = 1, on_batch = error})
      assert(lake:pause(id))

      assert(lake:resume(id))

      assert.are.equal("0", made:value("select changed_accepted from mmadmin.retirement where retirement = 2"))
   end)
end)

describe("beside a retirement whose undo has begun", function()
   it("an undo takes its own partitions", function()
      set()
      stop_other_after(3)
      pcall(undo, other, {limit = 1, on_batch = error})
      local id, live, before = plan("log_entries"), made:fingerprint(), journal()
      apply(id)

      assert.are.same({4, 0}, count_of("restored unrestored", undo(id, {limit = 1})))

      assert.are.same({live, before}, {made:fingerprint(), journal()})
   end)

   it("an undo of nothing ends its own", function()
      set()
      local id = plan("streams")
      apply(id)
      made:psql("update mmadmin.retirement set state = 'undoing' where retirement = 1")

      assert.are.equal("undone", assert(undo(id)).state)

      assert.are.equal("undoing", made:value("select state from mmadmin.retirement where retirement = 1"))
   end)
end)

describe("beside a retirement that was planned in an older catalog", function()
   it("undo brings all columns back", function()
      set()
      stop_other_after(3)
      local id, live = plan("log_entries"), made:fingerprint()
      made:psql("update mmadmin.retirement set partition_columns = '{file_path}' where retirement = 1")
      apply(id)

      assert.are.equal("undone", assert(undo(id)).state)

      assert.are.equal(live, made:fingerprint())
   end)
end)

describe("beside a retirement that was undone in part", function()
   it("undo restores what the other could not", function()
      set()
      stop_other_after(3)
      made:psql("delete from temporary_files where file_path = 'm'")
      assert.are.equal(1, assert(undo(other, {partial = true})).unrestored)
      local id, live, before = plan("log_entries"), made:fingerprint(), journal()
      apply(id)

      assert.are.same({4, 0}, count_of("restored unrestored", undo(id)))

      assert.are.same({live, before}, {made:fingerprint(), journal()})
   end)
end)

describe("of two retirements of the same partitions", function()
   local id

   before_each(function()
      made:set{{"x", 8, 9, NEW}, {"a", 0, 1, OLD}, {"b", 1, 2, OLD}}
      lake = made:open()
      other = plan("log_entries")
      made:add{{"first", -1, 0, OLD}}
      made:psql([[create table kept as select * from lakehouse_partitions;
         truncate lakehouse_partitions; insert into lakehouse_partitions select * from kept order by file_path desc]])
      id = plan("log_entries")
   end)
   after_each(function()
      made:psql("drop table kept")
   end)

   it("the second finds a moved row that the first missed", function()
      made:psql("delete from lakehouse_partitions where file_path = 'a'")
      assert.are.equal(1, assert(apply(other)).gone)
      made:psql("insert into lakehouse_partitions select * from kept where file_path = 'a'")

      assert.are.same({2, 1, 0}, count_of("retired gone changed", apply(id)))

      assert.are.same({"x", "a b first"}, {made:live(), made:queued()})
   end)

   it("the second finds what has moved, whatever their numbers in the first", function()
      made:psql("update lakehouse_partitions set updated = updated")

      assert.are.same({3, 0, 0}, count_of("retired gone changed", apply(id)))

      assert.are.same({"x", "a b first"}, {made:live(), made:queued()})
   end)

   it("the second skips what the first retired, and its undo leaves that retired", function()
      apply(other)

      assert.are.same({1, 2, 0}, count_of("retired gone changed", apply(id)))
      assert.are.equal(1, assert(undo(id)).restored)

      assert.are.same({"first x", "a b"}, {made:live(), made:queued()})
   end)
end)
