-- Plans: which partitions they take, what they keep of them, and what they refuse.
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local ONE_OF_EACH = {
   {"replaced", 0, 1, OLD}, {"new0", 0, 1, NEW},
   {"short", 1, 2, OLD}, {"new1", 1, 2, NEW, events = 40, rows = 4},
   {false, 2, 3, OLD},
   {"rebuildable", 3, 4, OLD}, {"blocks", 3, 4, "05", view_set = "blocks", events = 1, rows = 1},
   {"instance", 3.5, 3.5, OLD, instance = stage.PROCESS},
   {"waits", 4, 5, OLD},
   {"only", 5, 6, OLD},
   {"unhashed", 6, 7, false},
   {"gone", 7, 8, OLD, view_set = "x_gone"},
   {"new8", 8, 9, NEW},
}
local SOURCES = stage.block(3.5, 100) .. stage.block(4.5, 100)
local function keep_sources(days)
   return ("insert into settings (key, value, updated_at, updated_by) values ('retention_days', '%d', now(), 'spec');"):format(days)
end

local lake
local made = stage.new("catalog-v10")

local function names(number)
   return made:value(([[select coalesce(string_agg(coalesce(file_path, 'empty'), ' ' order by seq), '')
      from mmadmin.item where retirement = %d]]):format(number))
end

local function planned(opts, of)
   return names(assert((of or lake):plan(opts)).number)
end

-- What a mistake raises, without its position, which must be in this file.
local function raised(call, ...)
   local is_right, message = pcall(call, ...)
   assert.is_false(is_right)
   return message:match("^%S*plan_spec%.lua:%d+: (.*)$") or "elsewhere: " .. tostring(message)
end

local function assert_refused(code, message, detail, plan, err)
   assert.is_nil(plan)
   assert.are.same({code, message, detail}, {err.code, err.message, err.detail})
   assert.are.equal("0", made:value("select count(*) from mmadmin.retirement"))
   assert.are.equal("", made:troubles())
   assert.is_truthy(lake:plan{all = true, dry_run = true})
end

teardown(function()
   made:drop()
end)

describe("a plan", function()
   setup(function()
      made:set(ONE_OF_EACH, SOURCES .. keep_sources(36500))
      lake = made:open()
   end)

   it("takes by default what is replaced, empty, or rebuilt by the next query of its instance", function()
      assert.are.equal("replaced empty instance", planned{view_set = "log_entries"})
   end)

   for verdict, expected in pairs{replaced = "replaced", short = "short", empty = "empty",
      rebuildable = "rebuildable instance", waits_for_blocks = "waits", only_copy = "only"} do
      it("takes the verdict " .. verdict .. " alone where it is named", function()
         assert.are.equal(expected, planned{view_set = "log_entries", verdicts = {verdict}})
      end)
   end

   it("takes several verdicts that are named", function()
      assert.are.equal("replaced short only", planned{view_set = "log_entries", verdicts = {"short", "only_copy", "replaced"}})
   end)

   it("never takes partitions that are current, unhashed, or of a view set in no registry", function()
      assert.are.equal("replaced short empty rebuildable instance waits only",
         planned{all = true, verdicts = stage.VERDICTS})
   end)

   it("takes one view instance where it is named", function()
      assert.are.equal("instance", planned{view_set = "log_entries", view_instance = stage.PROCESS, verdicts = stage.VERDICTS})
   end)

   it("takes what begins in its range, which is half-open", function()
      assert.are.equal("short empty rebuildable instance", planned{view_set = "log_entries", verdicts = stage.VERDICTS,
         from = "2026-11-01T01:00Z", to = "2026-11-01T04:00Z"})
   end)

   it("judges by all current partitions, also those outside of its filter", function()
      assert.are.equal("replaced", planned{view_set = "log_entries", verdicts = {"replaced"}, to = "2026-11-01T00:30Z"})
   end)

   it("of nothing is made too", function()
      local plan = assert(lake:plan{view_set = "measures"})

      assert.are.same({0, 0, "planned"}, {plan.partitions, plan.bytes, plan.state})
   end)

   it("tells its size, in total and by verdict", function()
      local plan = assert(lake:plan{view_set = "log_entries", verdicts = {"short", "empty", "only_copy"}})

      assert.are.same({3, 2000}, {plan.partitions, plan.bytes})
      assert.are.same({short = {partitions = 1, bytes = 1000}, empty = {partitions = 1, bytes = 0},
         only_copy = {partitions = 1, bytes = 1000}}, plan.verdicts)
   end)

   it("has a day's validity, and who made it from which registry", function()
      local plan = assert(lake:plan{all = true})

      local row = made:rows(([[select valid_until = created_at + interval '24 hours', created_by, registry_source
         from mmadmin.retirement where retirement = %d]]):format(plan.number))[1]
      assert.are.same({"t", "postgres", "given: release 0.33 (11 view sets)"}, row)
   end)

   it("has an id of lake, number and digest", function()
      local plan = assert(lake:plan{all = true})

      assert.are.equal(made:value(([[select format('made-up-%%s-%%s', retirement, substr(encode(digest, 'hex'), 1, 6))
         from mmadmin.retirement where retirement = %d]]):format(plan.number)), plan.id)
   end)

   it("is found by its id, whatever the case of the digest", function()
      local plan = assert(lake:plan{all = true})

      local found = assert(lake:retirement(plan.id:gsub("%x+$", string.upper)))

      assert.are.equal(plan.number, found.number)
   end)

   it("of another lake is unknown", function()
      local plan = assert(lake:plan{all = true})

      local found, err = lake:retirement("other" .. plan.id:sub(#"made-up" + 1))

      assert.is_nil(found)
      assert.are.same({"not_found", "it belongs to a lake called 'other'; this one is 'made-up'"}, {err.code, err.hint})
   end)

   it("with another digest is unknown", function()
      local plan = assert(lake:plan{all = true})
      local id = plan.id:sub(1, -7) .. (plan.id:sub(-6) == "000000" and "111111" or "000000")

      local found, err = lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})

      assert.is_nil(found)
      assert.are.same({"not_found", ("no retirement of this lake is called '%s'"):format(id)}, {err.code, err.message})
   end)

   it("is not found by something that is no id", function()
      for _, id in ipairs{"", "7", "made-up-1", "made-up-1-abcde", "made-up--abcdef", "made-up-99999-abcdef",
         "made-up-99999999999999999999-abcdef"} do
         local found, err = lake:retirement(id)

         assert.is_nil(found)
         assert.are.equal(("no retirement of this lake is called '%s'"):format(id), err.message)
      end
   end)
end)

