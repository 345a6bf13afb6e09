-- The guards `budget`, `blocks_last` and `copy`: what they find and what they let pass.
local guarded = require("spec.support.guarded")
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local lake, id
local on = guarded.new(function()
   return lake, id
end)
local made = on.made
local names, finding, words, kinds, state, whats, mmlua = on.names, on.finding, on.words, on.kinds, on.state, on.whats, on.mmlua

local function set(...)
   lake, id = on.set(...)
end

teardown(function()
   made:drop()
end)

describe("the guard budget", function()
   local ROWS = [[insert into lakehouse_partitions select 'log_entries', 'global', h, h + interval '1 hour', h, h,
      '2026-01-01', 'f' || n, 10, '\x05', '\x6400000000000000', 10, 2 from (select n, timestamptz '2026-01-01 00:00+00'
      + n * interval '1 hour' as h from generate_series(1, %d) n) x;]]
   local NEWEST = {"new", 9000, 9001, NEW, updated = "2026-01-10"}

   -- So many that are the only copy, the planned ones of them those of the hours named.
   local function only_copies(count, opts)
      set({NEWEST}, opts, ROWS:format(count))
   end

   -- A plan of `count` of them, after the first `skip`.
   local function plan_of(skip, count, opts)
      opts = opts or {}
      opts.view_set, opts.verdicts = "log_entries", stage.VERDICTS
      opts.from = made:value(("select timestamptz '2026-01-01 01:00+00' + %d * interval '1 hour'"):format(skip)):gsub(" ", "T")
      opts.to = made:value(("select timestamptz '2026-01-01 01:00+00' + %d * interval '1 hour'"):format(skip + count)):gsub(" ", "T")
      local plan = assert(lake:plan(opts))
      assert.are.equal(count, plan.partitions)
      return plan.id
   end

   -- Begun, and so many of it retired.
   local function retire(which, count)
      if count == 0 then
         made:psql("update mmadmin.retirement set state = 'applying', undo_for = '7d', applied_at = now(), "
            .. "undo_until = now() + interval '7 days' where retirement = (select max(retirement) from mmadmin.retirement)")
         return
      end
      pcall(lake.apply, lake, which, {reason = "spec", overrides = {budget = "spec"}, limit = count, on_batch = error})
   end

   it("is a hundred", function()
      only_copies(101)
      id = plan_of(0, 100)
      assert.are.equal("", names())

      id = plan_of(0, 101)

      assert.are.same({"101 partitions would be retired without proof that nothing is lost; the budget is 100",
         "their verdict is short, waits_for_blocks, only_copy, or rebuildable of global, or they are not outdated",
         "with a plan that names its budget (mmlua plan --budget 101)"}, words(finding("budget")))
   end)

   it("is what the plan says, nothing too", function()
      only_copies(2)
      for budget, expected in pairs{[0] = "budget", [1] = "budget", [2] = "", [1000000] = ""} do
         id = plan_of(0, 2, {budget = budget})

         assert.are.equal(expected, names())
      end
   end)

   it("counts the partitions of every batch", function()
      only_copies(120)
      local first = plan_of(0, 60)
      retire(first, 30)
      retire(first, 30)

      id = plan_of(60, 40)
      assert.are.equal("", names())
      id = plan_of(60, 41)
      assert.are.equal("budget", names())
   end)

   for ago, expected in pairs{["23 hours 59 minutes"] = "budget", ["24 hours 1 minute"] = ""} do
      it("counts or forgets what was lost, whatever is undone of it, " .. ago .. " ago", function()
         only_copies(120)
         local first = plan_of(0, 60)
         retire(first, 60)
         made:psql(("update mmadmin.batch set committed_at = now() - interval '%s'"):format(ago))
         pcall(lake.undo, lake, first, {reason = "spec", limit = 10, on_batch = error})

         id = plan_of(60, 60)

         assert.are.equal(expected, names())
      end)
   end

   for minutes, expected in pairs{[61] = "budget", [59] = ""} do
      it(("counts what another is about to retire, whose window ends in %d minutes"):format(minutes), function()
         only_copies(120)
         plan_of(0, 60)
         retire(nil, 0)
         made:psql(("update mmadmin.retirement set undo_until = now() + interval '%d minutes'"):format(minutes))

         id = plan_of(60, 60)

         assert.are.equal(expected, names())
      end)
   end

   it("counts what was lost, whatever others skipped", function()
      only_copies(120)
      retire(plan_of(0, 60), 60)

      id = plan_of(60, 41)
      made:psql("insert into mmadmin.skipped (retirement, seq, why) select max(retirement), n, 'gone' "
         .. "from mmadmin.retirement, generate_series(1, 30) n group by n")

      local row = finding("budget").rows[1]
      assert.are.same({41, 410, 60}, {row.partitions, row.bytes, row.lately})
      made:psql("update mmadmin.item set file_size = null")
      assert.are.equal(0, finding("budget").rows[1].bytes)
   end)

   it("does not count what came back, whatever others could not restore", function()
      only_copies(140)
      local first = plan_of(0, 60)
      retire(first, 60)
      assert(lake:undo(first, {reason = "spec"}))

      id = plan_of(60, 80)
      made:psql("insert into mmadmin.unrestored (retirement, seq, why) select max(retirement), n, 'file_deleted' "
         .. "from mmadmin.retirement, generate_series(1, 30) n group by n")

      assert.are.equal("", names())
   end)

   it("cannot be negative", function()
      local _, err = lake:plan{view_set = "log_entries", budget = -1}

      assert.are.equal("a budget of -1 partitions: it must not be negative", err.message)
   end)

   it("counts what others retired within a day", function()
      only_copies(6)
      retire(plan_of(0, 3), 3)

      id = plan_of(3, 3, {budget = 5})

      assert.are.equal("3 partitions would be retired without proof that nothing is lost, after 3 in the last 24 hours; "
         .. "the budget is 5", finding("budget").message)
      assert.are.equal("with a plan that names its budget (mmlua plan --budget 6)", finding("budget").passes)
   end)

   it("counts by when each was retired, not by when that was begun", function()
      only_copies(6)
      retire(plan_of(0, 3), 2)
      made:psql("update mmadmin.retirement set state = 'paused', applied_at = applied_at - interval '3 days'")
      id = plan_of(3, 3, {budget = 3})

      assert.are.equal(2, finding("budget").rows[1].lately)
   end)

   it("counts nothing that was retired a day ago", function()
      only_copies(6)
      retire(plan_of(0, 4), 2)
      made:psql("update mmadmin.batch set committed_at = now() - interval '24 hours 1 second'")
      assert(lake:apply_batch(assert(lake:retirements())[1].id, {limit = 1}))
      made:psql("update mmadmin.retirement set state = 'paused' where state = 'applying'")
      id = plan_of(4, 2, {budget = 2})

      assert.are.equal(1, finding("budget").rows[1].lately)
   end)

   it("counts nothing that was taken back", function()
      only_copies(4)
      local other = plan_of(0, 2)
      retire(other, 2)
      assert(lake:undo(other, {reason = "spec"}))

      id = plan_of(2, 2, {budget = 2})

      assert.are.equal("", names(nil, {overrides = {writers = "they were brought back"}}))
   end)

   it("counts what an undo could not take back", function()
      only_copies(4)
      local other = plan_of(0, 2)
      retire(other, 2)
      made:psql("delete from temporary_files where file_path = 'f1'")
      assert(lake:undo(other, {reason = "spec", partial = true}))

      id = plan_of(2, 2, {budget = 2})

      assert.are.equal(1, finding("budget").rows[1].lately)
   end)

   it("counts nothing that somebody else removed", function()
      only_copies(4)
      local other = plan_of(0, 2)
      made:psql("delete from lakehouse_partitions where file_path = 'f1'")
      retire(other, 2)

      id = plan_of(2, 2, {budget = 2})

      assert.are.equal(1, finding("budget").rows[1].lately)
   end)

   it("counts what others are about to retire", function()
      only_copies(5)
      retire(plan_of(0, 3), 1)

      id = plan_of(3, 2, {budget = 4})

      assert.are.equal("2 partitions would be retired without proof that nothing is lost, after 1 in the last 24 hours, "
         .. "beside 2 of retirements under way; the budget is 4", finding("budget").message)
      assert.are.equal("with a plan that names its budget (mmlua plan --budget 5)", finding("budget").passes)
   end)

   it("counts nothing of plans, of what is paused, and of what can retire no more", function()
      only_copies(5)
      plan_of(0, 3)
      id = plan_of(3, 2, {budget = 2})
      assert.are.equal("", names())

      retire(plan_of(0, 3), 0)
      for _, change in ipairs{"state = 'paused'", "state = 'applying', undo_until = now() + interval '1 hour'"} do
         made:psql("update mmadmin.retirement set " .. change .. " where retirement = (select max(retirement) from mmadmin.retirement)")
         assert.are.equal("", names())
      end
   end)

   it("counts its own, retired or to come, once", function()
      only_copies(5)
      id = plan_of(0, 5, {budget = 5})
      retire(id, 2)
      made:psql("update mmadmin.retirement set overrides = '{}'")
      assert.are.equal("", names())
      retire(plan_of(4, 1), 1)

      local row = finding("budget").rows[1]

      assert.are.same({3, 3, 0}, {row.partitions, row.lately, row.elsewhere})
   end)

   it("lets pass what loses nothing, whatever was lost lately", function()
      set({NEWEST, {"a", 5000, 5001, OLD, updated = "2026-01-01"}, {"a2", 5000, 5001, NEW, updated = "2026-01-10"},
         {false, 5001, 5002, OLD, updated = "2026-01-01"}}, {from = "2027-01-01"}, ROWS:format(3))
      id = assert(lake:plan{view_set = "log_entries", verdicts = {"replaced", "empty"}, budget = 0}).id
      local of_today = id
      retire(plan_of(0, 3), 3)
      assert.are.equal("f1 f2 f3", made:queued())

      id = of_today

      assert.are.same({2, "", ""}, {assert(lake:retirement(id)).partitions, kinds("budget"), names(nil,
         {overrides = {writers = "made up"}})})
   end)

   it("counts what nothing rebuilds by itself, not what the next query rebuilds", function()
      for instance, expected in pairs{global = "over_budget", [stage.PROCESS] = ""} do
         set({{"a", 0, 1, OLD, instance = instance}, {"blocks", 0, 2, "05", view_set = "blocks", events = 1, rows = 1}},
            {budget = 0}, stage.block(0.5, 100))

         assert.are.same({"rebuildable", expected}, {made:value("select verdict from mmadmin.item"), kinds("budget")})
      end
   end)

   it("counts the only copy of an instance, which nothing rebuilds", function()
      set({{"a", 0, 1, OLD, instance = stage.PROCESS}}, {budget = 0})

      assert.are.equal("over_budget", kinds("budget"))
   end)

   it("counts current and unregistered partitions of a range", function()
      for what, row in pairs{include_current = {"a", 0, 1, NEW}, include_unregistered = {"a", 0, 1, "05", view_set = "x"}} do
         made:set{row}
         lake = made:open()
         id = assert(lake:plan_range{view_set = row.view_set or "log_entries", view_instance = "global",
            from = "2026-11-01", to = "2026-11-02", budget = 0, [what] = true}).id

         assert.are.equal("budget", names())
      end
   end)
end)

