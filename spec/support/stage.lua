-- A made-up lake that the specs of a file share: emptied and filled again for each, quicker than a new database.
--
--   local stage = require("spec.support.stage").new("catalog-v10", [options])   made at its first use, not when the file
--      is loaded; options: those of postgres.database
--   stage:set({{"old", 0, 1, "05"}, {"new", 0, 1, "07"}}, [sql])
--      Removes everything, the rows of mmadmin too, and puts these partitions there in this order: the path of the file
--      (false: an empty partition, without one), the hours of 2026-11-01 at which it begins and ends (or a literal),
--      hash; besides by name: view_set (log_entries), instance (global), events (100), rows (10), bytes (1000), updated,
--      min, max, version, sort_order, max_sort, metadata. false is NULL. `sql` runs after that.
--   stage:add({...})                      more partitions
--   stage:open([options]) -> lake, by default with the registry of release 0.33; closed by the next `set`
--   stage:live(), stage:queued() -> paths of live partitions, of queued files: sorted, between spaces
--   stage:fingerprint() -> equal when lakehouse_partitions and temporary_files hold equal rows
--   stage:troubles() -> live rows whose file is queued, transactions and locks of others; "" when there are none
--   stage.OVERRIDES  for apply: made-up lakes hold what two releases have just written; stage.NOT_WRITERS the others
--   stage:value(sql) -> text; NULL is ""     stage:psql(sql), stage:rows(sql), stage:session(), stage.db: see postgres.lua
local postgres = require("spec.support.postgres")

local stage = {}
stage.__index = stage

stage.PROCESS = "11111111-0000-4000-8000-000000000001"
stage.STREAM = "22222222-0000-4000-8000-000000000001"
stage.VERDICTS = {"replaced", "short", "empty", "rebuildable", "waits_for_blocks", "only_copy"}

-- column, since which catalog version, until which
local COLUMNS = {
   {"view_set_name"}, {"view_instance_id"}, {"begin_insert_time"}, {"end_insert_time"}, {"min_event_time"},
   {"max_event_time"}, {"updated"}, {"file_path"}, {"file_size"}, {"file_schema_hash"}, {"source_data_hash"},
   {"file_metadata", 2, 3}, {"num_rows", 3}, {"partition_format_version", 5}, {"sort_order", 7},
   {"max_sort_key_time", 8},
}

stage.OVERRIDES = {writers = "a made-up lake", blocks_last = "a made-up lake", budget = "a made-up lake"}
stage.NOT_WRITERS = {blocks_last = "a spec of writers", budget = "a spec of writers", holds = "a spec of writers"}

local function literal(value)
   if value == nil or value == false then
      return "null"
   end
   return type(value) == "number" and ("%.0f"):format(value) or "'" .. value:gsub("'", "''") .. "'"
end

local function time(value)
   if type(value) == "number" then
      return ("timestamptz '2026-11-01 00:00+00' + interval '%.0f milliseconds'"):format(value * 3600000)
   end
   return value and "timestamptz " .. literal(value) or "null"
end

-- A number as 8 bytes, little-endian.
local function count(value)
   if type(value) == "number" then
      value = ("%016x"):format(value):reverse():gsub("(.)(.)", "%2%1")
   end
   return literal(value and "\\x" .. value)
end

local function either(value, default)
   if value == nil then
      return default
   end
   return value
end

local function values(row)
   local path, is_empty = row[1], row.rows == 0 or row[1] == false and row.rows == nil
   local from, to = row[2], row[3]
   return {
      view_set_name = literal(either(row.view_set, "log_entries")),
      view_instance_id = literal(either(row.instance, "global")),
      begin_insert_time = time(from),
      end_insert_time = time(to),
      min_event_time = time(either(row.min, not is_empty and from)),
      max_event_time = time(either(row.max, not is_empty and to)),
      updated = time(either(row.updated, to)),
      file_path = literal(path),
      file_size = literal(either(row.bytes, is_empty and 0 or 1000)),
      file_schema_hash = literal(row[4] and "\\x" .. row[4]) .. "::bytea",
      source_data_hash = count(either(row.events, is_empty and 0 or 100)) .. "::bytea",
      file_metadata = literal(row.metadata and "\\x" .. row.metadata) .. "::bytea",
      num_rows = literal(either(row.rows, is_empty and 0 or 10)),
      partition_format_version = literal(row.version or 2),
      sort_order = literal(row.sort_order) .. "::text[]",
      max_sort_key_time = time(row.max_sort),
   }
