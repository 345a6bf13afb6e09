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
local partitions = require("spec.support.partitions")
local postgres = require("spec.support.postgres")

local stage = {}
stage.__index = stage

stage.PROCESS = "11111111-0000-4000-8000-000000000001"
stage.STREAM = "22222222-0000-4000-8000-000000000001"
stage.VERDICTS = {"replaced", "short", "empty", "rebuildable", "waits_for_blocks", "only_copy"}

stage.OVERRIDES = {writers = "a made-up lake", blocks_last = "a made-up lake", budget = "a made-up lake"}
stage.NOT_WRITERS = {blocks_last = "a spec of writers", budget = "a spec of writers", holds = "a spec of writers"}

--- SQL for a source block of `events` events and its stream and process; see `stage.new`.
function stage.block(hour, events, options)
   options = options or {}
   local process, stream = options.process or stage.PROCESS, options.stream or stage.STREAM
   return ([[insert into processes (process_id, exe, insert_time) values ('%s', 'made-up', now()) on conflict do nothing;
      insert into streams (stream_id, process_id, tags, insert_time) values ('%s', '%s', '{%s}', now()) on conflict do nothing;
      insert into blocks (block_id, stream_id, process_id, nb_objects, insert_time)
      values (gen_random_uuid(), '%s', '%s', %d, %s);]]):format(process, stream, process, options.tag or "log", stream,
      process, events, partitions.time(hour))
end

function stage.new(template, options)
   return setmetatable({template = template, options = options, version = tonumber(template:match("%-v(%d+)$")) or 10}, stage)
end

function stage:open(options)
   local mm = require("mm")
   options = options or {registry = assert(mm.registry.release("0.33"))}
   local lake = assert(mm.open(options.conninfo or self.db.conninfo,
      {registry = options.registry, retention_days = options.retention_days}))
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

-- Rows are deleted, which is quicker, but where they shall get the first addresses again.
local EMPTY = [[
   truncate lakehouse_partitions, temporary_files;
   delete from blocks; delete from streams; delete from processes;
   delete from mmadmin.job; delete from mmadmin.answer; delete from mmadmin.api_key;
   delete from mmadmin.batch; delete from mmadmin.skipped; delete from mmadmin.unrestored; delete from mmadmin.item;
   delete from mmadmin.retirement; delete from mmadmin.view_set; delete from mmadmin.hold; delete from mmadmin.audit;
   alter table mmadmin.retirement alter retirement restart; alter table mmadmin.hold alter hold restart;
   alter table mmadmin.job alter job restart; alter table mmadmin.api_key alter key restart;
   update mmadmin.audit_head set seq = 0, hash = sha256('');
   update mmadmin.lake set system_identifier = (select system_identifier from pg_control_system()),
      database_oid = (select oid from pg_database where datname = current_database());
]]

function stage:set(rows, sql)
   if not self.db then
      prepare(self)
   end
   self:close()
   self.db:psql(EMPTY .. (self.version >= 10 and "delete from settings;\n" or "") .. partitions.insert(self.version, rows) .. (sql or ""))
end

function stage:add(rows)
   self.db:psql(partitions.insert(self.version, rows))
end

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
