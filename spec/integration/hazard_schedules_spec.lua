-- mm's apply and undo against upstream's transactions and against themselves, step by step in every order: after each
-- schedule all invariants hold, and what must be live is live. The transactions are the product's own statements.
local core = require("mm.core")
local interleave = require("spec.support.interleave")
local invariants = require("spec.support.invariants")
local session = require("spec.support.session")
local snapshot = require("spec.support.snapshot")
local stage = require("spec.support.stage")
local steps = require("spec.support.steps")
local upstream = require("spec.support.upstream")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local QUEUED_BEFORE = [[insert into temporary_files values
   ('expired', 1, now() - interval '2 hours'), ('later', 1, now() + interval '1 hour');]]
local ON_TIME, A_MONTH_AHEAD = "now()", "now() + interval '30 days'"

local function at(time)
   return "2026-01-01 " .. time
end

-- Planned are a, b, the empty one and the two equal ones of instance p.
local ROWS = {
   {"a", at"10:00", at"11:00", OLD}, {"c", at"10:00", at"11:00", NEW, events = 40, rows = 4},
   {"b", at"11:00", at"12:00", OLD}, {false, at"12:00", at"13:00", OLD}, {"u", at"13:00", at"14:00", false},
   {false, at"10:30", at"10:30", OLD, instance = "p"}, {false, at"10:30", at"10:30", OLD, instance = "p"},
   {"d", at"10:30", at"10:30", NEW, instance = "p"},
}
local PLANNED = 5

-- The same of a view set that an operator may drop: planned are a, b, and the empty one.
local STATS, OLD_STATS, NEW_STATS = "log_stats", "d1f5ee4d4c14d71a", "4a9bf1a76cf1203f"
local ROWS_OF_STATS = {
   {"a", at"10:00", at"11:00", OLD_STATS, view_set = STATS},
   {"c", at"10:00", at"11:00", NEW_STATS, view_set = STATS, events = 40, rows = 4},
   {"b", at"11:00", at"12:00", OLD_STATS, view_set = STATS}, {false, at"12:00", at"13:00", OLD_STATS, view_set = STATS},
   {"d", at"10:30", at"10:30", NEW, instance = "p"},
}
local DEFINED_AGAIN = [[insert into lakehouse_view_set_definitions select * from saved.definition
   on conflict do nothing]]
-- The files of live partitions; of each retirement its state, and how far it and its undo have come.
local END = [[
   select (select string_agg(file_path, ' ' order by file_path) from lakehouse_partitions) || ': '
          || string_agg(format('%s %s %s', state, next_seq, undo_seq), ', ' order by retirement)
     from mmadmin.retirement]]
local OVERLAP = "lakehouse_partitions_no_overlap"

local lakes, schedules = {}, 0

-- All steps of a transaction in one text; its last one is the commit.
local function text_of(transaction)
   local list = {}
   for i = 1, #transaction - 1 do
      list[i] = session.without_end(transaction[i].sql) .. ";\n"
   end
   return table.concat(list) .. "commit;\n"
end

-- What is done with plans of the same rows, by fixture.
local FIXTURES = {
   planned = function()
      return ""
   end,
   begun = function(mm)
      return text_of(mm:begin(1, "spec"))
   end,
   -- Where each planned row was, there is another one that was planned and is not equal.
   moved = function(mm)
      return text_of(mm:begin(1, "spec")) .. [[update mmadmin.item i set row_ctid = o.row_ctid from mmadmin.item o
         where o.seq = (i.seq + 1) % (select count(*) from mmadmin.item) + 1;]]
   end,
   -- Whoever reads the table meets its rows in another order than apply does.
   backwards = function(mm)
      return text_of(mm:begin(1, "spec"))
   end,
   applied = function(mm)
      return text_of(mm:begin(1, "spec")) .. text_of(mm:apply_batch(1, 10))
   end,
   paused = function(mm)
      return text_of(mm:begin(1, "spec")) .. text_of(mm:pause(1))
   end,
   planned_twice = function()
      return ""
   end,
   begun_twice = function(mm)
      return text_of(mm:begin(1, "spec")) .. text_of(mm:begin(2, "spec"))
   end,
   applied_of_two = function(mm)
      return text_of(mm:begin(1, "spec")) .. text_of(mm:apply_batch(1, 10)) .. text_of(mm:begin(2, "spec"))
   end,
}
local PLANS = {begun_twice = 2, applied_of_two = 2, planned_twice = 2}
local UNPROVEN = 2 -- of the planned ones, and the budget of each plan

