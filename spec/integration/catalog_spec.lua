-- What mm finds in a catalog: every lakehouse version, newer ones, roles with few rights, servers that only read.
local mm = require("mm")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")
local stage = require("spec.support.stage")

local NEWEST = assert(mm.registry.release("0.33"))
local DATA_LAKE_OF = {2, 2, 2, 2, 4, 4, 5, 10, 10, 14}
local COLUMNS_SINCE = {num_rows = 3, partition_format_version = 5}

local db, lake

local function open(name, options)
   db = postgres.database(name)
   lake = assert(mm.open(db.conninfo, options))
   return lake
end

local function close()
   if lake then
      lake:close()
   end
   if db then
      db:drop()
   end
   db, lake = nil, nil
end

local function assert_failed(code, text, result, err)
   assert.is_nil(result)
   assert.are.equal(text, tostring(err))
   assert.are.equal(code, err.code)
end

for version = 1, 10 do
   describe(("lakehouse version %d"):format(version), function()
      setup(function()
         open(("catalog-v%d"):format(version), {registry = NEWEST})
         rows.one_of_each(db)
      end)
      teardown(close)

      it("is known, with that of the data lake", function()
         local status = assert(lake:status())

         assert.are.equal(version, status.lakehouse_version)
         assert.are.equal(DATA_LAKE_OF[version], status.data_lake_version)
         assert.are.equal("", status.unknown_columns)
      end)

      it("has its partitions counted", function()
         local status = assert(lake:status())

         assert.are.equal(12, status.partitions)
         assert.are.equal(tonumber(db:value("select sum(file_size) from lakehouse_partitions")), status.bytes)
         assert.are.equal("2026-11-01T09:00:00.000000Z", status.last_updated)
      end)

      it("has its partitions listed, with the columns that it has", function()
         local first = assert(lake:list_partitions{view_set = "x_gone"})()

         assert.are.equal("unregistered", first.status)
         assert.are.equal("05", first.file_schema_hash)
         assert.are.equal("6400000000000000", first.source_data_hash)
         local expected = {num_rows = 10, partition_format_version = 2}
         for column, since in pairs(COLUMNS_SINCE) do
            assert.are.equal(version >= since and expected[column] or nil, first[column])
         end
      end)

      it("has its schema versions listed", function()
         local list = assert(lake:list_schema_versions("log_entries"))

         local found = {}
         for _, each in ipairs(list) do
            found[#found + 1] = {each.schema_hash or "null", each.status, each.partitions}
         end
         table.sort(found, function(a, b)
            return a[1] < b[1]
         end)
         assert.are.same({{"05", "outdated", 6}, {"07", "current", 3}, {"null", "unhashed", 1}}, found)
      end)

      it("has its outdated partitions listed", function()
         local groups = assert(lake:list_outdated_partitions())

         assert.are.equal(1, #groups)
         assert.are.same({"log_entries", "global", "05", "07", 6}, {groups[1].view_set_name, groups[1].view_instance_id,
            groups[1].outdated_schema_hash, groups[1].current_schema_hash, groups[1].partition_count})
      end)

      it("has them explained", function()
         local list = assert(lake:explain{view_set = "log_entries", at = "2026-11-01T00:30Z"})

         assert.are.equal(2, #list)
         assert.are.same({outdated = true, current = true}, {[list[1].status] = true, [list[2].status] = true})
      end)

      it("has its view sets and writers listed", function()
         local sets, writers = assert(lake:list_view_sets()), assert(lake:list_writers())

         local by_name = {}
         for _, set in ipairs(sets) do
            by_name[set.view_set_name] = set
         end
         assert.are.same({"registered", 10, 3, 6, 1}, {by_name.log_entries.status, by_name.log_entries.partitions,
            by_name.log_entries.current, by_name.log_entries.outdated, by_name.log_entries.unhashed})
         assert.are.equal("unregistered", by_name.x_gone.status)
         assert.are.equal(5, #writers)
      end)
   end)
end

for _, version in ipairs{1, 10} do
   it(("an empty lake of lakehouse version %d is a lake with nothing in it"):format(version), function()
      finally(close)
      open(("catalog-v%d"):format(version))

      local status = assert(lake:status())

      assert.are.same({0, 0, 0}, {status.partitions, status.bytes, status.queued_files})
      assert.is_nil(status.last_updated)
      assert.are.same({}, status.writers)
      assert.are.same({}, assert(lake:list_partitions()):all())
      assert.are.same({}, lake:list_outdated_partitions())
   end)
end

describe("a catalog that mm does not know", function()
   after_each(close)

   local function assert_reads_only(message)
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
      assert.are.equal(1, #assert(lake:list_partitions()):all())
      assert.are.equal(1, #assert(lake:list_outdated_partitions()))

      local status = lake:status()
      assert.is_false(status.is_writable)
      assert.are.equal(message, status.not_writable_because)
      assert_failed("newer_catalog", message, lake:init())
      assert.is_nil(db:value("select to_regnamespace('mmadmin')"))
   end

   local function lake_with_one_row(change)
      db = postgres.database("catalog-v10")
      rows.partitions(db, {{from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "05"}})
      db:psql(change)
   end

   it("for its version, is only read", function()
      lake_with_one_row("update lakehouse_migration set version = 11")

      assert_reads_only("the catalog has lakehouse version 11, mm " .. mm.version
         .. " knows versions up to 10: it only reads this lake")
   end)

   it("for a column, is only read", function()
      lake_with_one_row("alter table lakehouse_partitions add tier text, add \"Heat, or cold\" text")

      assert_reads_only("lakehouse_partitions has columns that mm " .. mm.version
         .. " does not know (tier, Heat, or cold): it only reads this lake")
   end)

   it("for a column in place of one that was dropped, is only read", function()
      lake_with_one_row("alter table lakehouse_partitions drop max_sort_key_time, add tier text")

      assert_reads_only("lakehouse_partitions has columns that mm " .. mm.version
         .. " does not know (tier): it only reads this lake")
   end)

   it("for it says no version, is only read", function()
      lake_with_one_row("delete from lakehouse_migration")
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))

      assert.are.equal(-1, lake:status().lakehouse_version)
      assert_failed("not_a_lake", "the catalog says no version: lakehouse_migration is empty or holds none", lake:init())
   end)

   it("is no reason to refuse what mmadmin already holds", function()
      lake_with_one_row("select")
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
      assert(lake:init())
      local plan = assert(lake:plan{all = true, verdicts = {"only_copy", "short", "rebuildable"}})
      db:psql("update lakehouse_migration set version = 11")
      lake:close()
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))

      local result, err = lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES})

      assert_failed("newer_catalog", "the catalog has lakehouse version 11, mm " .. mm.version
         .. " knows versions up to 10: it only reads this lake", result, err)
      assert.are.equal(plan.id, lake:retirements()[1].id)
      assert.are.equal("1", db:value("select count(*) from lakehouse_partitions"))
   end)

   it("is noticed by a lake that was opened before", function()
      lake_with_one_row("select")
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
      assert(lake:init())
      local plan = assert(lake:plan{all = true, verdicts = {"only_copy", "short", "rebuildable"}})
      db:psql("update lakehouse_migration set version = 11")

      local result, err = lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES})

      assert.is_nil(result)
      assert.are.equal("newer_catalog", err.code)
      assert.are.equal("1", db:value("select count(*) from lakehouse_partitions"))
   end)