describe("the guard blocks_last", function()
   -- What it says of a plan of the view set blocks whose one row is of hours 1 to 2.
   local function beside(row, opts, sql)
      set({{"old", 1, 2, "03", view_set = "blocks"}, {"new", 8, 9, "05", view_set = "blocks"}, row},
         opts or {view_set = "blocks"}, sql)
      return finding("blocks_last")
   end

   it("finds outdated partitions of other view sets over the same time", function()
      local found = beside{"a", 0, 4, OLD, instance = "p"}

      assert.are.same({"1 partition of other view sets is outdated over the same time, such as "
         .. "log_entries/p of 2026-11-01 00:00:00",
         "they are rebuilt from blocks; a release that one has to roll back to would miss those planned here",
         "when those are rebuilt, or retired first"}, words(found))
      assert.are.equal("needs_blocks", found.rows[1].kind)
   end)

   it("finds those that touch, to the microsecond", function()
      assert.is_truthy(beside{"a", 0, 1, OLD})
      assert.is_truthy(beside{"a", 2, 3, OLD})
      assert.is_truthy(beside{"a", 2, 2, OLD, instance = "p"})
      assert.is_nil(beside{"a", 0, "2026-11-01 00:59:59.999999+00", OLD})
      assert.is_nil(beside{"a", "2026-11-01 02:00:00.000001+00", 3, OLD})
   end)

   it("is content with current, empty, unhashed and unregistered ones", function()
      for _, row in ipairs{{"a", 1, 2, NEW}, {false, 1, 2, OLD}, {"a", 1, 2, false}, {"a", 1, 2, "05", view_set = "x"}} do
         assert.is_nil(beside(row))
      end
   end)

   it("is content where they are retired together, also when rows have moved since", function()
      assert.is_nil(beside({"a", 1, 2, OLD}, {all = true}))
      made:psql("delete from lakehouse_partitions where file_path = 'new'; vacuum full lakehouse_partitions")

      assert.is_nil(finding("blocks_last"))
   end)

   it("is content where they were retired before", function()
      beside{"a", 1, 2, OLD}
      assert(lake:retire_incompatible_partitions("log_entries", {reason = "spec", verdicts = stage.VERDICTS,
         overrides = stage.OVERRIDES}))

      assert.is_nil(finding("blocks_last"))
   end)

   it("is content where no blocks are planned that may be lost", function()
      assert.is_nil(beside({"a", 1, 2, OLD}, nil, [[update lakehouse_partitions set begin_insert_time = o.begin_insert_time,
         end_insert_time = o.end_insert_time from lakehouse_partitions o where o.file_path = 'old' and lakehouse_partitions.file_path = 'new']]))
      assert.are.equal("replaced", made:value("select verdict from mmadmin.item"))
      assert.is_nil(beside({"a", 1, 2, OLD}, nil, "update lakehouse_partitions set file_path = null, num_rows = 0, file_size = 0, "
         .. "min_event_time = null, max_event_time = null where file_path = 'old'"))
      assert.are.equal("empty", made:value("select verdict from mmadmin.item"))
      assert.is_nil(beside({"a", 1, 2, OLD}, {view_set = "log_entries"}))
   end)

   it("refuses to apply, unless overridden", function()
      beside{"a", 1, 2, OLD}
      local overrides = {writers = "made up"}

      local _, err = lake:apply(id, {reason = "spec", overrides = overrides})

      assert.are.same({"refused", "blocks_last"}, {err.code, err.guard})
      overrides.blocks_last = "nobody rolls back"
      assert.are.equal("applied", assert(lake:apply(id, {reason = "spec", overrides = overrides})).state)
   end)
end)

