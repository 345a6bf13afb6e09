-- Databases and roles with odd settings, other encodings and collations, and names that stand before PostgreSQL's own.
local mm = require("mm")
local hostile = require("spec.support.hostile")
local postgres = require("spec.support.postgres")
local stages = require("spec.support.stage")

local RELEASE = assert(mm.registry.release("0.33"))
local ROWS = {{"old", 0, 1, "05", sort_order = '{a,"b c"}'}, {"new", 0, 1, "07"}, {"left", 1, 2, "05", max_sort = 2}}

local stage

-- Each of them fails where mm calls it. They are no closer to the types of their arguments than PostgreSQL's own, which
-- win only where they come first.
local PLANTED = [[
   create schema planted;
   create function planted.fail(text) returns text language plpgsql as $$ begin raise exception '% was called', $1; end $$;
   create function planted.set_config(text, text, bool) returns text language sql as $$ select planted.fail('set_config') $$;
   create function planted.current_setting(text) returns text language sql as $$ select planted.fail('current_setting') $$;
   create function planted.current_database() returns name language sql as $$ select planted.fail('database')::name $$;
   create function planted.now() returns timestamptz language sql as $$ select planted.fail('now')::timestamptz $$;
   create function planted.encode(bytea, text) returns text language sql as $$ select planted.fail('encode') $$;
   create function planted.sha256(bytea) returns bytea language sql as $$ select planted.fail('sha256')::bytea $$;
   create function planted.equals(varchar, text) returns bool language sql as $$ select planted.fail('=')::bool $$;
   create operator planted.= (leftarg = varchar, rightarg = text, function = planted.equals);
   create table planted.lakehouse_migration as select 99 as version;
   create table planted.temporary_files (like public.temporary_files);
   grant usage on schema planted to ROLE;
   grant all on all tables in schema planted to ROLE;
   alter role ROLE set search_path = planted, pg_catalog, public]]

describe("functions, operators and tables that somebody planted", function()
   it("in a schema that the role's search_path puts before all others are never used", function()
      finally(function()
         stage:drop()
      end)
      stage = hostile.stage("catalog-v10")
      stage:set(ROWS)
      local role = stage.db:role("all on all tables in schema public, mmadmin", "usage on schema mmadmin",
         "all on all sequences in schema mmadmin")
      stage:psql((PLANTED:gsub("ROLE", role.user)))
      local lake = stage:open{conninfo = role.conninfo, registry = RELEASE}

      assert.are.equal(10, assert(lake:status()).lakehouse_version)
      assert.are.equal(1, assert(lake:list_outdated_partitions("log_entries"))[1].replaced)
      hostile.round_trip(stage, lake)

      assert.are.equal("0", stage:value("select count(*) from planted.temporary_files"))
   end)
end)

-- Everything that a session may start with, at values that nobody would choose.
local SETTINGS = {
   {"search_path", "nowhere"}, {"search_path", "''"}, {"datestyle", "'SQL, DMY'"}, {"timezone", "'Asia/Kathmandu'"},
   {"timezone", "'<-99>+99'"}, {"intervalstyle", "sql_standard"}, {"bytea_output", "escape"},
   {"standard_conforming_strings", "off"}, {"escape_string_warning", "on"}, {"extra_float_digits", "-15"},
   {"array_nulls", "off"}, {"transform_null_equals", "on"}, {"quote_all_identifiers", "on"},
   {"default_transaction_isolation", "serializable"}, {"default_transaction_deferrable", "on"},
   {"lock_timeout", "1"},
   {"enable_tidscan", "off"}, {"enable_indexscan", "off"}, {"enable_seqscan", "off"}, {"work_mem", "64"},
   {"client_encoding", "'latin1'"}, {"client_min_messages", "debug5"}, {"synchronous_commit", "off"},
   {"row_security", "on"}, {"plan_cache_mode", "force_generic_plan"}, {"join_collapse_limit", "1"}, {"geqo_threshold", "2"},
}