end)

describe("a server that only reads", function()
   local message = "the server only reads: default_transaction_read_only is on"

   setup(function()
      db = postgres.database("catalog-v10")
      rows.one_of_each(db)
      db:psql(("alter database %s set default_transaction_read_only = on"):format(db.name))
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
   end)
   teardown(close)

   it("is good enough to look", function()
      assert.are.equal(12, #assert(lake:list_partitions()):all())
      assert.are.equal(1, #lake:list_outdated_partitions())
   end)

   it("is said to be one", function()
      local status = lake:status()

      assert.is_false(status.is_writable)
      assert.are.equal(message, status.not_writable_because)
   end)

   it("is not changed", function()
      assert_failed("rights", message, lake:init())

      assert.is_nil(db:value("select to_regnamespace('mmadmin')"))
   end)
end)

describe("a role", function()
   local READS_LISTS = "select on lakehouse_partitions, lakehouse_migration"
   local viewer

   local function open_as(...)
      local role = db:role(...)
      viewer = assert(mm.open(role.conninfo, {registry = NEWEST}))
      return role
   end

   setup(function()
      db = postgres.database("catalog-v10")
      rows.one_of_each(db)
   end)
   after_each(function()
      if viewer then
         viewer:close()
      end
   end)
   teardown(close)

   it("with SELECT on everything sees everything, and is told that it may not retire", function()
      local role = open_as("select on all tables in schema public")

      local status = assert(viewer:status())

      assert.are.equal(12, status.partitions)
      assert.are.equal(role.user, status.role)
      assert.is_false(status.may_retire)
      assert.is_false(status.may_create_schema)
   end)

   it("with the rights to retire is told so", function()
      open_as("select on all tables in schema public", "insert, delete on lakehouse_partitions, temporary_files",
         ("create on database %s"):format(db.name))

      local status = assert(viewer:status())

      assert.is_true(status.may_retire)
      assert.is_true(status.may_create_schema)
   end)

   it("that lacks one of the rights to retire is told so", function()
      local role = open_as("select, insert, delete on all tables in schema public")
      for _, rights in ipairs{"insert on lakehouse_partitions", "delete on lakehouse_partitions",
         "insert on temporary_files", "delete on temporary_files"} do
         db:psql(("revoke %s from %s"):format(rights, role.user))

         assert.is_false(assert(viewer:status()).may_retire)
         db:psql(("grant %s to %s"):format(rights, role.user))
      end
      assert.is_true(assert(viewer:status()).may_retire)
   end)

   it("without SELECT on lakehouse_partitions is told what it lacks", function()
      local role = db:role("select on lakehouse_migration")

      assert_failed("rights", ('role "%s" may not read lakehouse_partitions in schema "public"'):format(role.user),
         mm.open(role.conninfo))
   end)

   it("without USAGE on the schema is told what it lacks", function()
      local role = db:role("select on lakehouse_partitions")
      db:psql("revoke usage on schema public from public")

      local refused, err = mm.open(role.conninfo)

      db:psql("grant usage on schema public to public")
      assert_failed("rights", ('role "%s" may not read lakehouse_partitions in schema "public"'):format(role.user),
         refused, err)
   end)

   it("without SELECT on lakehouse_migration is told what it lacks", function()
      local role = db:role("select on lakehouse_partitions")

      assert_failed("rights", "versions: permission denied for table lakehouse_migration", mm.open(role.conninfo))
   end)

   it("without SELECT on temporary_files is told what it lacks, and may list", function()
      open_as(READS_LISTS)

      assert_failed("rights", "status: permission denied for table temporary_files", viewer:status())
      assert.are.equal(12, #assert(viewer:list_partitions()):all())
   end)

   for _, table in ipairs{"blocks", "streams", "processes"} do
      it(("without SELECT on %s finds nothing rebuildable"):format(table), function()
         local role = open_as(READS_LISTS, "select on blocks, processes, streams, settings, lakehouse_view_set_definitions")
         db:psql(("revoke select on %s from %s"):format(table, role.user))
         viewer:close()
         viewer = assert(mm.open(role.conninfo, {registry = NEWEST}))

         local group = assert(viewer:list_outdated_partitions("log_entries"))[1]

         assert.are.same({1, 1, 1, 0, 0, 3}, {group.replaced, group.short, group.empty, group.rebuildable,
            group.waits_for_blocks, group.only_copy})
      end)
   end

   it("without SELECT on settings does not know how long the source stays", function()
      open_as(READS_LISTS, "select on blocks, processes, streams")

      local explained = assert(viewer:explain{view_set = "log_entries", at = "2026-11-01T03:30Z"})[1]

      assert.are.equal("rebuildable", explained.verdict)
      assert.is_nil(explained.source_until)
   end)

   it("without SELECT on the definitions does not trust the source count of log_stats", function()
      rows.partitions(db, {{view_set = "log_stats", from = "2026-11-01 03:00", to = "2026-11-01 04:00", hash = "05"}})
      open_as(READS_LISTS, "select on blocks, processes, streams, settings")

      local group = assert(viewer:list_outdated_partitions("log_stats"))[1]

      db:psql("delete from lakehouse_partitions where view_set_name = 'log_stats'")
      assert.are.same({0, 1}, {group.rebuildable, group.only_copy})
   end)

   it("from whom a policy hides rows is told so, and never shown fewer", function()
      db:psql("alter table lakehouse_partitions enable row level security")
      open_as("select on all tables in schema public")

      local list, err = viewer:list_partitions()

      db:psql("alter table lakehouse_partitions disable row level security")
      assert_failed("rights", 'partitions: query would be affected by row-level security policy for table '
         .. '"lakehouse_partitions"', list, err)
   end)

   it("that loses a right is told so, and goes on when it has it again", function()
      local role = open_as(READS_LISTS, ("create on database %s"):format(db.name))
      db:psql("revoke select on lakehouse_partitions from " .. role.user)
      local message = ('role "%s" may not read lakehouse_partitions in schema "public"'):format(role.user)

      assert_failed("rights", message, viewer:init())
      assert_failed("rights", "partitions: permission denied for table lakehouse_partitions", viewer:list_partitions())

      db:psql("grant select on lakehouse_partitions to " .. role.user)
      assert.are.equal(12, #assert(viewer:list_partitions()):all())
   end)

   it("that may not see mmadmin is told so when it wants to change something", function()
      db:psql("create schema mmadmin; create table mmadmin.lake (name text, version integer)")
      local role = open_as("select, insert, delete on all tables in schema public")

      local status = assert(viewer:status())

      db:psql("drop schema mmadmin cascade")
      assert.is_true(status.has_mmadmin)
      assert.are.equal(('role "%s" may not use the schema mmadmin'):format(role.user), status.not_writable_because)
   end)
end)

describe("the name of a lake", function()
   after_each(close)

   it("is its database's until it has one", function()
      open("catalog-v10")

      assert.are.equal(db.name, lake:status().name)
   end)

   it("is what it was given", function()
      open("catalog-v10")
      assert(lake:init{name = "prod-eu.1"})
      lake:close()

      lake = assert(mm.open(db.conninfo))

      assert.are.equal("prod-eu.1", lake:status().name)
      assert.are.equal(db.name, lake:status().database)
   end)
end)