end

local function insert(version, rows)
   local columns, lines = {}, {}
   for _, column in ipairs(COLUMNS) do
      if version >= (column[2] or 1) and version <= (column[3] or 99) then
         columns[#columns + 1] = column[1]
      end
   end
   for i, row in ipairs(rows) do
      local record, list = values(row), {}
      for k, column in ipairs(columns) do
         list[k] = record[column]
      end
      lines[i] = ("insert into lakehouse_partitions (%s) values (%s);"):format(table.concat(columns, ", "), table.concat(list, ", "))
   end
   return table.concat(lines, "\n")
end

--- SQL for a source block of `events` events and its stream and process; see `stage.new`.
function stage.block(hour, events, options)
   options = options or {}
   local process, stream = options.process or stage.PROCESS, options.stream or stage.STREAM
   return ([[insert into processes (process_id, exe, insert_time) values ('%s', 'made-up', now()) on conflict do nothing;
      insert into streams (stream_id, process_id, tags, insert_time) values ('%s', '%s', '{%s}', now()) on conflict do nothing;
      insert into blocks (block_id, stream_id, process_id, nb_objects, insert_time)
      values (gen_random_uuid(), '%s', '%s', %d, %s);]]):format(process, stream, process, options.tag or "log", stream,
      process, events, time(hour))
end

function stage.new(template, options)
   return setmetatable({template = template, options = options, version = tonumber(template:match("%-v(%d+)$")) or 10}, stage)
end

function stage:open(options)
   local mm = require("mm")
   options = options or {registry = assert(mm.registry.release("0.33"))}
   local lake = assert(mm.open(options.conninfo or self.db.conninfo, {registry = options.registry}))
   self.opened[#self.opened + 1] = lake
   return lake
end

local function prepare(self)
   self.db, self.opened = postgres.database(self.template, self.options), {}
   assert(self:open():init{name = "made-up"})
end

function stage:close()
   for _, lake in ipairs(self.opened) do
      lake:close()
   end
   self.opened = {}
end

local EMPTY = [[
   truncate lakehouse_partitions, temporary_files, blocks, streams, processes, mmadmin.retirement, mmadmin.item,
      mmadmin.skipped, mmadmin.unrestored, mmadmin.batch, mmadmin.view_set, mmadmin.hold, mmadmin.audit restart identity;
   update mmadmin.audit_head set seq = 0, hash = sha256('');
   update mmadmin.lake set system_identifier = (select system_identifier from pg_control_system()),
      database_oid = (select oid from pg_database where datname = current_database());
]]

function stage:set(rows, sql)
   if not self.db then
      prepare(self)
   end
   self:close()
   self.db:psql(EMPTY .. (self.version >= 10 and "delete from settings;\n" or "") .. insert(self.version, rows) .. (sql or ""))
end

function stage:add(rows) self.db:psql(insert(self.version, rows)) end

function stage:drop()
   if self.db then
      self:close()
      self.db:drop()
      self.db = nil
   end
end

for _, name in ipairs{"psql", "rows", "session"} do
   stage[name] = function(self, ...)
      return self.db[name](self.db, ...)
   end
end
stage.value = stage.psql

for name, of in pairs{live = "lakehouse_partitions", queued = "temporary_files"} do
   stage[name] = function(self)
      return self:value("select coalesce(string_agg(file_path, ' ' order by file_path), '') from " .. of)
   end
end

function stage:fingerprint()
   return self:value[[select coalesce(md5(string_agg(row, E'\n' order by row)), '') from (
      select p::text as row from lakehouse_partitions p union all select t::text from temporary_files t) r]]
end

function stage:troubles()
   return self:value[[select coalesce(string_agg(trouble, '; '), '') from (
      select 'live and queued: ' || file_path as trouble from lakehouse_partitions join temporary_files using (file_path)
      union all
      select 'queued without a file' from temporary_files where file_path is null
      union all
      select format('left %s: %s', state, query) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        and (state <> 'idle' or xact_start is not null)
      union all
      select format('left a lock: %s', mode) from pg_locks
      where database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()
        and pid in (select pid from pg_stat_activity where backend_type = 'client backend')) t]]
end

return stage