describe("a database whose settings are", function()
   local admin

   setup(function()
      admin = postgres.start().admin
      stage = hostile.stage("catalog-v10")
   end)
   teardown(function()
      stage:drop()
   end)

   local function open_with(settings)
      local name = stage.db.name
      local lines = {("alter database %s reset all;"):format(name)}
      for _, setting in ipairs(settings) do
         lines[#lines + 1] = ("alter database %s set %s = %s;"):format(name, setting[1], setting[2])
      end
      admin:psql(table.concat(lines))
      return stage:open()
   end

   it("odd, one by one, is the same to mm", function()
      stage:set(ROWS)
      local as_ever = assert(stage:open():list_outdated_partitions())

      for _, setting in ipairs(SETTINGS) do
         assert.are.same(as_ever, open_with{setting}:list_outdated_partitions(), setting[1])
      end
   end)

   it("odd, all at once, is the same to mm", function()
      stage:set(ROWS)
      local as_ever = assert(stage:open():list_outdated_partitions())

      local lake = open_with(SETTINGS)

      admin:psql(("alter database %s reset all"):format(stage.db.name))
      assert.are.same(as_ever, lake:list_outdated_partitions())
      hostile.round_trip(stage, lake)
   end)
end)

-- Names of one script each, which LATIN1 has all of, and the order of which collations do not agree upon.
local NAMES = {"a", "A", "b", "a ", " a", "a-b", "ab", "\195\169", "e", "\195\156ber", "_", "10", "2"}

-- A lake in a database made with other options; instances of these names, each with an outdated and a current row.
local function lake_of_names(options, names)
   local rows = {}
   for i, name in ipairs(names) do
      rows[2 * i - 1] = {"old" .. i, 0, 1, "05", instance = name}
      rows[2 * i] = {"new" .. i, 0, 1, "07", instance = name}
   end
   stage = stages.new("catalog-v10", options)
   finally(function()
      stage:drop()
   end)
   stage:set({})
   stage:psql(("alter database %s set client_encoding = 'UTF8'"):format(stage.db.name))
   stage:set(rows)
   return stage:open()
end

local function instances_of(rows)
   local set = {}
   for _, row in ipairs(rows) do
      set[#set + 1] = row.view_instance_id
   end
   return set
end

local function sorted(list)
   local copy = {}
   for i, value in ipairs(list) do
      copy[i] = value
   end
   table.sort(copy)
   return copy
end

local COLLATIONS = {
   {"of English, which takes capitals and blanks lightly", "locale_provider icu icu_locale 'en-US-u-ka-shifted-ks-level1' locale 'C'"},
   {"of German telephone books", "locale_provider icu icu_locale 'de-u-co-phonebk' locale 'C'"},
   {"of code points", "locale 'C.UTF-8'"},
}

describe("a database with the collation", function()
   for _, collation in ipairs(COLLATIONS) do
      it(collation[1] .. " is the same to mm", function()
         local lake = lake_of_names("template template0 encoding 'UTF8' " .. collation[2], NAMES)

         local groups = assert(lake:list_outdated_partitions())

         assert.are.same(sorted(NAMES), sorted(instances_of(groups)))
         for _, group in ipairs(groups) do
            assert.are.equal(1, group.replaced)
         end
         hostile.round_trip(stage, lake)
      end)
   end

   it("that puts names of a listing in another order gives each once, page by page", function()
      local lake = lake_of_names("template template0 encoding 'UTF8' " .. COLLATIONS[1][2], {})
      stage:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', name, '2026-11-01', n from generate_series(1, 1300) n,
                lateral (values ('x-' || n), ('X ' || n), ('x' || n)) v (name)]])

      local seen = {}
      for row in assert(lake:list_partitions()) do
         seen[row.view_instance_id] = (seen[row.view_instance_id] or 0) + 1
      end

      local count = 0
      for _, times in pairs(seen) do
         count = count + 1
         assert.are.equal(1, times)
      end
      assert.are.equal(3900, count)
   end)
end)

describe("a database in the encoding", function()
   it("LATIN1 has its names translated to and fro", function()
      local lake = lake_of_names("template template0 encoding 'LATIN1' locale 'C'", NAMES)

      assert.are.same(sorted(NAMES), sorted(instances_of(assert(lake:list_outdated_partitions()))))
      assert.are.equal(2, #assert(lake:list_partitions{view_instance = "\195\169"}):all())
      hostile.round_trip(stage, lake)
   end)

   it("LATIN1 says which character it lacks, and changes nothing", function()
      local lake = lake_of_names("template template0 encoding 'LATIN1' locale 'C'", NAMES)
      local before = stage:fingerprint()

      hostile.assert_failed("query", [[plan_begin: character with byte sequence 0xd0 0xb6 in encoding "UTF8" has no ]]
         .. [[equivalent in encoding "LATIN1"]], hostile.plan(lake, {view_instance = "\208\182"}))

      assert.are.equal(before .. "0", stage:fingerprint() .. stage:value("select count(*) from mmadmin.retirement"))
   end)

   it("SQL_ASCII with bytes that are no text says so wherever they would be shown", function()
      local lake = lake_of_names("template template0 encoding 'SQL_ASCII' locale 'C'", {"a"})
      stage:psql(("alter database %s reset client_encoding"):format(stage.db.name))
      stage:psql("update lakehouse_partitions set view_instance_id = E'a\\377' where file_path = 'old1'")
      local message = ': invalid byte sequence for encoding "UTF8": 0xff'

      hostile.assert_failed("query", "outdated" .. message, lake:list_outdated_partitions())
      hostile.assert_failed("query", "partitions" .. message, lake:list_partitions())
      hostile.assert_failed("query", "partitions" .. message, lake:export_partitions("/dev/null", nil, {format = "jsonl"}))
      assert.are.equal(2, assert(lake:status()).partitions)
   end)

   it("SQL_ASCII gives the bytes that are there", function()
      local lake = lake_of_names("template template0 encoding 'SQL_ASCII' locale 'C'", NAMES)

      assert.are.same(sorted(NAMES), sorted(instances_of(assert(lake:list_outdated_partitions()))))
      hostile.round_trip(stage, lake)
   end)
end)