describe("the default selection", function()
   local TEN_DAYS_AGO = os.date("!%Y-%m-%dT%H:00:00Z", os.time() - 10 * 86400)

   -- A partition of an instance and the block it was made from, ten days old.
   local function set(days)
      made:set({
         {"instance", TEN_DAYS_AGO, TEN_DAYS_AGO, OLD, instance = stage.PROCESS},
         {"blocks", "2000-01-01", "2200-01-01", "05", view_set = "blocks"},
      }, stage.block(TEN_DAYS_AGO, 100) .. keep_sources(days))
      lake = made:open()
   end

   it("leaves what is rebuildable where its source goes within a day of the undo window", function()
      set(18)

      assert.are.equal("", planned{all = true})
      assert.are.equal("instance", planned{all = true, verdicts = {"rebuildable"}})
   end)

   it("takes what is rebuildable where its source stays a day longer than the undo window", function()
      set(19)

      assert.are.equal("instance", planned{all = true})
   end)

   it("takes it with a shorter undo window", function()
      set(17)

      assert.are.equal("instance", planned{all = true, undo_for = "5d"})
   end)
end)

describe("a dry run", function()
   setup(function()
      made:set(ONE_OF_EACH, SOURCES .. keep_sources(36500))
      lake = made:open()
   end)

   it("tells what the plan would take and what it would leave", function()
      local plan = assert(lake:plan{view_set = "log_entries", dry_run = true})

      assert.are.same({"dry_run", 3, 2000}, {plan.state, plan.partitions, plan.bytes})
      assert.are.same({replaced = {partitions = 1, bytes = 1000}, empty = {partitions = 1, bytes = 0},
         rebuildable = {partitions = 1, bytes = 1000}}, plan.verdicts)
      assert.are.same({short = {partitions = 1, bytes = 1000}, rebuildable = {partitions = 1, bytes = 1000},
         waits_for_blocks = {partitions = 1, bytes = 1000}, only_copy = {partitions = 1, bytes = 1000}}, plan.left.verdicts)
   end)

   it("writes nothing", function()
      local before = made:fingerprint()

      assert(lake:plan{all = true, dry_run = true})

      assert.are.equal(before, made:fingerprint())
      assert.are.equal("0 0", made:value("select (select count(*) from mmadmin.retirement) || ' ' || (select count(*) from mmadmin.item)"))
   end)

   it("needs no more than to read the catalog", function()
      local role = made.db:role("select on lakehouse_migration, lakehouse_partitions, lakehouse_view_set_definitions, "
         .. "migration, settings, processes, streams, blocks")
      local reader = made:open{conninfo = role.conninfo, registry = assert(mm.registry.release("0.33"))}

      local plan = assert(reader:plan{all = true, dry_run = true})

      assert.are.equal(3, plan.partitions)
   end)

   it("needs no mmadmin, which a plan does", function()
      local db = postgres.database("catalog-v10")
      local bare = made:open{conninfo = db.conninfo, registry = assert(mm.registry.release("0.33"))}

      local dry, plan, err = assert(bare:plan{all = true, dry_run = true}), bare:plan{all = true}

      assert.are.same({0, nil, "not_initialized", "the lake has no schema mmadmin, where mm keeps its plans"},
         {dry.partitions, plan, err.code, err.message})
      db:drop()
   end)
end)

