-- Undo: what comes back, exactly as it was; what cannot, and that it is said; with upstream at work beside it.
local core = require("mm.core")
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")
local worker = require("spec.support.worker")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local ALL = {view_set = "log_entries", verdicts = stage.VERDICTS}
local made = stage.new("catalog-v10")
local lake, id, before

local FOUR = {{"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {false, 2, 3, OLD}, {"c", 3, 4, OLD}}

local function apply(opts)
   opts = opts or {}
   opts.reason, opts.overrides = "spec", stage.OVERRIDES
   return lake:apply(id, opts)
end

local function undo(opts, by)
   opts = opts or {}
   opts.reason = "spec"
   return (by or lake):undo(id, opts)
end

-- A plan of all of log_entries, not yet applied; `before` is what undo must lead back to.
local function plan(rows, of)
   local there = of or made
   there:set(rows)
   before = there:fingerprint()
   lake = there:open()
   id = assert(lake:plan(ALL)).id
end

local function retire(rows, of)
   plan(rows or FOUR, of)
   assert(apply())
end

local function state()
   return made:value("select format('%s %s %s', state, next_seq, undo_seq) from mmadmin.retirement")
end

local function unrestored()
   return made:value[[select coalesce(string_agg(coalesce(i.file_path, 'empty') || ' ' || u.why, ', ' order by seq), '')
      from mmadmin.unrestored u join mmadmin.item i using (retirement, seq)]]
end

local function assert_undone(restored, retirement, err)
   assert.is_nil(err)
   assert.are.same({"undone", restored}, {retirement.state, retirement.restored})
   assert.are.equal(before, made:fingerprint())
end

local function assert_failed(code, message, retirement, err)
   assert.is_nil(retirement)
   assert.are.same({code, message}, {err.code, tostring(err)})
   assert.are.equal("", made:troubles())
   return err
end

-- Refused, with everything as the retirement left it; then undo with `partial` works.
local function assert_refused(message)
   local retired = made:fingerprint()

   local err = assert_failed("conflict", message, undo())

   assert.are.same({"to restore the others: mmlua undo " .. id .. " --partial", "applied 5 1"}, {err.hint, state()})
   assert.are.equal(retired, made:fingerprint())
end

local function after_batch(number, call)
   local count = 0
   return function(batch)
      count = count + 1
      return count == number and call(batch)
   end
end

-- Body of a statement-level trigger `event` (such as "after insert on lakehouse_partitions").
local function on(event, body)
   made:psql(([[create schema if not exists spec; create sequence if not exists spec.calls;
      create function spec.%s() returns trigger language plpgsql as $f$ begin %s return null; end $f$;
      create trigger spec %s for each statement execute function spec.%s()]]):format(
         event:gsub("%W", "_"), body, event, event:gsub("%W", "_")))
end

local function remove_triggers()
   made:psql("drop schema spec cascade")
end

teardown(function()
   made:drop()
end)

describe("undo", function()
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("brings all rows back as they were, and takes their files out of the queue", function()
      retire()

      assert_undone(4, undo())
   end)

   it("of a retirement that was applied part-way brings back what it retired", function()
      plan(FOUR)
      pcall(apply, {limit = 2, on_batch = error})
      assert.are.equal("c new", made:live())

      assert_undone(2, undo())
   end)

   it("of a paused retirement is possible too", function()
      plan(FOUR)
      apply{limit = 1, on_batch = function()
         lake:pause(id)
      end}

      assert_undone(1, undo())
   end)

   it("of a retirement that retired nothing ends it", function()
      plan(FOUR)
      on("before delete on lakehouse_partitions", "raise 'never';")
      apply()
      remove_triggers()
      assert.are.equal("applying 1 1", state())

      assert_undone(0, undo())
   end)

   it("of a retirement of nothing ends it", function()
      retire{{"new", 0, 1, NEW}}

      assert_undone(0, undo())
   end)

   it("ends in the same state whatever the size of its batches", function()
      for _, limit in ipairs{1, 3, 10000} do
         retire()

         assert_undone(4, undo{limit = limit})
      end
   end)

   it("goes on where it was stopped", function()
      retire()
      pcall(undo, {limit = 2, on_batch = error})
      assert.are.same({"undoing 5 3", "a b new"}, {state(), made:live()})

      assert_undone(4, undo{limit = 1})
   end)

   it("goes on when its connection is lost", function()
      retire()

      assert_undone(4, undo{limit = 2, on_batch = after_batch(1, function()
         made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name like 'mm %'")
      end)})
   end)

   it("ends well when another has undone the rest", function()
      retire()
      local other = made:open()

      assert_undone(4, undo{limit = 1, on_batch = after_batch(1, function()
         assert(undo({}, other))
      end)})
   end)

   it("leaves nothing out where another has undone the rest", function()
      retire()
      local other = made:open()

      assert_undone(4, undo{partial = true, limit = 1, on_batch = after_batch(1, function()
         assert(undo({}, other))
      end)})

      assert.are.equal("", unrestored())
   end)

   it("tells of each batch which partitions it was about, and how much it restored", function()
      retire()
      local told = {}

      undo{limit = 3, on_batch = function(batch)
         told[#told + 1] = {batch.first_seq, batch.last_seq, batch.restored, batch.bytes, batch.remaining}
      end}

      assert.are.same({{1, 3, 3, 2000, 1}, {4, 4, 1, 1000, 0}}, told)
   end)

   it("begins of what was begun and not pruned only, whatever was looked at before", function()
      retire()
      for _, change in ipairs{"state = 'planned'", "state = 'undone'", "state = 'abandoned'", "state = 'applied', pruned_at = now()"} do
         made:psql("update mmadmin.retirement set " .. change)

         local begun, err = core.lake_undo_begin(lake, 1, "spec", "{}")

         assert.are.same({nil, "conflict", "retirement 1 has nothing to undo"}, {begun, err.code, err.message})
      end
   end)

   it("ends when it has begun and nothing is left, whatever was looked at before", function()
      plan(FOUR)
      core.lake_undo_end(lake, 1)
      assert.are.equal("planned 1 1", state())

      apply()
      pcall(undo, {limit = 3, on_batch = error})
      core.lake_undo_end(lake, 1)

      assert.are.equal("undoing 5 4", state())
   end)

   it("tells what it did, batch by batch", function()
      retire()
      undo{limit = 3}

      assert.are.same({{"undo", "1", "3", "3", "2000"}, {"undo", "4", "4", "1", "1000"}},
         made:rows("select kind, first_seq, last_seq, done, bytes from mmadmin.batch where kind = 'undo' order by first_seq"))
      assert.are.equal("spec", made:value("select undo_reason from mmadmin.retirement"))
   end)

   it("does not bring back what apply did not remove", function()
      plan(FOUR)
      made:psql("delete from lakehouse_partitions where file_path = 'a'; update lakehouse_partitions set file_size = 7 where file_path = 'b'")
      before = made:fingerprint()
      assert(apply())
      assert.are.same({restorable = 2, bytes = 1000, problems = {}}, assert(lake:undo(id, {dry_run = true})).check)

      assert_undone(2, undo())

      assert.are.equal("1000", made:value("select sum(bytes) from mmadmin.batch where kind = 'undo'"))
   end)

   it("takes every queue row of a file away, also one that upstream added", function()
      retire()
      made:psql("insert into temporary_files values ('b', 1000, now() + interval '1 hour')")

      assert_undone(4, undo())
   end)

   it("leaves the queue rows of other files", function()
      retire()
      made:psql("insert into temporary_files values ('x', 1000, now() + interval '1 hour'), (null, 1, now())")

      assert.are.equal("undone", undo().state)

      assert.are.equal("2", made:value("select count(*) from temporary_files"))
      made:psql("truncate temporary_files")
   end)

   it("brings back as many rows of one content as were retired", function()
      retire{{false, 1, 1, OLD}, {false, 1, 1, OLD}, {"a", 1, 1, OLD}, {"b", 1, 1, OLD}}
      made:psql("insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time, file_schema_hash, num_rows) "
         .. "values ('log_entries', 'global', '2026-11-01 01:00Z', '2026-11-01 01:00Z', '\\x05', 0)")

      assert.are.equal(4, undo().restored)

      assert.are.equal("5", made:value("select count(*) from lakehouse_partitions"))
   end)

   it("changes nothing as a dry run, which tells what it would do", function()
      retire()
      local retired = made:fingerprint()

      local found = assert(lake:undo(id, {dry_run = true}))

      assert.are.same({restorable = 4, bytes = 3000, problems = {}}, found.check)
      assert.are.same({retired, "applied 5 1"}, {made:fingerprint(), state()})
   end)

   it("of a partition of unknown size is said to be of no bytes", function()
      retire{{"a", 0, 1, OLD, bytes = false}}

      assert.are.same({restorable = 1, bytes = 0, problems = {}}, assert(lake:undo(id, {dry_run = true})).check)
   end)

   it("needs a reason, at the line that calls it", function()
      local _, message = pcall(function()
         lake:undo(id, {limit = 1})
      end)

      assert.are.equal("lake:undo: option 'reason' is missing", message:match("^%S*undo_spec%.lua:%d+: (.*)$"))
   end)

   it("of a plan that was not applied is refused", function()
      plan(FOUR)

      local err = assert_failed("conflict", id .. " is planned: there is nothing to undo", undo())

      assert.are.equal("it changed nothing; give it up with mmlua abandon " .. id, err.hint)
   end)

   it("of what was undone is refused", function()
      retire()
      undo()

      assert_failed("conflict", id .. " is undone: there is nothing to undo", undo())

      assert.are.equal(before, made:fingerprint())
   end)

   it("is tried again after a lock it did not get", function()
      retire()
      on("after insert on lakehouse_partitions", "if nextval('spec.calls') % 3 <> 0 then raise 'passing' using errcode = '55P03'; end if;")

      assert_undone(4, undo{limit = 2})
      remove_triggers()
   end)

   it("that fails otherwise changes nothing", function()
      retire()
      local retired = made:fingerprint()
      on("after insert on lakehouse_partitions", "raise 'never';")

      local err = assert_failed("query", "undo_restore: never", undo())
      remove_triggers()

      assert.are.same({retired, "undoing 5 1"}, {made:fingerprint(), state()})
      assert.are.equal("run it again: mmlua undo " .. id, err.hint)
      assert_undone(4, undo())
   end)

   it("has its own settings for each batch, below the time of deadlock detection", function()
      retire()
      on("after insert on lakehouse_partitions", [[create table spec.seen as select string_agg(current_setting(name), ' ' order by name) as settings
         from unnest(array['lock_timeout', 'statement_timeout', 'synchronous_commit', 'transaction_isolation']) as name;]])

      undo()

      assert.are.equal("100ms 800ms on read committed", made:value("select settings from spec.seen"))
      remove_triggers()
   end)
end)

describe("undo restores nothing", function()
   before_each(function()
      retire()
   end)

   it("where upstream has taken a file out of the queue", function()
      made:psql("delete from temporary_files where file_path = 'b'")

      assert_refused("1 of 4 retired partitions cannot be restored: nothing was: 1 have lost their file: its queue row is gone "
         .. "(such as log_entries/global [2026-11-01 01:00:00+00, 2026-11-01 02:00:00+00])")
   end)

   it("where a file may be deleted within five minutes", function()
      made:psql("update temporary_files set expiration = now() + interval '4 minutes' where file_path = 'b'")

      assert_refused("1 of 4 retired partitions cannot be restored: nothing was: 1 have a file that upstream may delete within "
         .. "five minutes (such as log_entries/global [2026-11-01 01:00:00+00, 2026-11-01 02:00:00+00])")
   end)

   it("where upstream queued a file for sooner", function()
      made:psql("insert into temporary_files values ('b', 1000, now() + interval '4 minutes')")

      assert_refused("1 of 4 retired partitions cannot be restored: nothing was: 1 have a file that upstream may delete within "
         .. "five minutes (such as log_entries/global [2026-11-01 01:00:00+00, 2026-11-01 02:00:00+00])")
   end)

   for what, bounds in pairs{["the same range"] = {1, 2}, ["an end of the range"] = {1.5, 2.5}, ["the beginning of the range"] = {0.5, 1.5},
      ["the inside of the range"] = {1.25, 1.5}, ["more than the range"] = {-1, 9}, ["all time"] = {false, false},
      ["all time until then"] = {"-infinity", 1.5}} do
      it("where a row of the same hash takes " .. what, function()
         made:set({{"a", 1, 2, OLD}, {"z", 20, 21, OLD}, {"y", 22, 22, OLD}, {false, 24, 25, OLD}})
         lake = made:open()
         id = assert(lake:plan(ALL)).id
         assert(apply())
         made:add{{"newer", bounds[1], bounds[2], OLD}}

         local count = bounds[1] and 1 or 3
         assert_refused(("%d of 4 retired partitions cannot be restored: nothing was: %d overlap a row of the same hash that is there now "):format(count, count)
            .. "(such as log_entries/global [2026-11-01 01:00:00+00, 2026-11-01 02:00:00+00])")
      end)
   end

   it("where rows of the same hash are in ranges without begin or end", function()
      retire{{"a", false, 1, OLD}, {"b", 2, false, OLD}}
      made:add{{"newer", -9, -8, OLD}, {"newest", 8, 9, OLD}}

      local check = assert(undo{dry_run = true}).check

      assert.are.same({0, "overlapped", 2}, {check.restorable, check.problems[1].why, check.problems[1].partitions})
   end)

   it("where rows of the same hash overlap that are not the first or last there", function()
      retire{{"a", 1, 2, OLD}, {"b", 4, 5, OLD}}
      made:add{{"earlier", -9, -8, OLD}, {"newer", 0.5, 1.5, OLD}, {"newest", 4.5, 6, OLD}, {"later", 8, 9, OLD}}

      local check = assert(undo{dry_run = true}).check

      assert.are.same({0, "overlapped", 2}, {check.restorable, check.problems[1].why, check.problems[1].partitions})
   end)

   it("and names all that stands in the way", function()
      made:psql("delete from temporary_files where file_path = 'b'; update temporary_files set expiration = now() where file_path = 'c'")
      made:add{{"newer", 0, 1, OLD}}

      assert_refused("3 of 4 retired partitions cannot be restored: nothing was: "
         .. "1 have lost their file: its queue row is gone (such as log_entries/global [2026-11-01 01:00:00+00, 2026-11-01 02:00:00+00]); "
         .. "1 have a file that upstream may delete within five minutes (such as log_entries/global [2026-11-01 03:00:00+00, 2026-11-01 04:00:00+00]); "
         .. "1 overlap a row of the same hash that is there now (such as log_entries/global [2026-11-01 00:00:00+00, 2026-11-01 01:00:00+00])")
   end)

   it("and names the first of several", function()
      made:psql("delete from temporary_files where file_path in ('a', 'b', 'c')")

      local check = assert(lake:undo(id, {dry_run = true})).check

      assert.are.same({1, 3, "log_entries/global [2026-11-01 00:00:00+00, 2026-11-01 01:00:00+00]"},
         {#check.problems, check.problems[1].partitions, check.problems[1].example})
   end)

   it("and tells it in a dry run", function()
      made:psql("delete from temporary_files where file_path = 'b'")

      local check = assert(lake:undo(id, {dry_run = true})).check

      assert.are.same({3, 2000, 1, "file_deleted", 1, 1000},
         {check.restorable, check.bytes, #check.problems, check.problems[1].why, check.problems[1].partitions, check.problems[1].bytes})
   end)

   it("of a batch during which a file leaves the queue", function()
      local err = assert_failed("conflict", "1 files are not in the queue any more, 0 expire within five minutes: c",
         undo{limit = 2, on_batch = function()
            made:psql("delete from temporary_files where file_path = 'c'")
         end})

      assert.are.same({2, "undoing 5 3", "a b new"}, {err.done, state(), made:live()})
   end)

   it("of a batch during which a file comes to expire", function()
      local err = assert_failed("conflict", "0 files are not in the queue any more, 1 expire within five minutes: c",
         undo{limit = 2, on_batch = function()
            made:psql("insert into temporary_files values ('c', 1000, now())")
         end})

      assert.are.same({2, "undoing 5 3", "a b new"}, {err.done, state(), made:live()})
   end)

   it("of a batch during which files leave the queue, of which it names the first", function()
      retire{{"a", 0, 1, OLD}, {"z", 1, 2, OLD}, {"c", 2, 3, OLD}, {"b", 3, 4, OLD}}

      assert_failed("conflict", "1 files are not in the queue any more, 1 expire within five minutes: b",
         undo{limit = 2, on_batch = after_batch(1, function()
            made:psql("delete from temporary_files where file_path = 'c';"
               .. "update temporary_files set expiration = now() where file_path = 'b'")
         end)})
   end)

   it("of a batch during which files come to expire, of which it names one that does so within five minutes", function()
      retire{{"y", 0, 1, OLD}, {"z", 1, 2, OLD}, {"a", 2, 3, OLD}, {"b", 3, 4, OLD}}

      assert_failed("conflict", "0 files are not in the queue any more, 1 expire within five minutes: b",
         undo{limit = 2, on_batch = after_batch(1, function()
            made:psql("update temporary_files set expiration = now() + case file_path when 'a' then interval '7 minutes' "
               .. "else interval '4 minutes' end")
         end)})
   end)

   for minutes, expected in pairs{[4] = "conflict", [6] = "undone"} do
      it(("of a batch during which a file comes to expire within five minutes, and not %d"):format(minutes), function()
         local done, err = undo{limit = 2, on_batch = after_batch(1, function()
            made:psql(("update temporary_files set expiration = now() + interval '%d minutes' where file_path = 'c'"):format(minutes))
         end)}

         assert.are.equal(expected, done and done.state or err.code)
      end)
   end

   it("of a batch during which a writer takes its range", function()
      local _, err = undo{limit = 2, on_batch = function()
         made:add{{"newer", 3, 4, OLD}}
      end}

      assert.are.same({"conflict", "23P01", 2}, {err.code, err.sqlstate, err.done})
      assert.are.same({"undoing 5 3", "a b new newer", ""}, {state(), made:live(), made:troubles()})
   end)

   it("more, when it goes on, and says so", function()
      pcall(undo, {limit = 2, on_batch = error})
      made:psql("delete from temporary_files where file_path = 'c'")

      assert_failed("conflict", "1 of 2 retired partitions cannot be restored: nothing more was: 1 have lost their file: "
         .. "its queue row is gone (such as log_entries/global [2026-11-01 03:00:00+00, 2026-11-01 04:00:00+00])", undo())
   end)
end)

describe("undo restores everything", function()
   before_each(function()
      retire()
   end)

   it("where the files stay longer than five minutes", function()
      made:psql("update temporary_files set expiration = now() + interval '6 minutes'")

      assert_undone(4, undo())
   end)

   it("where rows of the same hash only touch its ranges, or are points in them, or are of another hash or instance", function()
      retire{{"b", 1, 2, OLD}}
      made:add{{"left", 0, 1, OLD}, {"right", 2, 3, OLD}, {"point", 1.5, 1.5, OLD}, {"hash", 1, 2, "06"},
         {"instance", 1, 2, OLD, instance = "x"}, {"set", 1, 2, OLD, view_set = "measures"}, {"unhashed", 1, 2, false}}

      assert.are.equal("undone", undo().state)

      assert.are.same({"b hash instance left point right set unhashed", ""}, {made:live(), made:queued()})
   end)

   it("where it was a point that somebody's row contains now", function()
      retire{{"b", 1, 1, OLD}}
      made:add{{"newer", 0, 2, OLD}}

      assert.are.equal("undone", undo().state)

      assert.are.same({"b newer", ""}, {made:live(), made:queued()})
   end)
end)

describe("a partial undo", function()
   before_each(function()
      retire()
      made:psql("delete from temporary_files where file_path = 'a'; update temporary_files set expiration = now() where file_path = 'b'")
      made:add{{"newer", 3, 4, OLD}}
   end)

   for _, limit in ipairs{1, 10000} do
      it("restores what it can and notes what it cannot, in batches of " .. limit, function()
         local done = assert(undo{partial = true, limit = limit})

         assert.are.same({"undone", 1, 3}, {done.state, done.restored, done.unrestored})
         assert.are.same({"a file_deleted, b file_expires, c overlapped", "new newer", "b c"}, {unrestored(), made:live(), made:queued()})
         assert.are.equal("1", made:value("select count(*) from lakehouse_partitions where file_path is null"))
         assert.are.equal("0", made:value("select sum(bytes) from mmadmin.batch where kind = 'undo'"))
      end)
   end

   it("says of each partition what became of it", function()
      assert(undo{partial = true})

      local outcomes = {}
      for item in assert(lake:items(id)) do
         outcomes[#outcomes + 1] = item.outcome
      end
      assert.are.same({"file_deleted", "file_expires", "restored", "overlapped"}, outcomes)
   end)

   it("counts what it left by what stood in its way, and tells it of each batch", function()
      assert(undo{partial = true, on_batch = function(batch)
         assert.are.same({1, 2, 1, 0, 0}, {batch.restored, batch.lost, batch.overlapped, batch.bytes, batch.remaining})
      end})

      assert.are.same({{"1", "2", "1", "0"}}, made:rows("select done, gone, changed, bytes from mmadmin.batch where kind = 'undo'"))
   end)

   it("leaves a file that upstream queued for sooner, too", function()
      retire()
      made:psql("insert into temporary_files values ('c', 1000, now() + interval '4 minutes')")

      assert.are.equal(3, assert(undo{partial = true}).restored)

      assert.are.same({"c file_expires", "a b new"}, {unrestored(), made:live()})
   end)

   it("goes on with an undo that was stopped", function()
      retire()
      pcall(undo, {limit = 2, on_batch = error})
      made:psql("delete from temporary_files where file_path = 'c'")

      local done = assert(undo{partial = true})

      assert.are.same({"undone", 3, 1}, {done.state, done.restored, done.unrestored})
      assert.are.same({"c file_deleted", "a b new"}, {unrestored(), made:live()})
   end)
end)

describe("undo in a catalog without the constraint", function()
   local early = stage.new("catalog-v6")

   local function newer(path, from, to, fields)
      fields = fields or {}
      local hash = fields.hash
      if hash == nil then
         hash = OLD
      end
      early:add{{path, from, to, hash, instance = fields.instance, view_set = fields.view_set, updated = fields.updated}}
      if not fields.updated then
         early:psql(("update lakehouse_partitions set updated = now() where file_path = '%s'"):format(path))
      end
   end

   local function problems()
      local words = {}
      for _, problem in ipairs(assert(lake:undo(id, {dry_run = true})).check.problems) do
         words[#words + 1] = ("%d %s"):format(problem.partitions, problem.why)
      end
      return table.concat(words, ", ")
   end

   before_each(function()
      retire({{"a", 1, 2, OLD}, {"point", 5, 5, OLD}, {"backwards", 7, 6, OLD}, {"none", 8, 9, OLD, instance = false}}, early)
   end)
   teardown(function()
      early:drop()
   end)

   for words, bounds in pairs{["its range"] = {1, 2}, ["its beginning"] = {0, 1.5}, ["its end"] = {1.5, 3}, ["more than it"] = {0, 3},
      ["all time until then"] = {false, 1.5}, ["all time from then"] = {1.5, false}} do
      it("is kept by a newer row of " .. words, function()
         newer("newer", bounds[1], bounds[2])

         assert.are.equal("1 overlapped", problems())
      end)
   end

   it("is kept by a newer row of all time, but for points and what leads backwards", function()
      newer("newer", false, false)

      assert.are.equal("1 overlapped", problems())
   end)

   for words, fields in pairs{["that touches its beginning"] = {0, 1}, ["that touches its end"] = {2, 3}, ["that is a point"] = {1.5, 1.5},
      ["that leads backwards"] = {1.75, 1.25}, ["of another hash"] = {1, 2, hash = "06"}, ["without hash"] = {1, 2, hash = false},
      ["of another instance"] = {1, 2, instance = "x"}, ["without instance"] = {1, 2, instance = false},
      ["of another view set"] = {1, 2, view_set = "measures"}, ["that is as old as it"] = {1, 2, updated = 2},
      ["that has a point of it"] = {4, 6}} do
      it("is not kept by a row " .. words, function()
         newer("newer", fields[1], fields[2], fields)

         assert.are.equal("", problems())
      end)
   end

   it("is kept by newer rows in ranges without begin or end", function()
      retire({{"a", false, 1, OLD}, {"b", 2, false, OLD}}, early)
      newer("newer", -9, -8)
      newer("newest", 8, 9)

      assert.are.equal("2 overlapped", problems())
   end)

   it("is kept by newer rows of the retirement alone that is undone", function()
      local first = id
      id = assert(lake:plan{all = true, verdicts = stage.VERDICTS}).id
      assert(apply())
      newer("newer", 1, 2)
      id = first

      assert.are.equal("1 overlapped", problems())
   end)

   it("restores the others when asked", function()
      newer("newer", 1, 2)

      local done = assert(undo{partial = true})

      assert.are.same({3, 1, "backwards newer none point"}, {done.restored, done.unrestored, early:live()})
   end)
end)

describe("undo after the catalog was upgraded", function()
   local function upgraded(template, sql)
      local old = stage.new(template)
      finally(function()
         old:drop()
      end)
      retire(FOUR, old)
      old:psql(sql)
      return old
   end

   it("gives new columns their defaults", function()
      local old = upgraded("catalog-v4", [[update lakehouse_migration set version = 5;
         alter table lakehouse_partitions add column partition_format_version int not null default 1]])

      assert.are.equal("undone", assert(undo({}, old:open())).state)

      assert.are.equal("1 5", old:value("select min(partition_format_version) || ' ' || count(*) from lakehouse_partitions"))
   end)

   for column, spec in pairs{file_metadata = {1, "bytea not null default '\\x07'"}, num_rows = {2, "bigint not null default 7"},
      partition_format_version = {4, "integer not null default 7"}, sort_order = {6, "text[] not null default '{7}'"},
      max_sort_key_time = {7, "timestamptz not null default '2007-07-07 00:00Z'"}} do
      it("gives a new column its default: " .. column, function()
         local old = upgraded("catalog-v" .. spec[1], ("update lakehouse_migration set version = %d; alter table lakehouse_partitions "
            .. "add column %s %s"):format(spec[1] + 1, column, spec[2]))

         assert.are.equal("undone", assert(undo({}, old:open())).state)

         assert.are.equal("5 1", old:value(("select count(*) || ' ' || count(distinct %s) from lakehouse_partitions"):format(column)))
      end)
   end

   it("gives them their defaults through a lake that was opened before, too", function()
      local old = upgraded("catalog-v6", [[update lakehouse_migration set version = 8;
         alter table lakehouse_partitions add column sort_order text[], add column max_sort_key_time timestamptz]])

      assert.are.equal("undone", assert(undo()).state)

      assert.are.equal("5", old:value("select count(*) from lakehouse_partitions where sort_order is null and max_sort_key_time is null"))
   end)

   it("leaves out columns that are gone", function()
      local old = upgraded("catalog-v3", [[update lakehouse_migration set version = 4;
         alter table lakehouse_partitions drop column file_metadata]])

      assert.are.equal("undone", assert(undo({}, old:open())).state)

      assert.are.same({"a b c new", ""}, {old:live(), old:queued()})
   end)

   it("changes nothing where a new column demands what was not kept", function()
      local old = upgraded("catalog-v2", [[update lakehouse_migration set version = 3;
         alter table lakehouse_partitions add column num_rows bigint; update lakehouse_partitions set num_rows = 0;
         alter table lakehouse_partitions alter column num_rows set not null]])
      local retired = old:fingerprint()

      local done, err = undo({}, old:open())

      assert.is_nil(done)
      assert.are.same({"23502", retired, ""}, {err.sqlstate, old:fingerprint(), old:troubles()})
   end)

   it("gives a column that mm does not know its default", function()
      retire()
      made:psql("alter table lakehouse_partitions add column novelty int default 7")

      local undone = assert(undo({}, made:open()))
      local novelties = made:value("select string_agg(distinct novelty::text, ' ') from lakehouse_partitions")
      made:psql("alter table lakehouse_partitions drop column novelty")

      assert.are.same({"undone", "7", "4"}, {undone.state, novelties, tostring(undone.restored)})
   end)
end)

describe("undo where nothing keeps rows from overlapping", function()
   local BEFORE, AFTER = "2000-01-01 00:00Z", "2200-01-01 00:00Z"
   local old = stage.new("catalog-v6")
   teardown(function()
      old:drop()
   end)

   it("brings back what overlaps, in any number of batches, also when it was stopped", function()
      for _, opts in ipairs{{limit = 1, partial = true}, {limit = 1}, {limit = 1, on_batch = error}} do
         retire({{"a", 0, 2, OLD, updated = BEFORE}, {"b", 1, 3, OLD, updated = BEFORE}, {"c", 0, 3, OLD, updated = BEFORE}}, old)

         pcall(undo, opts)

         assert.are.equal("undone", assert(opts.on_batch == nil and lake:retirement(id) or undo()).state)
         assert.are.equal(before, old:fingerprint())
      end
   end)

   it("brings back what overlaps a row that was there already", function()
      old:set{{"a", 0, 2, OLD}, {"b", 1, 3, OLD, updated = BEFORE}}
      before, lake = old:fingerprint(), old:open()
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS, to = "2026-11-01T00:30Z"}).id
      assert(apply())

      assert.are.equal(1, assert(undo()).restored)

      assert.are.equal(before, old:fingerprint())
   end)

   it("names a row that came later, wherever it begins", function()
      retire({{"a", 5, 6, OLD}}, old)
      old:add{{"late", 0, 10, OLD, updated = AFTER}, {"later", 1, 2, OLD, updated = AFTER}, {"backwards", 9, 5, OLD, updated = AFTER}}
      local retired = old:fingerprint()

      local _, err = undo()

      assert.are.equal("1 overlap a row of the same hash that is there now "
         .. "(such as log_entries/global [2026-11-01 05:00:00+00, 2026-11-01 06:00:00+00])", err.detail)
      assert.are.equal(retired, old:fingerprint())
   end)

   it("names no row that came later where it only runs backwards", function()
      retire({{"a", 5, 6, OLD}}, old)
      old:add{{"backwards", 9, 5.5, OLD, updated = AFTER}, {"point", 5.5, 5.5, OLD, updated = AFTER}}

      assert.are.equal("undone", assert(undo()).state)
   end)
end)

describe("undo beside a writer that read a partition before it was retired", function()
   local one, writer

   -- Statements of mm behind the first insert wait as long as it takes.
   before_each(function()
      retire()
      on("after insert on lakehouse_partitions", "perform set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);")
      writer, one = made:session(), worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')}))")
   end)
   after_each(function()
      writer:close()
      one:close()
      remove_triggers()
      assert.are.equal("", made:troubles())
   end)

   it("waits until that writer has queued the file, and takes that row away too", function()
      writer:run("begin")
      writer:run("insert into temporary_files values ('a', 1000, now() + interval '1 hour')")

      one:send("return lake:undo(..., {reason = 'spec'})", id)
      assert.are.equal("blocked", one:settle())
      writer:run("commit")

      assert_undone(4, one:wait())
   end)

   it("keeps that writer from queuing the file behind its back", function()
      local holder = made:session()
      holder:run("select pg_advisory_lock(99)")
      on("before insert on mmadmin.batch", "perform pg_advisory_xact_lock(99);")
      one:send("return lake:undo(..., {reason = 'spec'})", id)
      assert.are.equal("blocked", one:settle())

      writer:run("begin")
      writer:send("insert into temporary_files values ('a', 1000, now() + interval '1 hour')")
      assert.are.equal("blocked", writer:settle())
      holder:run("select pg_advisory_unlock(99)")
      assert.are.equal("undone", one:wait().state)
      writer:wait()
      writer:run("delete from lakehouse_partitions where file_path = 'a'")
      writer:run("commit")

      assert.are.same({"b c new", "a"}, {made:live(), made:queued()})
      holder:close()
   end)

   it("keeps another undo of the same from its rows", function()
      writer:run("begin")
      writer:run("lock table temporary_files in row exclusive mode")
      one:send("return lake:undo(..., {reason = 'spec'})", id)
      assert.are.equal("blocked", one:settle())

      local batch, err = core.lake_undo_batch(lake, 1, 10, nil, false)

      assert.is_nil(batch)
      assert.are.same({"timeout", "55P03"}, {err.code, err.sqlstate})
      writer:run("commit")
      assert_undone(4, one:wait())
   end)
end)

describe("retiring everything and undoing it leaves identical tables", function()
   -- Every nullable column without a value, infinite times, ranges that are points, rows equal in all columns.
   local ROWS = {
      {"plain", 0, 1, OLD, sort_order = "{a,NULL,\"b \\\\ c\"}", max_sort = 0.25, metadata = "00ff27", version = 1},
      {"current", 0, 1, NEW}, {false, 1, 2, OLD}, {"point", 2, 2, OLD}, {"point2", 2, 2, OLD}, {false, 2, 2, OLD}, {false, 2, 2, OLD},
      {"no instance", 3, 4, OLD, instance = false}, {"no begin", false, 5, OLD, instance = "i1"},
      {"no end", 5, false, OLD, instance = "i2"}, {"no bounds", false, false, OLD, instance = "i3"},
      {"no min", 6, 7, OLD, min = false}, {"no max", 7, 8, OLD, max = false}, {"no updated", 8, 9, OLD, updated = false},
      {"no size", 9, 10, OLD, bytes = false}, {"no count", 10, 11, OLD, events = false}, {"short count", 11, 12, OLD, events = "07"},
      {"forever", "-infinity", "infinity", OLD, instance = "i4", min = "-infinity", max = "infinity", updated = "infinity", max_sort = "-infinity"},
      {"microseconds", "2026-11-02 00:00:00.000001+00", "2026-11-02 00:00:00.999999+00", "0123456789abcdef"},
      {"größe ' \\ 文", 30, 31, OLD, bytes = 4503599627370497}, {"no rows", 31, 32, OLD, rows = 0}, {"", 32, 33, OLD},
      {"unhashed", 33, 34, false}, {"gone", 34, 35, OLD, view_set = "x"}, {"no set", 35, 36, OLD, view_set = false},
   }
   local BACKWARDS = {{"backwards", 41, 40, OLD}, {"overlapped", 50, 52, OLD}, {"overlaps", 51, 53, OLD}}

   for version = 1, 10 do
      it("in a catalog of version " .. version, function()
         local catalog, rows = stage.new("catalog-v" .. version), {}
         finally(function()
            catalog:drop()
         end)
         for _, list in ipairs{ROWS, version < 7 and BACKWARDS or {}} do
            for _, row in ipairs(list) do
               rows[#rows + 1] = row
            end
         end
         retire(rows, catalog)
         assert.are.equal("current,gone,no set,unhashed", catalog:value("select string_agg(file_path, ',' order by file_path) from lakehouse_partitions"))

         assert.are.equal(#rows - 4, assert(undo{limit = 5}).restored)

         assert.are.equal(before, catalog:fingerprint())
      end)
   end

   -- In the first nothing is current under the registry of 0.33.
   for name, known in pairs{["lake-0.27.0"] = "all", ["lake-rolling"] = 2058, ["lake-0.33.0"] = 1190} do
      it("in " .. name, function()
         local real = setmetatable({db = postgres.database(name)}, stage)
         local total = tonumber(real:value("select count(*) from lakehouse_partitions"))
         local outdated = known == "all" and total or known
         local open = assert(mm.open(real.db.conninfo, {registry = assert(mm.registry.read("demo/list_view_sets-0.33.0.json"))}))
         finally(function()
            open:close()
            real.db:drop()
         end)
         assert(open:init())
         before = real:fingerprint()

         local planned = assert(open:plan{all = true, verdicts = stage.VERDICTS})
         assert(open:apply(planned.id, {reason = "spec", overrides = stage.OVERRIDES, limit = 500}))
         assert.are.equal(total - outdated, tonumber(real:value("select count(*) from lakehouse_partitions")))
         assert.are.equal(outdated, assert(open:undo(planned.id, {reason = "spec"})).restored)

         assert.are.equal(before, real:fingerprint())
      end)
   end
end)
