-- Holds: what they cover to the microsecond, that no plan and no batch takes it, and that hold waits for whoever did not
-- see it.
local core = require("mm.core")
local coprocess = require("spec.support.coprocess")
local guarded = require("spec.support.guarded")
local interleave = require("spec.support.interleave")
local mm = require("mm")
local stage = require("spec.support.stage")
local steps = require("spec.support.steps")
local worker = require("spec.support.worker")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local HOUR = {view_set = "log_entries", from = "2026-11-01T01:00Z", to = "2026-11-01T02:00Z", reason = "incident"}
local lake, id
local on = guarded.new(function()
   return lake, id
end)
local made = on.made
local names, finding, state, whats, mmlua = on.names, on.finding, on.state, on.whats, on.mmlua

-- Planned are four, b under HOUR.
local FOUR = {
   {"a", 0, 1, OLD, updated = "2026-01-01"}, {"b", 1, 2, OLD, updated = "2026-01-01"},
   {"c", 2, 3, OLD, updated = "2026-01-01"}, {"d", 3, 4, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW},
}

local function set(...)
   lake, id = on.set(...)
end

local function apply(opts, by)
   opts = opts or {}
   opts.reason = "spec"
   return (by or lake):apply(id, opts)
end

local function outcomes()
   local list = {}
   for item in assert(lake:items(id)) do
      list[#list + 1] = item.outcome
   end
   return table.concat(list, " ")
end

local function assert_failed(code, message, result, err)
   assert.is_nil(result)
   assert.are.same({code, message}, {err.code, tostring(err)})
   return err
end

-- Does something after the batch of that number.
local function after_batch(number, call)
   local count = 0
   return function(batch)
      count = count + 1
      return count == number and call(batch)
   end
end

teardown(function()
   made:drop()
end)

describe("a hold", function()
   before_each(function()
      set(FOUR)
   end)

   it("is made, listed, released and kept", function()
      local hold = assert(lake:hold(HOUR))

      assert.are.same({1, "log_entries", nil, "2026-11-01T01:00:00.000000Z", "2026-11-01T02:00:00.000000Z", "incident",
         "postgres", nil}, {hold.hold, hold.view_set_name, hold.view_instance_id, hold.begin_insert_time,
         hold.end_insert_time, hold.reason, hold.held_by, hold.released_at})
      assert.are.same({hold}, assert(lake:holds()))

      local released = assert(lake:release(hold.hold, {reason = "closed"}))

      assert.are.same({"closed", "postgres"}, {released.release_reason, released.released_by})
      assert.are.same({{}, {released}}, {assert(lake:holds()), assert(lake:holds{all = true})})
      assert.are.equal("planned held released", whats())
   end)

   it("is in the audit with what it covers, and why", function()
      assert(lake:hold(HOUR))
      assert(lake:release(1, {reason = "closed"}))

      local format = [[select concat_ws(' ', body::json ->> 'why', body::json -> 'detail') from mmadmin.audit where what = '%s']]
      local detail = '{"hold":1,"view_set":"log_entries","from":"2026-11-01T01:00:00+00:00","to":"2026-11-01T02:00:00+00:00"}'
      assert.are.equal("incident " .. detail, made:value(format:format("held")))
      assert.are.equal("closed " .. detail, made:value(format:format("released")))
   end)

   it("may be of one instance, of every view set, and without end", function()
      assert(lake:hold{view_set = "log_entries", view_instance = "p", reason = "x"})
      assert(lake:hold{all = true, from = "-infinity", to = "infinity", reason = "y"})
      assert(lake:hold{all = true, view_instance = "p", reason = "z"})

      assert.are.same({{"log_entries", "p", false, false}, {false, false, "-infinity", "infinity"},
         {false, "p", false, false}}, made:rows("select view_set_name, view_instance_id, begin_insert_time, "
         .. "end_insert_time from mmadmin.hold order by hold"))
   end)

   it("is not made of what says nothing", function()
      for message, opts in pairs{
         ["a hold needs a reason that says something"] = {view_set = "log_entries", reason = " \t"},
         ["a hold needs a view set that says something"] = {view_set = "", reason = "x"},
         ["a hold needs a view instance that says something"] = {view_set = "log_entries", view_instance = " ", reason = "x"},
         ["the range of the hold is empty: it begins at 2026-11-01T01:00:00.000000Z and ends at 2026-11-01T01:00:00.000000Z"]
            = {all = true, from = "2026-11-01T01:00Z", to = "2026-11-01T02:00+01:00", reason = "x"},
         ["the range of the hold is empty: it begins at infinity and ends at 2026-11-01T00:00:00.000000Z"]
            = {all = true, from = "infinity", to = "2026-11-01", reason = "x"},
         ["'yesterday' is not a time"] = {all = true, from = "yesterday", reason = "x"},
         ["'2026-11-01T00:00' is not a time"] = {all = true, to = "2026-11-01T00:00", reason = "x"},
      } do
         assert_failed("invalid", message, lake:hold(opts))
      end
      assert.are.equal("planned", whats())
   end)

   it("is not made of a view set that nobody knows", function()
      local err = assert_failed("not_found", "no view set is called 'log_entires'; did you mean 'log_entries'?",
         lake:hold{view_set = "log_entires", reason = "x"})

      assert.are.equal("mmlua view-sets lists them", err.hint)
      assert.are.equal("0", made:value("select count(*) from mmadmin.hold"))
   end)

   it("is made of a view set that only partitions know, also without a registry", function()
      made:add{{"x", 0, 1, "05", view_set = "x_gone"}}
      local by = assert(mm.open(made.db.conninfo))
      finally(function()
         by:close()
      end)

      assert.are.equal("x_gone", assert(by:hold{view_set = "x_gone", reason = "x"}).view_set_name)
   end)

   it("needs a view set or all", function()
      for _, opts in ipairs{{reason = "x"}, {reason = "x", view_set = "blocks", all = true}} do
         assert.are.same({false, "lake:hold: give view_set, or all = true for every view set"}, {pcall(lake.hold, lake, opts)})
      end
   end)

   it("is released once, with a reason", function()
      assert(lake:hold(HOUR))
      assert_failed("invalid", "a hold needs a reason for its release that says something", lake:release(1, {reason = ""}))
      assert_failed("not_found", "there is no hold 2 that could be released", lake:release(2, {reason = "x"}))
      assert(lake:release(1, {reason = "x"}))

      assert_failed("not_found", "there is no hold 1 that could be released", lake:release(1, {reason = "again"}))

      assert.are.same({"x", "planned held released"}, {made:value("select release_reason from mmadmin.hold"), whats()})
   end)

   it("is not made by who may only look", function()
      local viewer = made.db:role()
      made:psql(assert(lake:init_sql{name = "x", viewer = viewer.user}))
      local by = made:open{conninfo = viewer.conninfo, registry = assert(mm.registry.release("0.33"))}

      assert.are.equal("rights", select(2, by:hold(HOUR)).code)
      assert.are.same({}, assert(by:holds()))
   end)
end)

describe("what a hold covers", function()
   -- Paths of partitions, each with the hours at which it begins and ends.
   local PARTITIONS = {
      {"g12", 1, 2}, {"p12", 1, 2, instance = "p"}, {"g22", 2, 2}, {"p22", 2, 2, instance = "p"}, {"m12", 1, 2, view_set = "measures"},
      {"open", 1, false}, {"never", false, false}, {"nobody", 1, 2, instance = false}, {"nothing", 1, 2, view_set = false},
      {"early", "-infinity", 0},
   }

   setup(function()
      local rows = {}
      for i, row in ipairs(PARTITIONS) do
         -- Each of another hash, as those of one must not overlap.
         rows[i] = {row[1], row[2], row[3], ("%02x"):format(i), instance = row.instance, view_set = row.view_set}
      end
      made:set(rows)
   end)

   -- The paths of those under a hold, by the text that plans and batches use.
   local function under(hold)
      local text = assert(core.statement("held", steps.new(made.db).features))
      return made:value(([[begin; insert into mmadmin.hold (view_set_name, view_instance_id, begin_insert_time, end_insert_time,
         reason) values (%s, 'x'); select coalesce(string_agg(file_path, ' ' order by file_path), '')
         from lakehouse_partitions b where %s; rollback]]):format(hold, text))
   end

   local function hours(from, to)
      local time = "timestamptz '2026-11-01 00:00+00' + interval '%s'"
      return ("null, null, %s, %s"):format(from and time:format(from) or "null", to and time:format(to) or "null")
   end

   for _, case in ipairs{
      {"everything", "null, null, null, null", "early g12 g22 m12 never nobody nothing open p12 p22"},
      {"a view set, and rows of none", "'measures', null, null, null", "m12 nothing"},
      {"an instance, and rows of none", "null, 'p', null, null", "nobody p12 p22"},
      {"an instance of a view set", "'log_entries', 'p', null, null", "nobody p12 p22"},
      {"the hour before: nothing that begins with its end", hours("0 h", "1 h"), "never"},
      {"the hour before and a microsecond", hours("0 h", "1 h 1 us"), "g12 m12 never nobody nothing open p12"},
      {"the hour after: of global only the point", hours("2 h", "3 h"), "g22 never nobody open p12 p22"},
      {"the hour after and a microsecond", hours("1 h 59 m 59.999999 s", "3 h"),
         "g12 g22 m12 never nobody nothing open p12 p22"},
      {"later", hours("2 h 1 us", "3 h"), "never open"},
      {"the hour", hours("1 h", "2 h"), "g12 m12 never nobody nothing open p12"},
      {"within", hours("1 h 30 m", "1 h 31 m"), "g12 m12 never nobody nothing open p12"},
      {"from then on", hours("2 h"), "g22 never nobody open p12 p22"},
      {"until then", hours(nil, "1 h"), "early never"},
   } do
      it(case[1], function()
         assert.are.equal(case[3], under(case[2]))
      end)
   end
end)

describe("a plan", function()
   before_each(function()
      set(FOUR)
      assert(lake:hold(HOUR))
   end)

   it("leaves out what is held", function()
      local plan = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS})

      assert.are.equal(3, plan.partitions)
      assert.are.equal("a c d", made:value("select string_agg(file_path, ' ' order by file_path) from mmadmin.item where retirement = 2"))
   end)

   it("says of a dry run what is left because it is held", function()
      local plan = assert(lake:plan{view_set = "log_entries", verdicts = {"only_copy"}, dry_run = true})

      local left = {}
      for _, row in ipairs(plan.summary) do
         left[row.why_left or row.is_selected] = (left[row.why_left or row.is_selected] or 0) + row.partitions
      end
      assert.are.same({held = 1, [true] = 2, [false] = 1}, left)
   end)

   it("of a range leaves it out too, current ones as well", function()
      made:add{{"current", 1, 2, NEW}}

      local plan = assert(lake:plan_range{view_set = "log_entries", view_instance = "global", from = "2026-11-01",
         to = "2026-11-02", include_current = true})

      assert.are.equal(4, plan.partitions)
   end)

   it("takes it again when the hold is released", function()
      assert(lake:release(1, {reason = "closed"}))

      assert.are.equal(4, assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).partitions)
   end)

   it("made before the hold is refused while it is in force", function()
      assert.are.same({"hold 1 (incident) covers 1 partition of it, such as log_entries/global of 2026-11-01 01:00:00",
         "when the hold is released (mmlua hold release 1), or with a new plan, which leaves them out"},
         {finding("holds").message, finding("holds").passes})
      assert.matches("^postgres asked on 20%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d UTC that mm does not retire them$",
         finding("holds").why)
      local _, err = apply()
      assert.are.same({"refused", "holds"}, {err.code, err.guard})
      assert.are.equal("a b c d new", made:live())

      assert(lake:release(1, {reason = "closed"}))

      assert.are.equal(4, assert(apply()).retired)
   end)

   it("is refused with the first of what is covered, and its bytes, of unknown sizes too", function()
      assert(lake:hold{view_set = "log_entries", reason = "all"})
      made:psql("update mmadmin.item set file_size = null")

      local row = finding("holds").rows[2]

      assert.are.same({2, 4, 0, "log_entries/global of 2026-11-01 00:00:00"}, {row.number, row.partitions, row.bytes, row.example})
   end)

   it("is not refused for a hold that touches nothing of it", function()
      assert(lake:release(1, {reason = "closed"}))
      made:add{{"m", 0, 1, "05", view_set = "measures", updated = "2025-01-01"}}
      assert(lake:plan{view_set = "measures", verdicts = stage.VERDICTS})
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
      for _, opts in ipairs{{view_set = "measures"}, {view_set = "log_entries", view_instance = "p"},
         {all = true, from = "2026-11-01T04:00Z"}, {all = true, to = "2026-11-01T00:00Z"}} do
         opts.reason = "elsewhere"
         assert(lake:hold(opts))
      end

      assert.are.equal("", names())
   end)

   it("is not made, and no batch runs, by a role that may not see the holds", function()
      assert(lake:release(1, {reason = "closed"}))
      pcall(apply, {limit = 1, on_batch = error})
      assert(lake:hold(HOUR))
      local role = made.db:role("usage on schema mmadmin, public", "all on all tables in schema mmadmin, public")
      made:psql("revoke all on mmadmin.hold from " .. role.user)
      local by = made:open{conninfo = role.conninfo, registry = assert(mm.registry.release("0.33"))}

      for _, result in ipairs{{by:plan{view_set = "log_entries", verdicts = stage.VERDICTS}}, {by:apply_batch(id)},
         {by:plan{view_set = "log_entries", verdicts = stage.VERDICTS, dry_run = true}}} do
         assert.is_nil(result[1])
         assert.matches(": permission denied for table hold$", result[2].message)
         assert.are.equal("rights", result[2].code)
      end

      assert.are.equal("b c d new", made:live())
   end)

   it("retires the rest where holds are overridden, and never what is held", function()
      local done = assert(apply{overrides = {holds = "the rest may go"}, limit = 1})

      assert.are.same({"applied", 3, 1, 0}, {done.state, done.retired, done.held, done.changed})
      assert.are.same({"b new", "retired held retired retired"}, {made:live(), outcomes()})
   end)