describe("a dry run tells", function()
   local function rows_of(opts)
      local list = {}
      for i, row in ipairs(assert(lake:plan(opts)).summary) do
         list[i] = {row.verdict, row.partitions, row.bytes, row.is_selected, row.first_insert_time, row.last_insert_time, row.why_left}
      end
      return list
   end

   before_each(function()
      made:set({{"a", 0, 1, OLD, bytes = false}, {"b", 2, 3, OLD, bytes = false}, {"rebuildable", 3, 4, OLD},
         {"blocks", 3, 4, "05", view_set = "blocks", events = 1, rows = 1}}, stage.block(3.5, 100) .. keep_sources(36500))
      lake = made:open()
   end)

   it("from when to when they are, also of those of unknown size, and why some are left", function()
      assert.are.same({
         {"only_copy", 2, 0, false, "2026-11-01T00:00:00.000000Z", "2026-11-01T03:00:00.000000Z"},
         {"rebuildable", 1, 1000, false, "2026-11-01T03:00:00.000000Z", "2026-11-01T04:00:00.000000Z", "global"},
      }, rows_of{view_set = "log_entries", dry_run = true})
   end)

   it("as much as the plan does", function()
      local expected = {"only_copy", 2, 0, true, "2026-11-01T00:00:00.000000Z", "2026-11-01T03:00:00.000000Z"}

      assert.are.same(expected, rows_of{view_set = "log_entries", verdicts = {"only_copy"}, dry_run = true}[1])
      assert.are.same({expected}, rows_of{view_set = "log_entries", verdicts = {"only_copy"}})
   end)
end)

