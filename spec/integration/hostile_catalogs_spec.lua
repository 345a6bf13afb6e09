-- Catalogs that are nearly upstream's: views, foreign and divided tables, columns that are missing or of other types,
-- triggers and rules; and schemas mmadmin that somebody else made, or changed.
local mm = require("mm")
local hostile = require("spec.support.hostile")

local RELEASE = assert(mm.registry.release("0.33"))
local stage = hostile.stage("catalog-v10")

local function fill()
   stage:set{{"old", 0, 1, "05"}, {"new", 0, 1, "07"}, {"left", 1, 2, "05"}}
end

local function open()
   return mm.open(stage.db.conninfo, {registry = RELEASE})
end

-- Runs `f` while the catalog is changed.
local function changed(change, back, f)
   stage:close()
   stage:psql(change)
   local results = {pcall(f)}
   stage:close()
   stage:psql(back)
   if not results[1] then
      error(results[2], 0)
   end
end

setup(fill)
teardown(function()
   stage:drop()
end)

local function type_of(relation, column, type, back, using)
   local alter = "alter table %s alter %s type %s using %s;"
   return alter:format(relation, column, type, using or column .. "::" .. type), alter:format(relation, column, back, column .. "::" .. back)
end

local function rename(relation, column)
   local alter = "alter table %s rename %s to %s;"
   return alter:format(relation, column, "was_" .. column), alter:format(relation, "was_" .. column, column)
end

local NO_CONSTRAINT = "alter table lakehouse_partitions drop constraint lakehouse_partitions_no_overlap;"
local CONSTRAINT = [[alter table lakehouse_partitions add constraint lakehouse_partitions_no_overlap exclude using gist (view_set_name with =,
   view_instance_id with =, file_schema_hash with =, tstzrange(begin_insert_time, end_insert_time) with &&);]]
local NOT_OURS = 'the catalog in schema "public" is not as micromegas makes it: '

local odd = {}

