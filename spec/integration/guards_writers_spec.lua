-- The guard `writers`: old writers alive in lake time, by the clock and by the server's own order, and registries that are
-- the older ones, on made-up and on real lakes.
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
local guards, names, finding, words, kinds = on.guards, on.names, on.finding, on.words, on.kinds

local function set(...)
   lake, id = on.set(...)
end

teardown(function()
   made:drop()
end)

describe("the guard writers", function()
   local NEWEST = "2026-01-10 12:00:00+00"
   local OLDER = "what it calls outdated is what the lake's servers write today: live data would be deleted"
   local MIXED = "the upgrade is not over: what an old writer still makes, and merges, would be lost or come again"
   local TAKE = "with the registry of the release that runs (mmlua writers shows what is written)"

   -- One outdated row and a current one, written when the options say.
   local function written(old, new, more, opts)
      local rows = {{"old", 0, 1, OLD, updated = old}, {"new", 0, 1, NEW, updated = new}}
      for _, row in ipairs(more or {}) do
         rows[#rows + 1] = row
      end
      set(rows, opts)
   end

   it("is content where the old writers have been silent for long", function()
      written("2026-01-01", NEWEST)

      assert.are.same({}, guards())
   end)

   it("finds a hash that appeared after the one that the registry calls current", function()
      written("2026-01-05", "2026-01-04", {{"newest", 1, 2, NEW, updated = NEWEST}})

      local found = finding("writers")

      assert.are.equal("appeared_later", found.kind)
      assert.are.same({"the registry is the older one, or the lake was rolled back: log_entries 05 appeared after the hash "
         .. "that it calls current, at 2026-01-05 00:00:00 UTC", OLDER, TAKE}, words(found))
   end)

   -- Of an upgrade during which both releases wrote for a while.
   for _, updated in ipairs{"2026-01-03", "2026-01-04"} do
      it("remembers what mm has retired: what is left of a hash need not be its beginning, which was " .. updated, function()
         set{{"old", 0, 1, OLD, updated = updated}, {"new", 0, 1, NEW, updated = "2026-01-04"},
            {"late", 1, 2, OLD, updated = "2026-01-05"}, {"newest", 2, 3, NEW, updated = NEWEST}}
         assert(lake:retire_incompatible_partitions("log_entries", {reason = "spec"}))
         assert.are.equal("late new newest", made:live())
         id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id

         assert.are.equal("", names())
         assert.are.equal(1, assert(lake:apply(id, {reason = "spec"})).retired)
      end)
   end

   it("finds a hash that appeared later, whatever it remembers of another hash", function()
      written("2026-01-05", "2026-01-04", {{"newest", 1, 2, NEW, updated = NEWEST}, {"older", 1, 2, "04", updated = "2026-01-01"}})

      local found = finding("writers")

      assert.are.same({1, "appeared_later"}, {#found.rows, found.kind})
   end)

   it("is content with a hash that appeared with the current one, at the same instant", function()
      written("2026-01-04", "2026-01-04", {{"newest", 1, 2, NEW, updated = NEWEST}})

      assert.are.equal("", names())
   end)

   it("is content with that also where nothing of it is planned", function()
      written("2026-01-04", "2026-01-04", {{"newest", 1, 2, NEW, updated = NEWEST}})
      made:psql("delete from mmadmin.item")

      assert.are.equal("", names())
   end)

   it("compares with when the current hash of the same view set appeared, for all that is known of others", function()
      written("2026-01-01", NEWEST, {{"x", 0, 1, NEW, view_set = "x_gone", updated = "2025-12-01"}})
      assert.are.equal("", names())

      written("2026-01-05", "2026-01-04", {{"newest", 1, 2, NEW, updated = NEWEST},
         {"m", 0, 1, OLD, view_set = "measures", updated = "2026-01-01"}})
      id = assert(lake:plan{all = true, verdicts = stage.VERDICTS}).id
      assert.are.equal("appeared_later", finding("writers").kind)
   end)

   it("takes the registry of the retirement, not that of another", function()
      written("2026-01-01", NEWEST)
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
      made:psql("update mmadmin.retirement set schema_hashes = array_replace(schema_hashes, '07', '05') where retirement = 1")

      assert.are.equal("", names())
   end)

   it("is content where a current partition was written before all time", function()
      written("2026-01-01", NEWEST, {{"x", 1, 2, NEW, updated = "-infinity"}})

      assert.are.equal("", names())
   end)

   it("finds an outdated hash that was written exactly two minutes before the newest write", function()
      written("2026-01-10 11:58+00", NEWEST, {{"first", 1, 2, NEW, updated = "2026-01-01"},
         {"older", 1, 2, OLD, updated = "2025-12-01"}})

      local found = finding("writers")

      assert.are.equal("mixed_now", found.kind)
      assert.are.same({"two releases write this lake: log_entries 05, which the registry calls outdated, was "
         .. "written at 2026-01-10 11:58:00 UTC, within two minutes of the lake's newest write", MIXED,
         "when the old writers are stopped and the new ones have written for two minutes more"}, words(found))
   end)

   it("is content a microsecond earlier", function()
      written("2026-01-10 11:57:59.999999+00", NEWEST)

      assert.are.equal("", names())
   end)

   it("measures against writes of every view set, registered or not, hashed or not", function()
      for _, row in ipairs{{"x", 0, 1, "05", view_set = "x_gone"}, {"x", 0, 1, "05", view_set = "blocks"},
         {"x", 0, 1, false, view_set = "measures"}, {"x", 0, 1, false, view_set = false}} do
         row.updated = NEWEST
         written("2026-01-10 11:57:59+00", "2026-01-10 11:57:58+00", {row,
            {"older", 1, 2, OLD, updated = "2025-12-01"}})

         assert.are.equal("", names())
      end
   end)

   it("finds nothing wrong with unregistered view sets and unhashed rows that were just written", function()
      written("2026-01-01", "2026-01-10", {{"x", 0, 1, "05", view_set = "x_gone", updated = NEWEST},
         {"y", 1, 2, false, updated = NEWEST}})

      assert.are.equal("", names())
   end)

   it("looks at every view set, not only at those that are planned", function()
      written("2026-01-01", NEWEST, {{"m", 0, 1, "05", view_set = "measures", instance = "p", updated = NEWEST}})

      assert.are.equal("two releases write this lake: measures 05, which the registry calls outdated, was "
         .. "written at 2026-01-10 12:00:00 UTC, within two minutes of the lake's newest write", finding("writers").message)
   end)

   it("finds it where nothing was written that is current", function()
      set{{"a", 0, 1, OLD}, {"b", 1, 2, "06"}}

      assert.are.equal("two releases write this lake: log_entries 06, which the registry calls outdated, "
         .. "was written at 2026-11-01 02:00:00 UTC, within two minutes of the lake's newest write", finding("writers").message)
   end)

   it("counts the hashes that it does not name", function()
      set{{"a", 0, 1, OLD}, {"b", 0, 1, "06"}, {"c", 0, 1, "05", view_set = "measures"}}

      assert.is_truthy(finding("writers").message:find("log_entries 05 (and 2 more hashes), which the registry calls outdated", 1, true))
   end)

   -- Old rows of long ago, one of `ago`, and a newer write of something unregistered.
   local function written_ago(ago)
      set({{"old", 0, 1, OLD}, {"older", 1, 2, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW, updated = "2026-01-02"},
         {"newest", 0, 1, "05", view_set = "x_gone"}}, nil,
         ([[update lakehouse_partitions set updated = now() - interval '%s' where file_path = 'old';
            update lakehouse_partitions set updated = now() where file_path = 'newest']]):format(ago))
   end

   local function written_at(offset)
      return made:value(([[select to_char((updated + interval '%s') at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
         from lakehouse_partitions where file_path = 'old']]):format(offset))
   end

   it("finds what was written within the last hour by the clock, and says when that is over", function()
      written_ago("59 minutes")

      assert.are.same({("log_entries 05, outdated, was written within the last hour, until %s"):format(written_at("0 s")),
         MIXED, ("at %s, unless it is written again"):format(written_at("1 hour"))}, words(finding("writers")))
   end)

   it("is content with what was written exactly an hour ago, not a microsecond later", function()
      written_ago("3 hours")
      local update = "update lakehouse_partitions set updated = now() - interval '1 hour'%s where file_path = 'old'"

      assert.are.equal("", kinds("writers", update:format("")))
      assert.are.equal("within_soak", kinds("writers", update:format(" + interval '1 microsecond'")))
   end)

   it("finds a writer whose clock is ahead of the lake's", function()
      written_ago("-1 year")

      assert.are.equal("mixed_now", finding("writers").kind)
   end)

   it("finds a living old writer where another's clock is a year ahead", function()
      written_ago("1 minute")
      made:psql("update lakehouse_partitions set updated = now() + interval '1 year' where file_path = 'newest'")

      assert.are.equal("within_soak", finding("writers").kind)
   end)

   it("finds a writer whose clock is hours behind by what it has written since the plan", function()
      written("2026-01-01", NEWEST)
      made:add{{"late", 5, 6, OLD, updated = "2026-01-01"}}

      local found = finding("writers")

      assert.are.equal("since_plan", found.kind)
      assert.are.same({"log_entries 05, outdated, was written since the plan was made, or brought back by an undo", MIXED,
         "with a new plan, once nobody writes it"}, words(found))
   end)

   it("is content with what current writers wrote since the plan", function()
      written("2026-01-01", NEWEST)
      made:add{{"late", 5, 6, NEW, updated = "2026-01-11"}}

      assert.are.equal("", names())
   end)

   it("is content with a new plan of what was written meanwhile", function()
      written("2026-01-01", NEWEST)
      made:add{{"late", 5, 6, OLD, updated = "2026-01-01"}}
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id

      assert.are.equal("", names())
   end)

   it("tells no time from writes at infinity or without one", function()
      for _, updated in ipairs{"infinity", "-infinity", false} do
         written("2026-01-01", NEWEST, {{"o", 1, 2, OLD, updated = updated}, {"n", 1, 2, NEW, updated = updated},
            {"x", 1, 2, "05", view_set = "x_gone", updated = updated}})

         assert.are.equal("", names())
      end
      written(false, false)
      assert.are.equal("", names())
   end)

   it("finds a hash that only later releases write, whoever asks", function()
      local older = assert(mm.registry.release("0.27"))
      written("2026-02-01", "2026-01-01", {{"newest", 1, 2, OLD, updated = NEWEST}})
      made:psql("delete from mmadmin.item; delete from mmadmin.retirement")
      id = assert(made:open{registry = older}:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id

      for _, by in ipairs{made:open(), made:open{registry = older}} do
         local found = guards(by)
         assert.are.same({1, "newer_release"}, {#found, found[1].kind})
         assert.are.same({"the registry is the older one: only later releases write log_entries 07, which it calls "
            .. "outdated", OLDER, TAKE}, words(found[1]))
      end
   end)

   it("judges by the plan's registry, not by that of who asks", function()
      written("2026-01-01", NEWEST)

      assert.are.equal("", names(made:open{registry = assert(mm.registry.release("0.27"))}))
      assert.are.equal("", names(made:open{registry = assert(mm.registry.release("0.31"))}))
   end)
end)

describe("the guard writers on the real lakes", function()
   local OF_027, OF_033 = "spec/data/list_view_sets-0.27.0.json", "demo/list_view_sets-0.33.0.json"

   local function registries()
      return {assert(mm.registry.release("0.27")), assert(mm.registry.release("0.33")), assert(mm.registry.read(OF_027)),
         assert(mm.registry.read(OF_033))}
   end

   local function with(name, f)
      local db = postgres.database(name)
      local opened = {}
      local ok, message = pcall(f, db, function(registry)
         opened[#opened + 1] = assert(mm.open(db.conninfo, {registry = registry}))
         return opened[#opened]
      end)
      for _, each in ipairs(opened) do
         each:close()
      end
      db:drop()
      assert(ok, message)
   end

   -- What it finds of a plan: its kind, or "".
   local function kind_of(by, opts)
      opts.verdicts = opts.verdicts or stage.VERDICTS
      local plan = assert(by:plan(opts))
      local found = assert(by:guards(plan.id, {overrides = stage.NOT_WRITERS}))
      return found[1] and found[1].kind or "", plan
   end

   -- As if the lake's newest write were so long ago.
   local function shift(db, ago)
      db:psql(([[update lakehouse_partitions set updated = updated + (now() - interval '%s' - m.newest)
         from (select max(updated) as newest from lakehouse_partitions) m]]):format(ago))
   end

   it("refuses each view set of lake-rolling alone, under every registry", function()
      with("lake-rolling", function(db, open)
         open():init()
         for i, registry in ipairs(registries()) do
            local by = open(registry)
            for _, entry in ipairs(registry:list_view_sets()) do
               assert.is_truthy(("appeared_later newer_release mixed_now"):find(kind_of(by, {view_set = entry.view_set_name}), 1,
                  true), i .. entry.view_set_name)
            end
         end
         assert.are.equal("0", db:value("select count(*) from mmadmin.retirement where state <> 'planned'"))
      end)
   end)

   it("refuses lake-rolling whatever the clock says", function()
      with("lake-rolling", function(db, open)
         open():init()
         for _, ago in ipairs{"0 s", "3 minutes", "1 day", "1000 days", "-1 day"} do
            shift(db, ago)
            for _, registry in ipairs(registries()) do
               assert.are_not.equal("", (kind_of(open(registry), {view_set = "images"})))
            end
         end
      end)
   end)

   it("lets lake-0.33.0 pass, also what is left of it, view set by view set", function()
      with("lake-0.33.0", function(_, open)
         local registry = assert(mm.registry.read(OF_033))
         local by = open(registry)
         by:init()
         local requests = {{all = true, verdicts = {"replaced", "empty", "rebuildable"}}}
         for i, entry in ipairs(registry:list_view_sets()) do
            requests[i + 1] = {view_set = entry.view_set_name}
         end
         for _, request in ipairs(requests) do
            local kind, plan = kind_of(by, request)
            assert.are.equal("", kind, request.view_set)
            assert(by:apply(plan.id, {reason = "spec", overrides = stage.NOT_WRITERS}))
         end
         assert.are.equal(0, #assert(by:list_outdated_partitions()))
      end)
   end)

   it("lets lake-0.27.0 pass under its own registry, where nothing is outdated", function()
      with("lake-0.27.0", function(_, open)
         for _, registry in ipairs{assert(mm.registry.release("0.27")), assert(mm.registry.read(OF_027))} do
            local by = open(registry)
            by:init()
            local kind, plan = kind_of(by, {all = true})
            assert.are.same({"", 0}, {kind, plan.partitions})
         end
      end)
   end)
end)
