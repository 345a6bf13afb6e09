-- Applying a plan: which rows go, which files are queued until when, and what stops it.
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local ALL = {view_set = "log_entries", verdicts = stage.VERDICTS}
local made = stage.new("catalog-v10")
local lake

-- Planned are a (replaced by new), b, an empty one and c.
local SOME = {
   {"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD, bytes = 20}, {false, 2, 3, OLD}, {"c", 3, 4, OLD, bytes = 3},
   {"unhashed", 4, 5, false}, {"other", 3, 4, OLD, view_set = "measures"},
}
local HUNDREDS = [[insert into lakehouse_partitions
   select 'log_entries', 'global', t, t + interval '1 hour', t, t, t, 'p' || n, 1, '\x05', '\x6400000000000000', 10
     from generate_series(1, 200) n, lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '1 hour') as x(t);]]

local function set(rows, sql)
   made:set(rows, sql)
   lake = made:open()
end

local function plan(opts)
   return assert(lake:plan(opts or ALL)).id
end

local function apply(id, opts, by)
   opts = opts or {}
   opts.reason, opts.overrides = "spec", stage.OVERRIDES
   return (by or lake):apply(id, opts)
end

local function skipped()
   return made:value[[select coalesce(string_agg(coalesce(i.file_path, 'empty') || ' ' || s.why, ', ' order by seq), '')
      from mmadmin.skipped s join mmadmin.item i using (retirement, seq)]]
end

local function state()
   return made:value("select format('%s %s', state, next_seq) from mmadmin.retirement")
end

-- The same rows, changed by `sql` on table `kept`, at the same addresses.
local function rewrite(sql)
   made:psql("create temp table kept as select * from lakehouse_partitions order by ctid;" .. sql
      .. "; truncate lakehouse_partitions; insert into lakehouse_partitions select * from kept")
end

local function assert_counts(expected, retirement, err)
   assert.is_nil(err)
   assert.are.same(expected, {retirement.retired, retirement.gone, retirement.changed, retirement.remaining})
end

local function assert_failed(code, message, retirement, err)
   assert.is_nil(retirement)
   assert.are.same({code, message}, {err.code, tostring(err)})
   assert.are.equal("", made:troubles())
   return err
end

local function assert_untouched(before)
   assert.are.equal(before, made:fingerprint())
   assert.is_truthy(lake:plan{all = true, dry_run = true})
end

teardown(function()
   made:drop()
end)

