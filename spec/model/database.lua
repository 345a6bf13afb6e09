-- The real side of a history: a database of its own whose clock the model moves.
--
--   local made = database.new()     made.db as postgres.lua has it, made.eye an observer (observer.lua)
--   made:items(number)              a plan's items as lines
--   made:lines(touched, audited, now)   what is there, as world:lines(touched) has it, of the audit what is after that
--                                   entry; then moves the clock to `now`
--   made:close()
--
-- The clock: PostgreSQL's now() and clock_timestamp() are renamed, and in their place stand functions that answer what
-- a table says. So everything that asks the database for the time - mm's statements, the defaults of its tables, and
-- upstream's - lives by one clock, which stands still until the model moves it. Nothing that is stored is touched:
-- shifting expirations and plans in the tables instead would break their digests and the audit's hashes. What lives by
-- the machine's clock are PostgreSQL's timeouts only.
local invariants = require("spec.support.invariants")
local observer = require("spec.support.observer")
local postgres = require("spec.support.postgres")
local scene = require("spec.model.scene")
local world = require("spec.model.world")

local database = {}
database.__index = database

local TEMPLATE = "model"

local CLOCK = [[
   alter function pg_catalog.now() rename to real_now;
   alter function pg_catalog.clock_timestamp() rename to real_clock_timestamp;
   create schema model;
   create table model.clock (at timestamptz not null);
   insert into model.clock values ('%s');
   create function pg_catalog.now() returns timestamptz language plpgsql stable as
      'begin return (select at from model.clock); end';
   create function pg_catalog.clock_timestamp() returns timestamptz language plpgsql volatile as
      'begin return (select at from model.clock); end';
   -- Who moves rows is said by the history.
   alter table lakehouse_partitions set (autovacuum_enabled = off);
   alter table temporary_files set (autovacuum_enabled = off);]]

local SQL_OF = {view_set = "view_set_name", instance = "view_instance_id", path = "file_path", size = "file_size",
   rows = "num_rows", version = "partition_format_version", sort_order = "sort_order",
   from = "us(begin_insert_time)", to = "us(end_insert_time)", min = "us(min_event_time)", max = "us(max_event_time)",
   updated = "us(updated)", max_sort = "us(max_sort_key_time)", hash = "encode(file_schema_hash, 'hex')",
   source = "encode(source_data_hash, 'hex')", metadata = "null"}

-- Microseconds since 1970.
local function with_us(sql)
   return (sql:gsub("us(%b())", "(extract(epoch from %1) * 1000000)::bigint"))
end

local function line(...)
   local list = {}
   for i, sql in ipairs{...} do
      list[i] = ("coalesce((%s)::text, '~')"):format(with_us(sql))
   end
   return table.concat(list, " || '|' || ")
end

local function row_line()
   local list = {}
   for i, name in ipairs(world.COLUMNS) do
      list[i] = SQL_OF[name]
   end
   return line((unpack or table.unpack)(list)) -- luacheck: ignore
end

-- Touched is an array of the numbers of retirements, or null for all.
local function dump_function()
   local of_touched = " where touched is null or retirement = any (touched)"
   local body = ([[
      select %s from mmadmin.audit where seq > audited
      union all select %s from mmadmin.hold union all
      select 'row|' || %s from lakehouse_partitions
      union all select %s from temporary_files
      union all select 'deleted|' || file_path from (select distinct file_path from witness.deleted_file) d
      union all select %s from mmadmin.retirement <touched>
      union all select %s || '|' || %s from mmadmin.item <touched>
      union all select %s from mmadmin.skipped <touched>
      union all select %s from mmadmin.unrestored <touched>
      union all select %s from mmadmin.batch <touched>]]):format(
      line("'audit'", "seq - audited", "what", "retirement", "body::json ->> 'why'"),
      line("'hold'", "hold", "view_set_name", "view_instance_id", "us(begin_insert_time)", "us(end_insert_time)",
         "released_at is not null"),
      row_line(),
      line("'queue'", "file_path", "file_size", "us(expiration)"),
      line("'retirement'", "retirement", "state", "next_seq", "undo_seq", "partitions", "bytes", "us(valid_until)",
         "us(applied_at)", "us(undo_until)", "changed_accepted", "reason", "undo_reason", "why"),
      line("'item'", "retirement", "seq", "status", "verdict"), row_line(),
      line("'skipped'", "retirement", "seq", "why"), line("'unrestored'", "retirement", "seq", "why"),
      line("'batch'", "retirement", "kind", "first_seq", "last_seq", "done", "gone", "changed", "held", "bytes",
         "us(committed_at)"))
   return ([[
      create function model.lines(touched bigint[], audited bigint, next timestamptz) returns setof text
      language plpgsql as $$ begin
         return query %s;
         update model.clock set at = next where next is not null;
      end $$;]]):format((body:gsub("<touched>", of_touched)))
end

local function line_functions()
   return ([[
      create function model.line_of(p lakehouse_partitions) returns text stable language sql as
         $$ select %s from (select p.*) p $$;
      create function model.items(number bigint) returns setof text stable language sql as
         $$ select %s || '|' || %s from mmadmin.item where retirement = number order by seq $$;]]):format(row_line(),
      line("status", "verdict"), row_line())
end

local function current_hashes()
   local hashes = {}
   for _, view_set in ipairs(scene.VIEW_SETS) do
      hashes[view_set.name] = not view_set.is_unregistered and view_set.new or nil
   end
   return hashes
end

-- Made once; each history gets a copy.
local function make_template()
   local mm = require("mm")
   local db = postgres.database("catalog-v10")
   db:psql(CLOCK:format(scene.stamp(scene.NOW)) .. scene.source_sql())
   local lake = assert(mm.open(db.conninfo))
   assert(lake:init{name = "made-up"})
   lake:close()
   invariants.watch(db, current_hashes())
   db:psql(dump_function() .. line_functions())
   postgres.start().admin:psql(("alter database %s rename to %s"):format(db.name, TEMPLATE))
end

local is_made = false

function database.new()
   if not is_made then
      make_template()
      is_made = true
   end
   local db = postgres.database(TEMPLATE)
   db:psql("update mmadmin.lake set database_oid = (select oid from pg_database where datname = current_database())")
   return setmetatable({db = db, eye = observer.open(db)}, database)
end

local function array_of(set)
   local list = {}
   for number in pairs(set or {}) do
      list[#list + 1] = ("%d"):format(number)
   end
   return set and ("'{%s}'"):format(table.concat(list, ",")) or "null"
end

function database:lines(touched, audited, now)
   local text = self.eye:psql(("select model.lines(%s, %d, %s)"):format(array_of(touched), audited,
      now and "'" .. scene.stamp(now) .. "'" or "null"))
   local lines = {}
   for each in text:gmatch("[^\n]+") do
      lines[#lines + 1] = each
   end
   return lines
end

--- The items of a retirement in their order, as lines of status, verdict and row.
function database:items(number)
   local lines = {}
   for each in self.eye:psql(("select model.items(%d)"):format(number)):gmatch("[^\n]+") do
      lines[#lines + 1] = each
   end
   return lines
end

function database:close()
   self.eye:close()
   self.db:drop()
end

return database