describe("a plan keeps", function()
   local EXTREMES = {
      {"all", 0, 1, OLD, sort_order = "{a,NULL,\"b c\"}", max_sort = 0.5, bytes = 4503599627370497},
      {"infinite", "-infinity", "infinity", "06", min = "-infinity", max = "infinity", updated = "infinity"},
      {"nulls", false, false, OLD, instance = false, min = false, max = false, updated = false, bytes = false, events = false},
      {false, 2, 2, OLD}, {false, 2, 2, OLD},
      {"bytes", 3, 4, "0001ff27", events = "00ff"},
   }
   local COLUMNS = [[%1$s.view_set_name%2$s, %1$s.view_instance_id%2$s, %1$s.begin_insert_time, %1$s.end_insert_time,
      %1$s.min_event_time, %1$s.max_event_time, %1$s.updated, %1$s.file_path%2$s, %1$s.file_size, %1$s.file_schema_hash,
      %1$s.source_data_hash, null::bytea, %1$s.num_rows, %1$s.partition_format_version, %1$s.sort_order, %1$s.max_sort_key_time]]
   local function columns(of, cast)
      return (COLUMNS:gsub("%%1%$s", of):gsub("%%2%$s", cast))
   end

   local function digest()
      assert(lake:plan{all = true, verdicts = stage.VERDICTS})
      return made:value("select encode(digest, 'hex') from mmadmin.retirement order by retirement desc limit 1")
   end

   before_each(function()
      made:set(EXTREMES)
      lake = made:open()
   end)

   it("every column of its partitions, exactly", function()
      assert(lake:plan{all = true, verdicts = stage.VERDICTS})

      assert.are.equal("6", made:value(("select count(*) from mmadmin.item i join lakehouse_partitions p "
         .. "on p.ctid = i.row_ctid where (%s) is not distinct from (%s)"):format(columns("i", ""), columns("p", "::text"))))
   end)

   it("them in the order of their address", function()
      assert(lake:plan{all = true, verdicts = stage.VERDICTS})

      assert.are.equal("(0,1) (0,2) (0,3) (0,4) (0,5) (0,6)", made:value("select string_agg(row_ctid::text, ' ' order by seq) from mmadmin.item"))
   end)

   it("a digest over the binary form of status, verdict and columns", function()
      local found = digest()

      assert.are.equal(found, made:value(("select encode(sha256(string_agg(sha256(record_send(row(i.status, i.verdict, %s))), "
         .. "''::bytea order by p.ctid)), 'hex') from mmadmin.item i join lakehouse_partitions p on p.ctid = i.row_ctid")
         :format(columns("p", "::text"))))
   end)

   it("the same digest whatever the settings of its session", function()
      local found = digest()
      made:psql(([[alter database %s set timezone = 'Asia/Tokyo'; alter database %s set bytea_output = 'escape';
         alter database %s set datestyle = 'German'; alter database %s set extra_float_digits = -5;
         alter database %s set search_path = pg_catalog]]):gsub("%%s", made.db.name))
      lake = made:open()

      assert.are.equal(found, digest())
      made:psql(("alter database %s reset all"):format(made.db.name))
   end)

   it("another digest when a partition differs in anything", function()
      local found = digest()
      made:psql("update lakehouse_partitions set updated = updated + interval '1 microsecond' where file_path = 'all'")

      assert.are_not.equal(found, digest())
   end)
end)

describe("a plan is refused", function()
   before_each(function()
      made:set(ONE_OF_EACH, SOURCES .. keep_sources(36500))
      lake = made:open()
   end)

   it("when its partitions share a file", function()
      made:psql("update lakehouse_partitions set file_path = 'shared' where file_path in ('short', 'only')")

      assert_refused("refused", "1 files of the chosen partitions belong to several partitions", "shared",
         lake:plan{all = true, verdicts = stage.VERDICTS})
   end)

   it("when a partition that stays has the same file", function()
      made:psql("update lakehouse_partitions set file_path = 'replaced' where file_path = 'new8'")

      assert_refused("refused", "1 files of the chosen partitions belong to several partitions", "replaced",
         lake:plan{all = true})
   end)

   it("for a view set that nobody knows, with a suggestion", function()
      assert_refused("not_found", "no view set is called 'log_entrys'; did you mean 'log_entries'?", nil,
         lake:plan{view_set = "log_entrys"})
   end)

   it("for a view set that only the catalog knows", function()
      assert_refused("invalid", "view set 'x_gone' is in no registry: nobody knows which of its partitions are outdated", nil,
         lake:plan{view_set = "x_gone"})
   end)

   it("for a verdict that does not exist", function()
      assert_refused("invalid", "no verdict is called 'lost'", nil, lake:plan{all = true, verdicts = {"replaced", "lost"}})
   end)

   it("for an undo window shorter than two hours, as none is retired in the last one", function()
      assert_refused("invalid", "an undo window of 119m: it must be two hours at least and ten years at most", nil,
         lake:plan{all = true, undo_for = "119m"})
   end)

   it("for a time of day without a zone", function()
      assert_refused("invalid", "'2026-11-01 10:00' is not a time", nil, lake:plan{all = true, from = "2026-11-01 10:00"})
   end)

   it("with a registry that was only inferred", function()
      local unsure = made:open{}

      assert_refused("invalid", "a plan needs to be told which registry is right, not to infer it",
         select(2, unsure:plan{all = true}).detail, unsure:plan{all = true})
      assert.is_nil((unsure:plan{all = true, dry_run = true}))
   end)

   it("while the table has a column that mm does not know", function()
      made:psql("alter table lakehouse_partitions add column novelty int")
      finally(function()
         made:psql("alter table lakehouse_partitions drop column novelty")
      end)

      assert_refused("newer_catalog", ("lakehouse_partitions has columns that mm %s does not know (novelty): it only reads this lake")
         :format(mm.version), nil, made:open():plan{all = true})
   end)

   it("when the table got a column that mm does not know since the lake was opened", function()
      made:psql("alter table lakehouse_partitions add column novelty int")
      finally(function()
         made:psql("alter table lakehouse_partitions drop column novelty")
      end)

      assert_refused("newer_catalog", ("lakehouse_partitions has columns that mm %s does not know (novelty): it only reads this lake")
         :format(mm.version), nil, lake:plan{all = true})
   end)

   it("where the catalog is newer than mm knows", function()
      made:psql("update lakehouse_migration set version = 11")
      finally(function()
         made:psql("update lakehouse_migration set version = 10")
      end)

      assert_refused("newer_catalog", ("the catalog has lakehouse version 11, mm %s knows versions up to 10: it only reads this lake")
         :format(mm.version), nil, made:open():plan{all = true})
   end)

   it("of nothing in particular, at the line that asks for it", function()
      assert.are.equal("lake:plan: give view_set, or all = true for every view set", raised(function()
         lake:plan{verdicts = {"empty"}}
      end))
      assert.are.equal("lake:plan: give view_set or all = true, not both", raised(function()
         lake:plan{all = true, view_set = "log_entries"}
      end))
   end)

   it("with options that do not exist, at the line that gives them", function()
      assert.are.equal("lake:plan: unknown option 'view_sett'; did you mean 'view_set'?", raised(function()
         lake:plan{view_sett = "log_entries"}
      end))
      assert.are.equal("lake:plan: option 'verdicts' must be of type table, not string", raised(function()
         lake:plan{all = true, verdicts = "empty"}
      end))
   end)
end)