describe("apply", function()
   before_each(function()
      set(SOME)
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("deletes the planned rows and no others", function()
      assert_counts({4, 0, 0, 0}, apply(plan()))

      assert.are.equal("new other unhashed", made:live())
   end)

   it("queues their files with their sizes until the undo window ends", function()
      apply(plan())

      assert.are.same({{"a", "1000", "168"}, {"b", "20", "168"}, {"c", "3", "168"}}, made:rows[[
         select file_path, file_size, extract(epoch from expiration - applied_at)::int / 3600
           from temporary_files, mmadmin.retirement order by file_path]])
   end)

   it("queues nothing for a partition without a file", function()
      apply(plan{view_set = "log_entries", verdicts = {"empty"}})

      assert.are.same({"", "a b c new other unhashed"}, {made:queued(), made:live()})
   end)

   it("tells what it did", function()
      local done = apply(plan())

      assert.are.same({"applied", "spec", 4, 1023, 3}, {done.state, done.reason, done.retired, done.retired_bytes,
         done.queued_files})
   end)

   it("records a batch for each transaction", function()
      apply(plan(), {limit = 3})

      assert.are.same({{"apply", "1", "3", "3", "1020"}, {"apply", "4", "4", "1", "3"}},
         made:rows("select kind, first_seq, last_seq, done, bytes from mmadmin.batch order by first_seq"))
   end)

   it("tells of each batch which partitions it was about, and what is left", function()
      local told = {}

      apply(plan(), {limit = 3, on_batch = function(batch)
         told[#told + 1] = {batch.first_seq, batch.last_seq, batch.retired, batch.bytes, batch.remaining}
      end})

      assert.are.same({{1, 3, 3, 1020, 1}, {4, 4, 1, 3, 0}}, told)
   end)

   it("tells of each batch what it did not find", function()
      local id, told = plan(), {}
      made:psql("delete from lakehouse_partitions where file_path = 'b'; update lakehouse_partitions set num_rows = 7 where file_path = 'a'")

      pcall(apply, id, {on_batch = function(batch)
         told[#told + 1] = {batch.retired, batch.gone, batch.changed, batch.held}
      end})

      assert.are.same({{2, 1, 1, 0}}, told)
   end)

   it("records a batch that found nothing as one of no bytes", function()
      local id = plan()
      made:psql("delete from lakehouse_partitions where file_path in ('a', 'b')")

      apply(id, {limit = 2})

      assert.are.same({{"0", "2", "0"}, {"2", "0", "3"}},
         made:rows("select done, gone, bytes from mmadmin.batch order by first_seq"))
   end)

   it("records who began, and why", function()
      assert(apply(plan()))

      assert.are.equal("postgres spec t", made:value("select concat_ws(' ', applied_by, reason, applied_at = undo_until - undo_for) from mmadmin.retirement"))
   end)

   it("counts a row that is gone and queues nothing for it", function()
      local id = plan()
      made:psql("delete from lakehouse_partitions where file_path = 'b'")

      assert_counts({3, 1, 0, 0}, apply(id))

      assert.are.same({"b gone", "a c"}, {skipped(), made:queued()})
   end)

   it("leaves a row that was updated in place, and counts it as changed", function()
      local id = plan()
      made:psql("update lakehouse_partitions set updated = now() where file_path = 'b'")

      assert_counts({3, 0, 1, 0}, apply(id))

      assert.are.same({"b changed", "b new other unhashed", "a c"}, {skipped(), made:live(), made:queued()})
   end)

   it("leaves a row of the same identity that replaced the planned one, at its address", function()
      local id = plan()
      rewrite("update kept set file_path = 'b2', num_rows = 11 where file_path = 'b'")

      assert_counts({3, 0, 1, 0}, apply(id))

      assert.are.same({"b changed", "b2 new other unhashed", "a c"}, {skipped(), made:live(), made:queued()})
   end)

   it("leaves the current row that a writer put in place of the planned one", function()
      local id = plan()
      made:psql("delete from lakehouse_partitions where file_path = 'b';"
         .. "insert into lakehouse_partitions select view_set_name, view_instance_id, begin_insert_time + interval '1 hour', "
         .. "end_insert_time + interval '1 hour', min_event_time, max_event_time, updated, 'b2', file_size, file_schema_hash, "
         .. "source_data_hash, num_rows from lakehouse_partitions where file_path = 'new'")

      assert_counts({3, 1, 0, 0}, apply(id))

      assert.are.same({"b gone", "b2 new other unhashed", "a c"}, {skipped(), made:live(), made:queued()})
   end)

   it("leaves a row that was gone in an earlier batch and is back at its address", function()
      local id = plan()
      made:psql("create table kept as select * from lakehouse_partitions; delete from lakehouse_partitions where file_path = 'a'")
      finally(function()
         made:psql("drop table kept")
      end)

      assert_counts({3, 1, 0, 0}, apply(id, {limit = 1, on_batch = function(batch)
         if batch.first_seq == 1 then
            made:psql("truncate lakehouse_partitions; insert into lakehouse_partitions select * from kept")
         end
      end}))

      assert.are.same({"a gone", "a new other unhashed", "b c"}, {skipped(), made:live(), made:queued()})
   end)

   it("claims nothing of a plan that is done", function()
      local id = plan{view_set = "streams"}
      made:psql("update mmadmin.retirement set state = 'applying', undo_until = now() + interval '7 days'")

      local batch = assert(lake:apply_batch(id))

      assert.are.same({false, "applying 1"}, {batch.is_claimed, state()})
   end)

   it("goes on under the first reason, operator and window, and says why", function()
      local id = plan()
      pcall(apply, id, {limit = 1, on_batch = error})
      made:psql("update mmadmin.retirement set reason = 'first', applied_by = 'first', applied_at = '2026-01-01 00:00Z', "
         .. "undo_for = '8 days', undo_until = '2100-01-01 00:00Z'")

      assert_counts({4, 0, 0, 0}, apply(id, {undo_for = "2h"}))

      assert.are.same({"first first 2026-01-01 00:00:00+00 8 days 2100-01-01 00:00:00+00 spec", "1"}, {made:value([[select
         concat_ws(' ', reason, applied_by, applied_at, undo_for, undo_until, why) from mmadmin.retirement]]),
         made:value("select count(distinct expiration) from temporary_files where expiration = '2100-01-01 00:00Z'")})
   end)

   it("lets each batch size end in the same state", function()
      local ends = {}
      for _, limit in ipairs{1, 2, 7, 10000} do
         set(SOME)
         assert(apply(plan(), {limit = limit}))
         ends[#ends + 1] = made:live() .. ": " .. made:value("select string_agg(format('%s %s %s', file_path, file_size, "
            .. "expiration - undo_until), ', ' order by file_path) from temporary_files, mmadmin.retirement")
      end

      assert.are.same({ends[1], ends[1], ends[1], ends[1]}, ends)
   end)

   it("of an empty plan ends it", function()
      assert_counts({0, 0, 0, 0}, apply(plan{view_set = "streams"}))

      assert.are.equal("applied 1", state())
   end)

   it("of what is applied already changes nothing and tells what was done", function()
      local id = plan()
      apply(id)
      local before = made:fingerprint()

      assert_counts({4, 0, 0, 0}, apply(id))

      assert_untouched(before)
   end)

   it("goes the same way when the plan is made with it", function()
      assert_counts({1, 0, 0, 0}, lake:retire_incompatible_partitions("log_entries", {reason = "spec", overrides = stage.OVERRIDES, verdicts = {"replaced"}}))

      assert.are.same({"b c new other unhashed", "a"}, {made:live(), made:queued()})
   end)

   it("needs a reason, at the line that calls it", function()
      local id = plan()

      local _, message = pcall(function()
         lake:apply(id, {limit = 1})
      end)

      assert.are.equal("lake:apply: option 'reason' is missing", message:match("^%S*apply_spec%.lua:%d+: (.*)$"))
      assert.are.equal("planned 1", state())
   end)

   it("by single batches says what is left", function()
      local id = plan()
      apply(id, {limit = 1, on_batch = function()
         lake:pause(id)
      end})
      lake:resume(id)

      local batch = assert(lake:apply_batch(id, {limit = 2}))

      assert.are.same({2, 0, 0, 1, 20, "applying"},
         {batch.retired, batch.gone, batch.changed, batch.remaining, batch.bytes, batch.state})
   end)

   it("works where upstream's tables are in another schema", function()
      made:psql([[create schema "odd ""name"; alter table lakehouse_partitions set schema "odd ""name";
         alter table temporary_files set schema "odd ""name"; alter table lakehouse_migration set schema "odd ""name"]])
      finally(function()
         made:psql([[alter table "odd ""name".lakehouse_partitions set schema public;
            alter table "odd ""name".temporary_files set schema public;
            alter table "odd ""name".lakehouse_migration set schema public; drop schema "odd ""name"]])
      end)
      lake = made:open()

      assert_counts({4, 0, 0, 0}, apply(plan()))
   end)
end)

describe("a planned row is recognized by", function()
   local CHANGES = {
      view_set_name = "'measures'", view_instance_id = "'another'",
      begin_insert_time = "begin_insert_time + interval '1 minute'", end_insert_time = "end_insert_time - interval '1 minute'",
      min_event_time = "null", max_event_time = "max_event_time + interval '1 microsecond'",
      updated = "updated + interval '1 microsecond'", file_path = "'another'", file_size = "file_size + 1",
      file_schema_hash = "'\\x06'", source_data_hash = "'\\x0100000000000000'", num_rows = "num_rows + 1",
      partition_format_version = "1", sort_order = "null", max_sort_key_time = "null",
   }
   local rows, changes = {}, {}
   for column, value in pairs(CHANGES) do
      rows[#rows + 1] = {column, #rows, #rows + 1, OLD, sort_order = "{time}", max_sort = 1}
      changes[#changes + 1] = ("update kept set %s = %s where file_path = '%s'"):format(column, value, column)
   end
   local CHANGE_EACH = table.concat(changes, ";")
   local id

   before_each(function()
      set(rows)
      id = plan()
   end)

   it("every column at its address", function()
      rewrite(CHANGE_EACH)
      local before = made:fingerprint()

      assert_counts({0, 0, 15, 0}, apply(id))

      assert_untouched(before)
   end)

   it("every column at another address", function()
      made:psql((CHANGE_EACH:gsub("update kept", "update lakehouse_partitions")))
      local before = made:fingerprint()

      assert_counts({0, 0, 15, 0}, apply(id))

      assert_untouched(before)
   end)

   it("its columns alone after all rows have moved", function()
      made:psql("update lakehouse_partitions set updated = updated")

      assert_counts({15, 0, 0, 0}, apply(id))

      assert.are.equal("0", made:value("select count(*) from lakehouse_partitions"))
   end)
end)

describe("rows of one identity", function()

   it("that differ in their file go each with its own", function()
      set{{"a", 1, 1, OLD}, {"b", 1, 1, OLD}, {"keep", 1, 1, NEW}}

      assert_counts({2, 0, 0, 0}, apply(plan()))

      assert.are.same({"keep", "a b"}, {made:live(), made:queued()})
   end)

   it("of which one came after the plan leave that one", function()
      set{{"a", 1, 1, OLD}}
      local id = plan()
      made:psql("insert into lakehouse_partitions select * from lakehouse_partitions; "
         .. "update lakehouse_partitions set file_path = 'b' where ctid = (select max(ctid) from lakehouse_partitions)")

      assert_counts({1, 0, 0, 0}, apply(id))

      assert.are.same({"b", "a"}, {made:live(), made:queued()})
   end)

   it("and of one content are counted one by one", function()
      set{{false, 1, 1, OLD}, {false, 1, 1, OLD}, {false, 1, 1, OLD}}
      local id = plan()
      made:psql("delete from lakehouse_partitions where ctid = '(0,2)'")

      assert_counts({2, 1, 0, 0}, apply(id))

      assert.are.equal("0", made:value("select count(*) from lakehouse_partitions"))
   end)

   it("and of one content lose no more than were planned", function()
      set{{false, 1, 1, OLD}, {false, 1, 1, OLD}}
      local id = plan()
      made:psql("insert into lakehouse_partitions select * from lakehouse_partitions")

      assert_counts({2, 0, 0, 0}, apply(id, {limit = 1}))

      assert.are.equal("2", made:value("select count(*) from lakehouse_partitions"))
   end)

   for words, instance in pairs{[""] = "global", [", whose instance is unknown,"] = false} do
      it(("and of one content%s lose as many as were planned when all have moved"):format(words), function()
         set{{"keep", 0, 1, NEW}, {false, 1, 1, OLD, instance = instance}, {false, 1, 1, OLD, instance = instance},
            {"a", 1, 1, OLD, instance = instance}}
         local id = plan()
         made:psql("insert into lakehouse_partitions select * from lakehouse_partitions where file_path is null;"
            .. "update lakehouse_partitions set updated = updated")

         assert_counts({3, 0, 0, 0}, apply(id))

         assert.are.equal("", made:troubles())
         assert.are.same({"2 keep"}, made:rows("select count(*) filter (where file_path is null) || ' ' || max(file_path) from lakehouse_partitions")[1])
         assert.are.equal("a", made:queued())
      end)
   end
end)

describe("rows that moved and differ from another in one column alone are found:", function()
   -- Of a row the column has one value, of its twin another. They are points in time, which never overlap.
   local TWINS = {
      view_set_name = {"'measures'", "'log_entries'"}, view_instance_id = {"'x'", "'y'"},
      begin_insert_time = {"end_insert_time - interval '1 second'", "end_insert_time"},
      end_insert_time = {"begin_insert_time + interval '1 second'", "begin_insert_time"},
      min_event_time = {"null", "now()"}, max_event_time = {"null", "now()"}, updated = {"'2026-01-01'", "'2026-01-02'"},
      file_path = {"'one'", "'two'"}, file_size = {"1", "2"}, file_schema_hash = {"'\\x05'", "'\\x06'"},
      source_data_hash = {"null", "'\\x00'"}, num_rows = {"1", "2"}, partition_format_version = {"1", "2"},
      sort_order = {"null", "'{time}'"}, max_sort_key_time = {"null", "now()"},
   }

   it("each column counts", function()
      local rows, sql, n = {}, {}, 0
      for column, values in pairs(TWINS) do
         n = n + 1
         for _, value in ipairs(values) do
            rows[#rows + 1] = {false, n, n, OLD, rows = 10, events = 1}
            sql[#sql + 1] = ("update lakehouse_partitions set %s = %s where ctid = '(0,%d)';"):format(column, value, #rows)
         end
      end
      set(rows, table.concat(sql))
      local id = plan{all = true, verdicts = stage.VERDICTS}
      made:psql("update lakehouse_partitions set updated = updated")

      assert_counts({30, 0, 0, 0}, apply(id))
   end)
end)

describe("a planned row that is not there as it was is", function()
   local CHANGES = {view_set_name = "'measures'", view_instance_id = "'another'", begin_insert_time = "begin_insert_time + interval '1 minute'",
      end_insert_time = "coalesce(end_insert_time, '2026-11-01 23:00Z') + interval '1 minute'", file_schema_hash = "'\\x06'"}

   -- What became of a row when `column` got another value, and its file another name unless said.
   local function outcome(row, column, value, path)
      set{row}
      local id = plan{all = true, verdicts = stage.VERDICTS}
      made:psql(("update lakehouse_partitions set %s = %s, file_path = '%s'"):format(column, value, path or "another"))
      apply(id)
      return made:value("select why from mmadmin.skipped")
   end

   for words, row in pairs{["of global"] = {"a", 0, 1, OLD}, ["without an end"] = {"a", 0, false, OLD},
      ["without an instance"] = {"a", 0, 1, OLD, instance = false}, ["without a begin"] = {"a", false, 1, OLD},
      ["without any of them"] = {"a", false, false, OLD, instance = false}} do
      it("changed where one of its identity is there, of one " .. words, function()
         assert.are.equal("changed", outcome(row, "num_rows", "77"))
      end)

      for column, value in pairs(CHANGES) do
         if not (column == "begin_insert_time" and row[2] == false) then
            it(("gone where the one there has another %s, of one %s"):format(column, words), function()
               assert.are.equal("gone", outcome(row, column, value))
            end)
         end
      end
   end

   it("changed where its file is there", function()
      assert.are.equal("changed", outcome({"a", 0, 1, OLD}, "view_instance_id", "'x'", "a"))
   end)
end)

describe("after VACUUM FULL, with another row at the address of each planned one,", function()

   local function move()
      made:psql("delete from lakehouse_partitions where file_path like 'filler%'; vacuum full lakehouse_partitions")
      assert.are.equal("t", made:value[[select bool_and(p.file_path is distinct from i.file_path) and count(*) > 0
         from mmadmin.item i join lakehouse_partitions p on p.ctid = i.row_ctid]])
   end

   it("the planned ones go", function()
      set{{"filler", 9, 10, NEW}, {"a", 0, 1, OLD}, {"keep1", 1, 2, NEW}, {"b", 2, 3, OLD}, {"keep2", 3, 4, NEW},
         {"c", 4, 5, OLD}, {"keep3", 5, 6, NEW}}
      local id = plan()
      move()

      assert_counts({3, 0, 0, 0}, apply(id, {limit = 2}))

      assert.are.same({"keep1 keep2 keep3", "a b c"}, {made:live(), made:queued()})
   end)

   it("those with nulls in their identity go too", function()
      set{{"filler", 9, 10, NEW}, {"a", 0, 1, OLD, instance = false}, {"keep", 1, 2, OLD, view_set = "x", instance = false},
         {"b", false, 3, OLD}, {"c", 4, false, OLD, instance = "x"}, {"keep2", false, 3, NEW}}
      local id = plan()
      move()

      assert_counts({3, 0, 0, 0}, apply(id))

      assert.are.same({"keep keep2", "a b c"}, {made:live(), made:queued()})
   end)
end)

describe("expirations", function()
   -- Four that are far apart in a large plan.
   local function far_apart(sql)
      set({{"a", 0, 1, OLD, bytes = 5}, {"b", 1, 2, OLD, bytes = 6}, {"c", 2, 3, OLD, bytes = 7}, {"d", 3, 4, OLD, bytes = 8}})
      local id = plan()
      made:psql([[update mmadmin.item set seq = (array[20000, 20001, 40000, 40001])[seq];
         update mmadmin.retirement set state = 'applying', undo_until = now() + interval '7 days', next_seq = 20000, partitions = 40001;]]
         .. (sql or ""))
      assert.are.equal(4, assert(lake:apply_batch(id, {limit = 20002})).retired)
      return made:value("select string_agg(concat_ws(' ', file_path, file_size, expiration - undo_until), ', ' order by file_path) from temporary_files, mmadmin.retirement")
   end

   it("grow by an hour after each 20 000 files", function()
      assert.are.equal("a 5 00:00:00, b 6 01:00:00, c 7 01:00:00, d 8 02:00:00", far_apart())
   end)

   it("grow by an hour after each 20 000 files of rows that have moved", function()
      assert.are.equal("a 5 00:00:00, b 6 01:00:00, c 7 01:00:00, d 8 02:00:00", far_apart("update lakehouse_partitions set updated = updated"))
   end)

   it("belong to the retirement, not to the batch", function()
      set(SOME)
      apply(plan(), {limit = 1})

      assert.are.equal("3 1", made:value("select count(*) || ' ' || count(distinct expiration) from temporary_files"))
   end)

   it("follow the undo window of the plan", function()
      set(SOME)
      apply(plan{view_set = "log_entries", verdicts = {"replaced"}, undo_for = "2d"})

      assert.are.equal("2 days", made:value("select expiration - applied_at from temporary_files, mmadmin.retirement"))
   end)

   it("follow the undo window that is given with apply before that of the plan", function()
      set(SOME)
      apply(plan{view_set = "log_entries", verdicts = {"replaced"}, undo_for = "2d"}, {undo_for = 3 * 3600})

      assert.are.equal("03:00:00 03:00:00", made:value("select expiration - applied_at || ' ' || undo_for from temporary_files, mmadmin.retirement"))
   end)

   it("are never sooner than two hours, as none is retired in the last one", function()
      set(SOME)
      local before = made:fingerprint()

      assert_failed("invalid", "an undo window of 119m: it must be two hours at least and ten years at most",
         apply(plan(), {undo_for = 119 * 60}))

      assert.are.equal("planned 1", state())
      assert_untouched(before)
   end)

   it("may be two hours away", function()
      set(SOME)

      assert_counts({4, 0, 0, 0}, apply(plan(), {undo_for = "2h"}))
   end)

   it("that come within an hour stop apply", function()
      set(SOME)
      local id = plan()

      local err = assert_failed("conflict", "less than an hour is left until the first retired file may be deleted",
         apply(id, {limit = 1, on_batch = function()
            made:psql("update mmadmin.retirement set undo_until = now() + interval '59 minutes'")
         end}))

      assert.are.same({1, "applying 2", "b c new other unhashed"}, {err.done, state(), made:live()})
   end)

   it("that are more than an hour away do not stop apply", function()
      set(SOME)

      assert_counts({4, 0, 0, 0}, apply(plan(), {limit = 1, on_batch = function()
         made:psql("update mmadmin.retirement set undo_until = now() + interval '61 minutes'")
      end}))
   end)
end)

describe("rows that changed since the plan", function()
   local id
   before_each(function()
      set({}, HUNDREDS)
      id = plan()
   end)

   local function change(first, last)
      made:psql(("update lakehouse_partitions set updated = now() where substr(file_path, 2)::int between %d and %d")
         :format(first, last))
   end

   it("stop apply when they are more than one in a hundred", function()
      change(1, 3)

      local err = assert_failed("conflict", "3 of 200 partitions changed since they were planned: paused", apply(id, {limit = 50}))

      assert.are.same({47, "paused 51", "153"}, {err.done, state(), made:value("select count(*) from lakehouse_partitions")})
   end)

   it("are left, no more, when they are one in a hundred", function()
      change(1, 2)

      assert_counts({198, 0, 2, 0}, apply(id, {limit = 50}))
   end)

   it("stop a strict apply at the first", function()
      change(1, 1)

      assert_failed("conflict", "1 of 200 partitions changed since they were planned: paused", apply(id, {limit = 50, strict = true}))

      assert.are.equal("paused 51", state())
   end)

   it("add up over the batches, also over those of an apply that was stopped", function()
      change(1, 2)
      pcall(apply, id, {limit = 50, on_batch = error})
      change(60, 60)

      assert_failed("conflict", "3 of 200 partitions changed since they were planned: paused", apply(id, {limit = 50}))

      assert.are.equal("paused 101", state())
   end)

   it("are accepted by resume, so that no more than new ones stop it again", function()
      change(1, 3)
      apply(id, {limit = 50})
      change(60, 61)
      assert(lake:resume(id))

      assert_counts({195, 0, 5, 0}, apply(id, {limit = 50}))
   end)

   it("stop it again when there are as many new ones", function()
      change(1, 3)
      apply(id, {limit = 50})
      change(60, 62)
      assert(lake:resume(id))

      assert_failed("conflict", "6 of 200 partitions changed since they were planned: paused", apply(id, {limit = 50}))
   end)

   it("are others than those that are gone, which stop nothing", function()
      made:psql("delete from lakehouse_partitions where substr(file_path, 2)::int <= 40")

      assert_counts({160, 40, 0, 0}, apply(id, {limit = 50, strict = true}))
   end)
end)