end)

describe("a hold made while batches run", function()
   before_each(function()
      set(FOUR)
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("keeps what it covers, pauses the retirement, and says so", function()
      local other, held = made:open(), {}

      local err = assert_failed("refused", "refused by the guard holds: a hold covers 1 partitions of the last batch, made "
         .. "while this ran", apply{limit = 1, on_batch = function(batch)
            held[#held + 1] = batch.held
            return #held == 1 and assert(other:hold(HOUR))
         end})

      assert.are.same({"holds", 1, ("it is paused; those stay (mmlua hold list); then mmlua resume %s, or mmlua undo %s")
         :format(id, id)}, {err.guard, err.done, err.hint})
      assert.are.same({"paused 3", "b c d new", "a", {0, 1}, "retired held planned planned"},
         {state(), made:live(), made:queued(), held, outcomes()})
      assert.are.equal("held", made:value("select why from mmadmin.skipped"))
      assert.are.same({6, "planned applying retired held retired paused"}, {require("mm.exit_codes").of(err), whats()})
   end)

   it("lets the rest be retired when it is resumed", function()
      apply{limit = 1, on_batch = after_batch(1, function() made:open():hold(HOUR) end)}
      assert(lake:resume(id))

      local done = assert(apply())

      assert.are.same({"applied", 3, 1}, {done.state, done.retired, done.held})
      assert.are.equal("b new", made:live())
   end)

   it("is refused for, when it is resumed and more of it is held", function()
      apply{limit = 1, on_batch = after_batch(1, function() made:open():hold{all = true, reason = "all"} end)}
      assert(lake:resume(id))

      assert.are.equal("refused by the guard holds: hold 1 (all) covers 2 partitions of it, such as log_entries/global of "
         .. "2026-11-01 02:00:00", select(2, apply()).message)

      assert.are.equal("b c d new", made:live())
   end)

   it("in the last batch is told of all the same", function()
      made:psql("delete from lakehouse_partitions where file_path in ('c', 'd')")
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id

      local err = select(2, apply{limit = 1, on_batch = after_batch(1, function() made:open():hold(HOUR) end)})

      assert.are.same({"refused", "holds", 1, "those stay (mmlua hold list)"}, {err.code, err.guard, err.done, err.hint})
      assert.are.same({"applied", "b new"}, {assert(lake:retirement(id)).state, made:live()})
      assert.are.equal("applied", assert(apply()).state)
   end)

   it("is left alone by an undo", function()
      apply{limit = 1, on_batch = after_batch(1, function() made:open():hold(HOUR) end)}

      local undone = assert(lake:undo(id, {reason = "spec"}))

      assert.are.same({"undone", 1, "a b c d new"}, {undone.state, undone.restored, made:live()})
   end)

   it("keeps rows that have moved", function()
      set({{"x", 8, 9, "05", view_set = "x_gone"}, FOUR[1], FOUR[2], FOUR[3], FOUR[4], FOUR[5]})
      made:psql("delete from lakehouse_partitions where file_path = 'x'; vacuum full lakehouse_partitions")
      local err = select(2, apply{limit = 2, on_batch = after_batch(1, function()
         made:open():hold{view_set = "log_entries", from = "2026-11-01T03:00Z", reason = "x"}
      end)})

      assert.are.same({3, "d new"}, {err.done, made:live()})
   end)

   it("keeps what has changed too, and says that it is held", function()
      made:psql("update lakehouse_partitions set updated = updated - interval '1 day' where file_path = 'd'")

      local err = select(2, apply{limit = 3, overrides = {writers = "the update of this spec"},
         on_batch = after_batch(1, function() made:open():hold{all = true, reason = "x"} end)})

      assert.are.same({3, "held"}, {err.done, made:value("select why from mmadmin.skipped")})
   end)

   it("says of what somebody else removed that it is gone", function()
      local err = select(2, apply{limit = 2, on_batch = after_batch(1, function()
         made:open():hold{all = true, reason = "x"}
         made:psql("delete from lakehouse_partitions where file_path = 'd'")
      end)})

      assert.are.same({2, "gone held"}, {err.done, made:value("select string_agg(why, ' ' order by why) from mmadmin.skipped")})
   end)

   it("goes on where holds were overridden", function()
      local done = assert(apply{limit = 1, overrides = {holds = "the rest may go"},
         on_batch = after_batch(1, function() made:open():hold(HOUR) end)})

      assert.are.same({"applied", 3, 1}, {done.state, done.retired, done.held})
   end)

   it("binds a batch that is asked for alone", function()
      pcall(apply, {limit = 1, on_batch = error})
      assert(lake:hold(HOUR))

      local batch = assert(lake:apply_batch(id))

      assert.are.same({2, 1, "applied", "b new"}, {batch.retired, batch.held, batch.state, made:live()})
   end)

   it("is told by the verb, with what to do", function()
      made:psql([[create function mmadmin.spec() returns trigger language plpgsql as $$ begin
            insert into mmadmin.hold (reason, begin_insert_time, end_insert_time)
            values ('x', '2026-11-01 01:00+00', '2026-11-01 02:00+00'); return null; end $$;
         create trigger spec after insert on mmadmin.batch for each row when (new.first_seq = 1)
            execute function mmadmin.spec()]])
      finally(function()
         made:psql("drop function mmadmin.spec() cascade")
      end)

      local result = mmlua(("apply %s --yes --reason spec --batch 1 --quiet"):format(id))

      assert.are.same({6, ("mmlua apply: refused by the guard holds: a hold covers 1 partitions of the last batch, made "
         .. "while this ran\nhint: it is paused; those stay (mmlua hold list); then mmlua resume %s, or mmlua undo %s\n")
         :format(id, id)}, {result.code, result.stderr})
   end)
end)

describe("hold", function()
   local one, batch

   before_each(function()
      set(FOUR)
      pcall(apply, {limit = 1, on_batch = error})
      one = worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo))")
      batch = interleave.new(made.db)
   end)
   after_each(function()
      one:close()
      batch:close()
   end)

   local function run(session, transaction, last)
      for i = 1, last or #transaction do
         session:run(transaction[i].sql)
      end
   end

   it("returns when a batch that did not see it has committed, and nothing under it is removed from then on", function()
      local session, transaction = made:session(), steps.new(made.db):apply_batch(1, 2)
      finally(function()
         session:close()
      end)
      run(session, transaction, #transaction - 2)

      one:send("return assert(lake:hold{view_set = 'log_entries', reason = 'spec'}).hold")
      assert.are.equal("blocked", one:settle())
      assert.are.equal("0", made:value("select count(*) from mmadmin.hold"))
      session:run(transaction[#transaction - 1].sql)
      session:run("commit")

      assert.are.equal(1, one:wait())
      assert.are.equal("d new", made:live())
      assert.are.equal(1, assert(lake:apply_batch(id)).held)
      assert.are.equal("d new", made:live())
   end)

   it("waits for who resumes what is paused, and for nobody who undoes", function()
      local session = made:session()
      finally(function()
         session:close()
      end)
      for before, settled in pairs{paused = "blocked", undoing = "idle"} do
         made:psql(("update mmadmin.retirement set state = '%s'"):format(before))
         session:run("begin")
         session:run("select from mmadmin.retirement for update")

         one:send("return assert(lake:hold{view_set = 'log_entries', reason = 'spec'}).hold")

         assert.are.equal(settled, one:settle() == "blocked" and "blocked" or "idle")
         session:run("commit")
         one:wait()
      end
   end)

   it("returns at once when that batch is rolled back, and keeps what it had removed", function()
      local session, transaction = made:session(), steps.new(made.db):apply_batch(1, 2)
      finally(function()
         session:close()
      end)
      run(session, transaction, #transaction - 1)
      one:send("return assert(lake:hold{view_set = 'log_entries', reason = 'spec'}).hold")
      assert.are.equal("blocked", one:settle())

      session:run("rollback")

      assert.are.equal(1, one:wait())
      assert.are.equal(3, assert(lake:apply_batch(id)).held)
      assert.are.equal("b c d new", made:live())
   end)

   it("whose connection is lost while it waits says that nobody knows, and how to see", function()
      local session, transaction = made:session(), steps.new(made.db):apply_batch(1, 2)
      finally(function()
         session:close()
      end)
      run(session, transaction, #transaction - 1)
      one:send("local _, err = lake:hold{all = true, reason = 'spec'} return err.code, err.outcome, err.hint")
      assert.are.equal("blocked", one:settle())

      made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '" .. one.name .. "'")
      session:run("rollback")

      assert.are.same({"connection", "unknown", "mmlua hold list shows whether it was made"}, {one:wait()})
      assert.are.equal("0", made:value("select count(*) from mmadmin.hold"))
   end)
end)

describe("mmlua hold", function()
   before_each(function()
      set(FOUR)
   end)

   it("makes, lists and releases holds", function()
      local add = mmlua("hold add log_entries --from 2026-11-01T01:00Z --to 2026-11-01T02:00Z --yes --reason 'incident 1234'")
      local list, csv = mmlua("hold"), mmlua("hold list --csv")
      local release = mmlua("hold release 1 --yes --reason closed")

      assert.are.same({0, "hold 1 is in force\nnext: mmlua hold, or to release it mmlua hold release 1\n"}, {add.code, add.stderr})
      assert.matches("log_entries +any +2026%-11%-01 01:00:00 UTC +2026%-11%-01 02:00:00 UTC +incident 1234", list.stdout)
      assert.matches("^hold,view_set_name,.*\n1,log_entries,,2026%-11%-01T01:00:00%.000000Z,2026%-11%-01T02:00:00%.000000Z,incident 1234,",
         csv.stdout)
      assert.are.same({0, "hold 1 is released\n"}, {release.code, release.stderr})
      assert.are.equal("no holds\n", mmlua("hold").stderr)
   end)

   it("refuses what is unclear", function()
      for words, expected in pairs{
         ["add --yes --reason x"] = {2, "mmlua hold: give a view set to hold, or --all for every one\n"},
         ["add blocks --all --yes --reason x"] = {2, "mmlua hold: give a view set to hold, or --all for every one\n"},
         ["add blocks"] = {2, "mmlua hold: hold needs --yes and --reason where there is no terminal to ask on\n"},
         ["release --yes --reason x"] = {2, "mmlua hold: give the number of the hold to release\n"},
         ["release 1.5 --yes --reason x"] = {2, "mmlua hold: give the number of the hold to release\n"},
         ["release 0x1 --yes --reason x"] = {2, "mmlua hold: give the number of the hold to release\n"},
         ["release 3 --yes --reason x"] = {1, "mmlua hold: there is no hold 3 that could be released\n"},
         ["release 3"] = {1, "mmlua hold: there is no hold 3 that could be released\n"},
         ["add block"] = {1, "mmlua hold: no view set is called 'block'; did you mean 'blocks'?\n"},
      } do
         local result = mmlua("hold " .. words)
         assert.are.same(expected, {result.code, result.stderr:match("^[^\n]*\n")}, words)
      end
      assert.are.equal("planned", whats())
   end)
end)

-- A trigger that waits for a lock when the transaction commits.
describe("a change whose connection is lost when it commits", function()
   local one, gate

   before_each(function()
      set(FOUR)
      made:psql([[create schema spec; create function spec.gate() returns trigger language plpgsql as $f$ begin
            perform pg_advisory_xact_lock(99); return null; end $f$]])
      gate = made:session()
      gate:run("select pg_advisory_lock(99)")
      one = worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')}))")
   end)
   after_each(function()
      one:close()
      gate:close()
      made:psql("drop schema spec cascade")
   end)

   local function lost_at_commit(tablename, event, chunk)
      made:psql(("create constraint trigger spec after %s on mmadmin.%s deferrable initially deferred for each row "
         .. "execute function spec.gate()"):format(event, tablename))
      one:send("local result, err = " .. chunk .. " return result, err and err.code, err and err.outcome, err and err.hint")
      assert.are.equal("blocked", one:settle())
      made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '" .. one.name .. "'")
      return {one:wait()}
   end

   it("says that nobody knows whether a plan was made", function()
      assert.are.same({nil, "connection", "unknown", "a plan changes nothing; mmlua retirements shows whether it was kept"},
         lost_at_commit("retirement", "insert", "lake:plan{view_set = 'log_entries'}"))
   end)

   it("says it of a hold", function()
      assert.are.same({nil, "connection", "unknown", "mmlua hold list shows whether it was made"},
         lost_at_commit("hold", "insert", "lake:hold{all = true, reason = 'spec'}"))
   end)

   it("says it of a hold that was to be released", function()
      assert(lake:hold(HOUR))

      assert.are.same({nil, "connection", "unknown", "mmlua hold list shows whether it is still in force"},
         lost_at_commit("hold", "update", "lake:release(1, {reason = 'spec'})"))
   end)

   it("says it on the command line, which ends with 7", function()
      made:psql("create constraint trigger spec after insert on mmadmin.hold deferrable initially deferred for each row "
         .. "execute function spec.gate()")
      local verb = coprocess.start(([[sh -c '%s/bin/mmlua hold add --all --lake "%s application_name=verb" --yes \
         --reason x; echo $?']]):format(os.getenv("BUILD") or "build", made.db.conninfo))
      finally(function()
         verb:close()
      end)
      repeat until made:value("select count(*) from pg_stat_activity where application_name = 'verb' and wait_event = 'advisory'") == "1"

      made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'verb'")

      assert.matches("^mmlua hold: ", verb:read())
      local lines = {}
      for i = 1, 3 do
         lines[i] = verb:read()
      end
      assert.are.same({"hint: mmlua hold list shows whether it was made", "7"}, {lines[2], lines[3]})
   end)
end)