local function add(what, message, change, back)
   odd[#odd + 1] = {what = what, message = message, change = change, back = back}
end

add("a column that is missing", "lakehouse_partitions has no column updated", rename("lakehouse_partitions", "updated"))
add("a time without zone", "lakehouse_partitions.updated is of type timestamp without time zone, not timestamptz",
   type_of("lakehouse_partitions", "updated", "timestamp", "timestamptz"))
add("a bound without zone", "lakehouse_partitions.begin_insert_time is of type timestamp without time zone, not timestamptz", (function()
   local change, back = type_of("lakehouse_partitions", "begin_insert_time", "timestamp", "timestamptz")
   return NO_CONSTRAINT .. change, back .. CONSTRAINT
end)())
add("a size that is numeric", "lakehouse_partitions.file_size is of type numeric, not bigint",
   type_of("lakehouse_partitions", "file_size", "numeric", "bigint"))
add("a hash that is text", "lakehouse_partitions.source_data_hash is of type text, not bytea",
   type_of("lakehouse_partitions", "source_data_hash", "text", "bytea"))
add("a name of fixed length", "lakehouse_partitions.file_path is of type character, not text",
   type_of("lakehouse_partitions", "file_path", "char(300)", "varchar(2047)"))
add("a sort order that is JSON", "lakehouse_partitions.sort_order is of type json, not text[]",
   type_of("lakehouse_partitions", "sort_order", "json", "text[]", "null::json"):gsub("$", ""),
   "alter table lakehouse_partitions alter sort_order type text[] using null;")
add("no deletion queue", "there is no table temporary_files", "alter table temporary_files rename to elsewhere",
   "alter table elsewhere rename to temporary_files")
add("a deletion queue of another kind", "temporary_files.expiration is of type timestamp without time zone, not timestamptz",
   type_of("temporary_files", "expiration", "timestamp", "timestamptz"))
add("no column for the version", "lakehouse_migration has no column version", rename("lakehouse_migration", "version"))
add("a version that is text", "lakehouse_migration.version is of type text, not int",
   type_of("lakehouse_migration", "version", "text", "int"))
add("a version that may be beyond an integer", "lakehouse_migration.version is of type bigint, not int",
   type_of("lakehouse_migration", "version", "bigint", "int"))
add("settings that are text", "settings.value is of type text, not jsonb", type_of("settings", "value", "text", "jsonb"))
add("definitions without author", "lakehouse_view_set_definitions has no column updated_by",
   rename("lakehouse_view_set_definitions", "updated_by"))
add("blocks with names of another type", "blocks.stream_id is of type text, not uuid", type_of("blocks", "stream_id", "text", "uuid"))
add("streams without tags", "streams has no column tags", rename("streams", "tags"))

describe("a catalog with", function()
   for _, case in ipairs(odd) do
      it(case.what .. " is none, and what is odd is named", function()
         changed(case.change, case.back, function()
            hostile.assert_failed("not_a_lake", NOT_OURS .. case.message, open())
         end)
      end)
   end

   it("what is odd is said by the verbs", function()
      local change, back = type_of("lakehouse_partitions", "file_size", "numeric", "bigint")
      changed(change, back, function()
         hostile.assert_said(1, "mmlua status: " .. NOT_OURS .. "lakehouse_partitions.file_size is of type numeric, not bigint",
            hostile.verb(stage, "status"))
      end)
   end)

   for _, case in ipairs{
      {"a foreign table", [[create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw;
         create foreign table lakehouse_partitions (view_set_name text) server elsewhere]]},
      {"a materialized view", "create materialized view lakehouse_partitions as table moved"}} do
      it(case[1] .. " in place of its partitions is none", function()
         changed("alter table lakehouse_partitions rename to moved;" .. case[2],
            "drop extension if exists postgres_fdw cascade; drop materialized view if exists lakehouse_partitions;"
            .. "alter table moved rename to lakehouse_partitions",
            function()
               hostile.assert_failed("not_a_lake",
                  ('database "%s" is not a micromegas lake: it holds no table lakehouse_partitions'):format(stage.db.name), open())
            end)
      end)
   end

   for what, sql in pairs{["divided partitions"] = "create table child (like lakehouse_partitions) inherits (lakehouse_partitions)",
      ["partitions that others inherit"] = "create table child () inherits (lakehouse_partitions)"} do
      it(what .. " is none", function()
         changed(sql, "drop table child", function()
            hostile.assert_failed("not_a_lake", 'lakehouse_partitions in schema "public" is divided into several tables: row addresses '
               .. "would not be unique, and micromegas never does that", open())
         end)
      end)
   end
end)

describe("a catalog is good enough", function()
   local works = {
      {"where the deletion queue is a view", "alter table temporary_files rename to queue; create view temporary_files as table queue",
         "drop view temporary_files; alter table queue rename to temporary_files"},
      {"where the version is a view", "alter table lakehouse_migration rename to moved; create view lakehouse_migration as table moved",
         "drop view lakehouse_migration; alter table moved rename to lakehouse_migration"},
      {"where blocks is a view", "alter table blocks rename to moved; create view blocks as table moved",
         "drop view blocks; alter table moved rename to blocks"},
      {"where processes is a view", "alter table processes rename to moved; create view processes as table moved",
         "drop view processes; alter table moved rename to processes"},
      {"where streams is no table", "alter table streams rename to moved", "alter table moved rename to streams"},
      {"where migration is no table", "alter table migration rename to moved", "alter table moved rename to migration"},
      {"where texts have no length", type_of("lakehouse_partitions", "view_instance_id", "text", "varchar(255)")},
      {"where numbers are shorter", type_of("lakehouse_partitions", "file_size", "int", "bigint")},
      {"where the version has been written twice", "insert into lakehouse_migration values (9)",
         "delete from lakehouse_migration where version = 9"},
      {"with triggers and constraints that come afterwards", [[create function nothing() returns trigger language plpgsql as
         'begin return null; end'; create trigger later after delete on lakehouse_partitions for each row execute function nothing();
         create trigger whole before insert on temporary_files for each statement execute function nothing()]],
         "drop function nothing cascade"},
      {"with a trigger that is disabled", [[create function nothing() returns trigger language plpgsql as 'begin return null; end';
         create trigger off before delete on lakehouse_partitions for each row execute function nothing();
         alter table lakehouse_partitions disable trigger off]], "drop function nothing cascade"},
   }

   for _, case in ipairs(works) do
      it(case[1], function()
         changed(case[2], case[3], function()
            hostile.round_trip(stage, stage:open())
         end)
      end)
   end
end)

describe("a catalog whose names have no length", function()
   it("is exported page by page, each row once", function()
      local change, back = type_of("lakehouse_partitions", "view_set_name", "text", "varchar(255)")
      local path = os.tmpname()
      changed(NO_CONSTRAINT .. change .. [[insert into lakehouse_partitions (view_set_name, num_rows, view_instance_id, begin_insert_time)
         select repeat('x', 1500) || n, n, 'a', '2026-11-01' from generate_series(1, 10100) n]],
         "delete from lakehouse_partitions where length(view_set_name) > 255;" .. back .. CONSTRAINT, function()
            assert.are.equal(10103, assert(stage:open():export_partitions(path)))
         end)

      local _, lines = assert(io.open(path)):read("*a"):gsub("\n", "")
      os.remove(path)
      assert.are.equal(10104, lines)
   end)
end)

describe("a catalog is only read", function()
   local function assert_only_read(change, back, code, message)
      changed(change, back, function()
         local lake = stage:open()
         local before = stage:fingerprint()

         assert.are.equal(2, assert(lake:list_outdated_partitions())[1].partition_count)
         assert.are.equal(message, assert(lake:status()).not_writable_because)
         hostile.assert_failed(code, message, hostile.plan(lake))
         hostile.assert_failed(code, message, lake:publish_registry(RELEASE))
         assert.are.equal(2, assert(hostile.plan(lake, {dry_run = true})).partitions)
         assert.are.equal(before, stage:fingerprint())
      end)
   end

   local function version(value, code, message)
      assert_only_read("update lakehouse_migration set version = " .. value, "update lakehouse_migration set version = 10", code, message)
   end

   it("where its version is newer than any", function()
      version("2147483647", "newer_catalog", ("the catalog has lakehouse version 2147483647, mm %s knows versions up to 10: it only "
         .. "reads this lake"):format(mm.version))
   end)

   it("where its version is none", function()
      for _, value in ipairs{"null", "0", "-5", "-2147483648"} do
         version(value, "not_a_lake", "the catalog says no version: lakehouse_migration is empty or holds none")
      end
   end)

   local functions = [[create function meddle() returns trigger language plpgsql as 'begin return null; end';]]
   local meddlers = {
      {"trigger meddler on lakehouse_partitions", functions
         .. "create trigger meddler before delete on lakehouse_partitions for each row execute function meddle()"},
      {"trigger meddler on temporary_files", functions
         .. "create trigger meddler before insert or update on temporary_files for each row execute function meddle()"},
      {"rule meddler on lakehouse_partitions", "create rule meddler as on delete to lakehouse_partitions do instead nothing"},
      {"rule meddler on temporary_files", "create rule meddler as on insert to temporary_files do also select 1"},
   }

   for _, meddler in ipairs(meddlers) do
      it("where what is written may come to nothing by the " .. meddler[1], function()
         assert_only_read(meddler[2], "drop function if exists meddle cascade; drop rule if exists meddler on lakehouse_partitions; "
            .. "drop rule if exists meddler on temporary_files", "conflict", meddler[1]
            .. " may change what is written, or keep it from being written: mm only reads this lake")
      end)
   end
end)

describe("a retirement that was planned before", function()
   after_each(fill)

   local function assert_refused(change, code, message, hint)
      local lake = stage:open()
      local id, before = assert(hostile.plan(lake)).id, stage:fingerprint()
      stage:psql(change)

      local err = hostile.assert_failed(code, message, hostile.apply(lake, id))

      assert.are.equal(hint, err.hint)
      assert.are.equal(before, stage:fingerprint())
      assert.are.equal("", stage:troubles())
   end

   it("the catalog got a trigger is not applied", function()
      assert_refused([[create function meddle() returns trigger language plpgsql as 'begin return null; end';
         create trigger meddler before insert on temporary_files for each row execute function meddle()]], "conflict",
         "trigger meddler on temporary_files may change what is written, or keep it from being written: mm only reads this lake",
         "micromegas has none: drop it, or have it run after the row is written")
      stage:psql("drop function meddle cascade")
   end)

   it("a trigger raises in a batch changes nothing, and is done when the trigger is gone", function()
      assert_refused([[create function meddle() returns trigger language plpgsql as
         $$ begin raise exception 'not %', old.file_path using hint = 'ask Bob'; end $$;
         create trigger meddler after delete on lakehouse_partitions for each row execute function meddle()]],
         "query", "retire_batch: not old", "ask Bob")
      stage:psql("drop function meddle cascade")

      local lake = stage:open()
      assert.are.equal(2, assert(hostile.apply(lake, lake:retirements()[1].id)).retired)
   end)
end)

describe("a schema mmadmin", function()
   local ALIEN = "the schema mmadmin was not made by mm: it has no table lake that says which version it is"

   after_each(function()
      stage:drop()
      fill()
   end)

   local function assert_alien(change)
      stage:close()
      stage:psql(change)
      local lake = stage:open()
      local before = stage:fingerprint()

      assert.are.equal(2, assert(lake:list_outdated_partitions())[1].partition_count)
      assert.are.equal(ALIEN, assert(lake:status()).not_writable_because)
      for _, call in ipairs{hostile.plan, lake.check_writable, lake.retirements, lake.remove_state, lake.holds} do
         local err = hostile.assert_failed("conflict", ALIEN, call(lake))
         assert.are.equal("mm keeps its plans in a schema of that name: have the other one renamed", err.hint)
      end
      hostile.assert_failed("conflict", ALIEN, lake:remove_state{force = true})
      hostile.assert_failed("conflict", "the schema mmadmin exists already", lake:init())
      assert.are.equal(before .. "t", stage:fingerprint() .. stage:value("select to_regnamespace('mmadmin') is not null"))
   end

   it("with other tables is left alone", function()
      assert_alien("drop schema mmadmin cascade; create schema mmadmin; create table mmadmin.lake (id int, depth numeric); "
         .. "create table mmadmin.hold (x int)")
   end)

   it("with a table of nearly the same columns is left alone", function()
      assert_alien("alter table mmadmin.lake alter version type text")
   end)

   it("without tables, or without its only row, is left alone", function()
      assert_alien("delete from mmadmin.lake")
      stage:drop()
      fill()
      assert_alien("drop schema mmadmin cascade; create schema mmadmin")
   end)

   it("of a newer version is left alone", function()
      stage:psql("update mmadmin.lake set version = 99")
      local lake = stage:open()

      local err = hostile.assert_failed("not_initialized", ("the lake's schema mmadmin has version 99, this mm needs %d"):format(
         lake:info().known_state_version), hostile.plan(lake))

      assert.are.equal("use the version of mm that made it", err.hint)
      hostile.assert_failed("not_initialized", err.message, lake:remove_state{force = true})
   end)

   it("of which a table is gone is an error that names it", function()
      local lake = stage:open()
      stage:psql("drop table mmadmin.item cascade")

      hostile.assert_failed("query", 'plan_items: relation "mmadmin.item" does not exist', hostile.plan(lake))

      assert.are.equal("0", stage:value("select count(*) from mmadmin.retirement"))
   end)

   it("with plans that somebody wrote by hand does not break what reads them", function()
      local lake = stage:open()
      local id = assert(hostile.plan(lake)).id
      for _, selection in ipairs{"no JSON", "5", "null", ""} do
         stage:psql(("update mmadmin.retirement set selection = '%s'"):format(selection))

         hostile.assert_failed("conflict", ("what was asked for with %s cannot be read: somebody changed mmadmin.retirement"):format(id),
            hostile.apply(lake, id))
         assert.are.equal("planned", assert(lake:retirements())[1].state)
      end
   end)
end)