-- A lake whose retirements stand as the fixture's name says, mm's transactions for it, and a runner.
local function new_lake(name, view_set)
   local made = stage.new("catalog-v10")
   made:set(view_set == STATS and ROWS_OF_STATS or ROWS, QUEUED_BEFORE)
   for _ = 1, PLANS[name] or 1 do
      local plan = assert(made:open():plan{view_set = view_set, verdicts = {"short", "only_copy", "empty"},
         budget = UNPROVEN})
      assert.are.equal(view_set == STATS and 3 or PLANNED, plan.partitions)
   end
   made:close()
   invariants.watch(made.db, {log_entries = NEW, [STATS] = NEW_STATS})
   local mm = steps.new(made.db)
   made:psql("set application_name = 'mm';" .. FIXTURES[name](mm))
   snapshot.take(made.db)
   made:psql(name == "backwards" and "update saved.partition set n = -n" or "")
   made:psql("create table saved.definition as select * from lakehouse_view_set_definitions")
   return {made = made, mm = mm, runner = interleave.new(made.db)}
end

local function lake(name, view_set)
   view_set = view_set or "log_entries"
   local key = name .. " " .. view_set
   lakes[key] = lakes[key] or new_lake(name, view_set)
   return lakes[key]
end

-- Parties. Steps that only one of them can notice are joined.

local function apply(on, opts)
   opts = opts or {}
   local transactions = {}
   for i = 1, opts.batches or 1 do
      transactions[i] = interleave.joined(on.mm:apply_batch(opts.of or 1, opts.limit or 10),
         opts.at or {"retire_batch", "retire_moved", "commit"})
   end
   return {name = opts.name or "mm apply", gives_way = true, transactions = transactions}
end

local function undo(on, opts)
   opts = opts or {}
   return {name = opts.name or "mm undo", gives_way = true, transactions = {
      interleave.joined(on.mm:undo_begin(opts.of or 1, "spec"), {"commit"}),
      interleave.joined(on.mm:undo_batch(opts.of or 1, 10, opts.partial),
         opts.at or {"undo_restore", "undo_dequeue", "commit"})}}
end

-- One operator after the other, the same person perhaps.
local function apply_and_undo(on)
   local first, second = apply(on, {at = {"commit"}}), undo(on)
   table.insert(second.transactions, 1, first.transactions[1])
   return second
end

local function writer(row, moments)
   return {name = "writer", transactions = {interleave.joined(upstream.writer(row),
      moments or {"select", "queue", "delete", "insert", "commit"})}}
end

local function other(name, transaction, moments)
   return {name = name, transactions = {interleave.joined(transaction, moments)}}
end

local function drop_view()
   return other("drop view", upstream.drop_view(STATS), {"range", "select", "queue", "delete", "commit"})
end

-- Of the hour of a and c.
local function hold(on)
   return other("mm hold", on.mm:hold{"log_entries", "global", at"10:00", at"11:00"},
      {"hold_add", "retire_lock", "hold_wait", "audit_hold", "commit"})
end

local UPDATE = other("update", {
   {name = "begin", sql = "begin"},
   {name = "update", sql = "update lakehouse_partitions set updated = updated + interval '1 day' where file_path = 'a'"},
   {name = "commit", sql = "commit"},
}, {"update", "commit"})

local function hour(hash, from, to)
   return {from = at(from or "10:00"), to = at(to or "11:00"), hash = hash, path = "new"}
end

local function is_one_of(list, value)
   for _, each in ipairs(list) do
      if each == value then
         return true
      end
   end
   return false
end