describe("a plan rests on", function()
   before_each(function()
      made:set(ONE_OF_EACH, SOURCES .. keep_sources(36500))
   end)

   it("the registry published in the lake where none is given", function()
      made:psql("insert into mmadmin.view_set (view_set_name, schema_hash, source) values ('log_entries', '\\x07', 'spec')")
      lake = made:open{}

      assert.are.equal("replaced short empty rebuildable instance waits only",
         planned{view_set = "log_entries", verdicts = stage.VERDICTS}:gsub("rebuildable instance waits", "rebuildable instance waits"))
   end)

   it("the registry given before the one that is published", function()
      made:psql("insert into mmadmin.view_set (view_set_name, schema_hash, source) values ('log_entries', '\\x05', 'spec')")
      lake = made:open()

      assert.are.equal("replaced empty instance", planned{view_set = "log_entries"})
   end)
end)

describe("a plan on the real upgraded lake", function()
   local ANSWER = "demo/list_view_sets-0.33.0.json"
   local real

   setup(function()
      real = postgres.database("lake-0.33.0")
      real:psql("insert into settings (key, value, updated_at, updated_by) values ('retention_days', '36500', now(), 'spec')")
      lake = assert(mm.open(real.conninfo, {registry = assert(mm.registry.read(ANSWER))}))
      assert(lake:init())
   end)
   teardown(function()
      lake:close()
      real:drop()
   end)

   local function partitions(verdicts)
      local counts = {}
      for verdict, sum in pairs(verdicts) do
         counts[verdict] = sum.partitions
      end
      return counts
   end

   it("of every verdict takes 1190 partitions", function()
      local plan = assert(lake:plan{all = true, verdicts = stage.VERDICTS})

      assert.are.same({replaced = 4, empty = 738, rebuildable = 79, waits_for_blocks = 351, only_copy = 18},
         partitions(plan.verdicts))
      assert.are.equal(1190, plan.partitions)
   end)

   it("by default takes what is replaced or empty, and of what is rebuildable that of instances", function()
      local plan = assert(lake:plan{all = true})

      local rebuildable = 0
      for _, row in ipairs(plan.summary) do
         rebuildable = rebuildable + (row.verdict == "rebuildable" and row.partitions or 0)
      end
      assert.are.same({replaced = 4, empty = 738, rebuildable = rebuildable}, partitions(plan.verdicts))
      assert.are.equal("0", real:value(("select count(*) from mmadmin.item where retirement = %d and verdict = 'rebuildable' "
         .. "and view_instance_id = 'global'"):format(plan.number)))
   end)

   for view_set, expected in pairs{async_events = 12, blocks = 177, errors_per_minute = 6, log_entries = 219,
      log_stats = 178, measures = 219, processes = 178, streams = 178, thread_spans = 23} do
      it("takes all outdated partitions of " .. view_set, function()
         assert.are.equal(expected, assert(lake:plan{view_set = view_set, verdicts = stage.VERDICTS}).partitions)
      end)
   end
end)