describe("the guard copy", function()
   local COPIES = {
      server = "update mmadmin.lake set system_identifier = system_identifier + 1",
      database = "update mmadmin.lake set database_oid = 1",
   }
   local WHY = "the files belong to the original: what is retired here would be deleted there"

   before_each(function()
      set{{"a", 0, 1, OLD, updated = "2026-01-01"}, {"b", 1, 2, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW}}
   end)

   for which, sql in pairs(COPIES) do
      it("finds that this is another " .. which, function()
         made:psql(sql)

         assert.are.same({("this database is a copy of lake made-up: mm's state was made on another %s"):format(which), WHY,
            "when the original is gone and this is declared to be the lake (mmlua init --adopt)"}, words(finding("copy")))
         assert.are.equal("copy", select(2, lake:apply(id, {reason = "spec"})).guard)
      end)

      it("is cured by adopting it, when it is another " .. which, function()
         made:psql(sql)

         assert.is_true(lake:adopt())

         assert.are.equal("applied", assert(lake:apply(id, {reason = "spec"})).state)
         assert.are.equal("planned adopted applying retired", whats())
      end)
   end

   it("finds a real copy", function()
      lake:close()
      made:close()
      local name = made.db.name .. "_copy"
      made:psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
      postgres.start().admin:psql(("create database %s template %s"):format(name, made.db.name))
      local copy = assert(mm.open((made.db.conninfo:gsub("dbname=%S+", "dbname=" .. name)),
         {registry = assert(mm.registry.release("0.33"))}))
      local found = assert(copy:guards(id))
      copy:close()
      postgres.start().admin:psql(("drop database %s with (force)"):format(name))

      assert.are.same({1, "copy", "other_database"}, {#found, found[1].guard, found[1].rows[1].kind})
   end)

   it("refuses an undo too, but not to look whether it would do", function()
      assert(lake:apply(id, {reason = "spec"}))
      made:psql(COPIES.server)
      local before = made:fingerprint()

      local done, err = lake:undo(id, {reason = "spec"})

      assert.is_nil(done)
      assert.are.same({"refused", "copy", WHY}, {err.code, err.guard, err.detail})
      assert.are.same({before, "applied 3"}, {made:fingerprint(), state()})
      assert.are.equal(2, assert(lake:undo(id, {dry_run = true})).check.restorable)
   end)

   it("is overridden for an undo, which is recorded as for an apply, and counts when it goes on", function()
      assert(lake:apply(id, {reason = "spec"}))
      made:psql(COPIES.server)

      pcall(lake.undo, lake, id, {reason = "spec", overrides = {copy = "a test lake"}, limit = 1, on_batch = error})
      assert.are.equal("a test lake",
         made:value("select body::json #>> '{detail,overrides,copy}' from mmadmin.audit where what = 'undoing'"))

      assert.are.equal("undone", assert(lake:undo(id, {reason = "spec"})).state)
      assert.are.equal("a test lake", made:value("select overrides::json ->> 'copy' from mmadmin.retirement"))
   end)

   it("is not overridden for an undo by what apply was overridden for", function()
      made:psql(COPIES.server)
      assert(lake:apply(id, {reason = "spec", overrides = {copy = "a test lake"}}))
      made:psql("update mmadmin.lake set system_identifier = (select system_identifier from pg_control_system())")

      pcall(lake.undo, lake, id, {reason = "spec", limit = 1, on_batch = error})
      made:psql(COPIES.server)
      local _, err = lake:undo(id, {reason = "spec"})

      assert.are.equal("copy", err.guard)
      assert.are.equal("", made:value("select body::json #>> '{detail,overrides,copy}' from mmadmin.audit where what = 'undoing'"))
   end)

   it("that is adopted by the verb is the lake", function()
      made:psql(COPIES.server)

      local result = mmlua("init --adopt --yes --reason 'the old server is gone'")

      assert.are.same({0, "this database is the lake now\n"}, {result.code, result.stderr})
      assert.are.equal("", names())
   end)
end)