-- What is wrong at the end of a schedule: it is none of `ends`, a party failed but for the reason (a pattern) that
-- `may_fail` has for it, an invariant does not hold.
local function troubles(eye, ended, ends)
   local found, wrong = eye:value(END), invariants.broken(eye)
   if not is_one_of(ends, found) then
      wrong[#wrong + 1] = "the end is " .. found
   end
   for name, each in pairs(ended) do
      if each.failed and not each.failed:find((ends.may_fail or {})[name] or "^$") then
         wrong[#wrong + 1] = ("%s failed: %s"):format(name, each.failed)
      end
   end
   return table.concat(wrong, "\n")
end

local function explore(on, parties, ends)
   schedules = schedules + on.runner:all{
      parties = parties,
      restart = function(eye)
         snapshot.restore(eye)
         return ends.prepare and eye:psql(ends.prepare)
      end,
      check = function(eye, ended)
         local wrong = troubles(eye, ended, ends)
         assert(wrong == "", wrong)
      end,
   }
end

-- The statements that a function of the core's C source names, in their order; what ends a change of state is named in
-- the function that makes all of these.
local function named_in(source, name)
   local body = source:match("\nmm_code " .. name .. "%(.-\n}\n")
   if body:find("change_state(", 1, true) then
      body = body .. source:match("\nstatic mm_code change_state%(.-\n}\n")
   end
   local list = {}
   for word in body:gmatch('"([%l_]+)"') do
      list[#list + 1] = core.statement(word, " ") and word or nil
   end
   return list
end

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

describe("the statements that are stepped", function()
   for name, statements in pairs(steps.STATEMENTS) do
      it("are those that " .. name .. " runs", function()
         local file = name:find("^mm_lake") and "lake_state" or "retirement"
         assert.are.same(named_in(read(("src/core/%s.c"):format(file)), name), statements)
      end)
   end

   it("begin as the core begins", function()
      assert.is_truthy(read("src/core/db.c"):find('"' .. steps.BEGIN .. '"', 1, true))
   end)
end)

-- What is stepped are texts, through psql: once is enough.
if (os.getenv("SPEC_LUA") or "lua5.4") ~= "lua5.4" then
   return
end

describe("in every order", function()
   local counted

   before_each(function()
      counted = schedules
   end)
   after_each(function()
      print(("%6d schedules"):format(schedules - counted))
   end)
   teardown(function()
      for _, each in pairs(lakes) do
         each.runner:close()
         each.made:drop()
      end
      print(("%6d schedules in all"):format(schedules))
   end)

   describe("apply and", function()
      it("a writer of the same hash that replaces a planned row", function()
         local on = lake("begun")
         explore(on, {apply(on), writer(hour(OLD))}, {"d new u: applied 6 1"})
      end)

      it("a writer of the current hash that replaces a planned row", function()
         local on = lake("begun")
         explore(on, {apply(on), writer(hour(NEW))}, {"d new u: applied 6 1"})
      end)

      it("a writer of the same hash, when the planned rows have moved", function()
         local on = lake("moved")
         explore(on, {apply(on), writer(hour(OLD))}, {"d new u: applied 6 1"})
      end)

      it("a writer of the current hash, when the planned rows have moved", function()
         local on = lake("moved")
         explore(on, {apply(on), writer(hour(NEW))}, {"d new u: applied 6 1"})
      end)

      it("a merge of a wider range", function()
         local on = lake("begun")
         explore(on, {apply(on), writer(hour(NEW, "10:00", "13:00"))}, {"d new u: applied 6 1"})
      end)

      it("an old writer's merge of a wider range", function()
         local on = lake("begun")
         explore(on, {apply(on), writer(hour(OLD, "10:00", "13:00"))}, {"d new u: applied 6 1"})
      end)

      it("a writer that replaces whatever its range meets", function()
         local on = lake("begun")
         local row = hour(OLD, "10:30", "11:30")
         row.overlaps = true
         explore(on, {apply(on), writer(row)}, {"d new u: applied 6 1"})
      end)

      it("a writer of the same point in time", function()
         local on = lake("begun")
         local row = hour(NEW, "10:30", "10:30")
         row.instance = "p"
         explore(on, {apply(on), writer(row)}, {"c new u: applied 6 1"})
      end)

      it("upstream's function that retires a range", function()
         local on = lake("begun")
         local transaction = upstream.retire_partitions(hour(OLD, "10:00", "11:00"))
         explore(on, {apply(on), other("retire_partitions", transaction, {"select", "queue", "delete", "commit"})},
            {"d u: applied 6 1"})
      end)

      it("upstream's function that retires by range and hash", function()
         local on = lake("begun")
         local transaction = upstream.retire_by_metadata(hour(OLD))
         explore(on, {apply(on), other("by_metadata", transaction, {"select", "queue", "delete", "commit"})},
            {"c d u: applied 6 1", may_fail = {by_metadata = "^ERROR: Partition not found"}})
      end)

      it("upstream's function of 0.29 that retires by range alone", function()
         local on = lake("begun")
         local row = hour(OLD)
         row.is_old = true
         local transaction = upstream.retire_by_metadata(row)
         explore(on, {apply(on), other("by_metadata", transaction, {"select", "queue", "delete", "commit"})},
            {"d u: applied 6 1"})
      end)

      it("the expiry of partitions", function()
         local on = lake("begun")
         local transaction = upstream.expiry(at"11:30")
         explore(on, {apply(on), other("expiry", transaction, {"delete", "queue", "commit"})}, {"u: applied 6 1"})
      end)

      it("the expiry of partitions, when the planned rows have moved", function()
         local on = lake("moved")
         local transaction = upstream.expiry(at"11:30")
         explore(on, {apply(on), other("expiry", transaction, {"delete", "queue", "commit"})}, {"u: applied 6 1"})
      end)

      it("upstream's DROP MATERIALIZED VIEW", function()
         local on = lake("begun", STATS)
         explore(on, {apply(on), drop_view()}, {"d: applied 4 1", prepare = DEFINED_AGAIN})
      end)

      it("the daemon's purge of files", function()
         local on = lake("begun")
         local transaction = upstream.purge(ON_TIME)
         explore(on, {apply(on), other("purge", transaction, {"delete", "objects", "commit"})},
            {"c d u: applied 6 1"})
         assert.are.equal("a b later", on.made:queued())
      end)

      it("the purge of a daemon whose clock is a month ahead", function()
         local on = lake("begun")
         local transaction = upstream.purge(A_MONTH_AHEAD)
         explore(on, {apply(on), other("purge", transaction, {"delete", "objects", "commit"})},
            {"c d u: applied 6 1"})
      end)

      it("another operator's apply", function()
         local on = lake("begun")
         explore(on, {apply(on, {limit = 3, at = {"retire_claim", "retire_batch", "commit"}}),
            apply(on, {limit = 3, at = {"retire_claim", "retire_batch", "commit"}, name = "mm apply 2"})},
            {"c d u: applied 6 1"})
      end)

      it("another operator's apply, when both have two batches to do", function()
         local on = lake("moved")
         explore(on, {apply(on, {limit = 3, batches = 2, at = {"retire_batch", "commit"}}),
            apply(on, {limit = 3, batches = 2, at = {"retire_batch", "commit"}, name = "mm apply 2"})},
            {"c d u: applied 6 1"})
      end)

      it("another operator's apply of a plan of the same rows", function()
         local on = lake("begun_twice")
         explore(on, {apply(on, {at = {"retire_batch", "commit"}}),
            apply(on, {of = 2, at = {"retire_batch", "retire_moved", "commit"}, name = "mm apply 2"})},
            {"c d u: applied 6 1, applied 6 1"})
      end)

      it("the undo of an older retirement of the same rows", function()
         local on = lake("applied_of_two")
         explore(on, {apply(on, {of = 2, at = {"retire_batch", "retire_moved", "commit"}}), undo(on)},
            {"a b c d u: undone 6 6, applied 6 1", "c d u: undone 6 6, applied 6 1"})
      end)

      it("a pause", function()
         local on = lake("begun")
         explore(on, {apply(on, {limit = 3, batches = 2, at = {"retire_claim", "commit"}}),
            other("mm pause", on.mm:pause(1), {"retire_state", "commit"})},
            {"a b c d u: paused 1 1", "b c d u: paused 4 1", "c d u: paused 4 1", "c d u: applied 6 1"})
      end)

      it("its beginning by another operator", function()
         local on = lake("planned")
         local first, second = apply(on, {at = {"commit"}}), apply(on, {at = {"commit"}, name = "mm apply 2"})
         for _, each in ipairs{first, second} do
            table.insert(each.transactions, 1, interleave.joined(on.mm:begin(1, "spec"), {"retire_digest", "commit"}))
         end
         explore(on, {first, second},
            {"c d u: applied 6 1", may_fail = {["mm apply"] = "no plan", ["mm apply 2"] = "no plan"}})
      end)

      it("a hold", function()
         local on = lake("begun")
         explore(on, {apply(on), hold(on)}, {"c d u: applied 6 1", "a c d u: applied 6 1"})
      end)

      it("a hold, when the planned rows have moved", function()
         local on = lake("moved")
         explore(on, {apply(on), hold(on)}, {"c d u: applied 6 1", "a c d u: applied 6 1"})
      end)

      it("a hold, when two batches are to do", function()
         local on = lake("begun")
         explore(on, {apply(on, {limit = 3, batches = 2, at = {"retire_batch", "commit"}}), hold(on)},
            {"c d u: applied 6 1", "a c d u: applied 6 1"})
      end)

      it("its beginning, and a hold", function()
         local on = lake("planned")
         local both = apply(on, {at = {"retire_batch", "commit"}})
         table.insert(both.transactions, 1, interleave.joined(on.mm:begin(1, "spec", {"holds"}),
            {"retire_lock", "guard_holds", "commit"}))
         explore(on, {both, hold(on)}, {"c d u: applied 6 1", "a c d u: applied 6 1", "a b c d u: planned 1 1",
            may_fail = {["mm apply"] = "^refused: held"}})
      end)

      it("its going on after a pause, and a hold", function()
         local on = lake("paused")
         local both = apply(on, {at = {"retire_batch", "commit"}})
         table.insert(both.transactions, 1, interleave.joined(on.mm:resume(1), {"retire_state", "commit"}))
         explore(on, {both, hold(on)}, {"c d u: applied 6 1", "a c d u: applied 6 1"})
      end)

      it("an update of a planned row in place", function()
         local on = lake("begun")
         explore(on, {apply(on), UPDATE}, {"a c d u: applied 6 1", "c d u: applied 6 1"})
      end)

      it("an update of a planned row in place, when the planned rows have moved", function()
         local on = lake("moved")
         explore(on, {apply(on), UPDATE}, {"a c d u: applied 6 1", "c d u: applied 6 1"})
      end)

      it("an undo", function()
         local on = lake("begun")
         explore(on, {apply(on, {limit = 3, batches = 2, at = {"retire_batch", "commit"}}), undo(on)},
            {"a b c d u: undoing 1 1", "a b c d u: undone 4 4", "a b c d u: undone 6 6"})
      end)
   end)

   it("the beginning of two retirements that together exceed the budget", function()
      local on = lake("planned_twice")
      local parties = {}
      for i = 1, 2 do
         parties[i] = {name = "mm begin " .. i, gives_way = true, transactions = {interleave.joined(
            on.mm:begin(i, "spec", {"budget"}), {"retire_lock", "retire_begin", "guard_budget", "commit"})}}
      end
      explore(on, parties, {"a b c d u: applying 1 1, planned 1 1", "a b c d u: planned 1 1, applying 1 1",
         may_fail = {["mm begin 1"] = "^refused: over_budget", ["mm begin 2"] = "^refused: over_budget"}})
   end)

   it("apply, a merge of a wider range, and a function that retires by range and hash and fails", function()
      local on = lake("backwards")
      local row = hour(OLD, "11:00", "12:00")
      row.is_spoilt = true
      explore(on, {apply(on, {at = {"retire_batch", "commit"}}),
         writer(hour(NEW, "10:00", "13:00"), {"delete", "commit"}),
         other("by_metadata", upstream.retire_by_metadata(row), {"delete", "commit"})},
         {"d new u: applied 6 1", may_fail = {by_metadata = "^ERROR: Partition not found"}})
   end)

   describe("undo and", function()
      local NOT_IN_QUEUE = {["mm undo"] = "files lost"}

      it("the daemon's purge of files", function()
         local on = lake("applied")
         local transaction = upstream.purge(ON_TIME)
         explore(on, {undo(on), other("purge", transaction, {"delete", "objects", "commit"})},
            {"a b c d u: undone 6 6"})
      end)

      it("the purge of a daemon whose clock is a month ahead", function()
         local on = lake("applied")
         local transaction = upstream.purge(A_MONTH_AHEAD)
         explore(on, {undo(on), other("purge", transaction, {"delete", "objects", "commit"})},
            {"a b c d u: undone 6 6", "c d u: undoing 6 1", may_fail = NOT_IN_QUEUE})
      end)

      it("a purge that deletes files whose time is over and fails", function()
         local on = lake("applied")
         local transaction = upstream.purge(ON_TIME, "rollback")
         explore(on, {undo(on), other("purge", transaction, {"delete", "objects", "commit"})},
            {"c d u: undoing 6 1", may_fail = NOT_IN_QUEUE,
             prepare = "update temporary_files set expiration = now() - interval '1 second' where file_path = 'a'"})
      end)

      it("a purge that takes a file that was queued twice, an undo that leaves out what is lost", function()
         local on = lake("applied")
         local transaction = upstream.purge(ON_TIME)
         explore(on, {undo(on, {partial = true, at = {"undo_leave_out", "undo_dequeue", "commit"}}),
            other("purge", transaction, {"delete", "objects", "commit"})},
            {"b c d u: undone 6 6", "c d u: undoing 6 1", may_fail = NOT_IN_QUEUE,
             prepare = "insert into temporary_files values ('a', 1000, now() - interval '1 second')"})
      end)

      it("a writer of an overlapping row of the same hash", function()
         local on = lake("applied")
         explore(on, {undo(on), writer(hour(OLD, "10:00", "11:00"))},
            {"a b c d u: undone 6 6", "b d new u: undone 6 6", "d new u: undoing 6 1",
             may_fail = {["mm undo"] = OVERLAP, writer = OVERLAP}})
      end)

      it("a writer of the current hash", function()
         local on = lake("applied")
         explore(on, {undo(on), writer(hour(NEW), {"select", "queue", "delete", "commit"})},
            {"a b d new u: undone 6 6", "b d new u: undone 6 6"})
      end)

      it("the expiry of partitions", function()
         local on = lake("applied")
         local transaction = upstream.expiry(at"11:30")
         explore(on, {undo(on), other("expiry", transaction, {"delete", "queue", "commit"})},
            {"a b u: undone 6 6", "b u: undone 6 6"})
      end)

      -- What comes back after it has looked is left, of no view set, or deleted without its file (H1).
      it("upstream's DROP MATERIALIZED VIEW", function()
         local on = lake("applied", STATS)
         explore(on, {undo(on), drop_view()}, {"d: undone 4 4", "b d: undone 4 4", "a b d: undone 4 4",
            prepare = DEFINED_AGAIN})
      end)

      it("another operator's undo", function()
         local on = lake("applied")
         explore(on, {undo(on), undo(on, {name = "mm undo 2"})}, {"a b c d u: undone 6 6"})
      end)
   end)

   describe("apply with its undo and", function()
      it("a writer of the same hash", function()
         local on = lake("begun")
         explore(on, {apply_and_undo(on), writer(hour(OLD), {"select", "delete", "insert", "commit"})},
            {"a b c d u: undone 6 6", "b d new u: undone 6 6", "d new u: undoing 6 1",
             may_fail = {["mm undo"] = OVERLAP, writer = OVERLAP}})
      end)

      it("a writer of the current hash", function()
         local on = lake("begun")
         explore(on, {apply_and_undo(on), writer(hour(NEW), {"select", "queue", "delete", "commit"})},
            {"a b d new u: undone 6 6", "b d new u: undone 6 6"})
      end)

      it("an undo by somebody else and a writer", function()
         local on = lake("begun")
         explore(on, {apply(on, {at = {"commit"}}), undo(on, {at = {"undo_dequeue", "commit"}}),
            writer(hour(NEW), {"select", "delete", "commit"})},
            {"b d new u: undoing 1 1", "a b d new u: undone 6 6", "b d new u: undone 6 6"})
      end)
   end)
end)
