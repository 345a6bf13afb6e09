-- What micromegas itself does to its catalog, transaction by transaction, as lists of steps for interleave.lua.
--
--   upstream.writer(row)             writes a partition, retires what it contains; with overlaps = true what it meets
--   upstream.retire_partitions(row)  the table function: view set, instance, from, to of `row`
--   upstream.retire_by_metadata(row) since 0.30: by range and hash; with is_old = true as 0.16 to 0.29: by range; with
--                                    is_spoilt = true another record of its batch failed, so it is rolled back
--   upstream.retire_by_file(path)    since 0.13
--   upstream.drop_view(view_set)     DROP MATERIALIZED VIEW, since 0.32: the definition, and what `global` has
--   upstream.expiry(before)          partitions that end before it
--   upstream.purge(clock)            files whose time in the queue is over by its clock (SQL): rows, objects, commit
--
-- A row is {view_set = "log_entries", instance = "global", from =, to =, hash =, path =, events = 100, rows = 10,
-- bytes = 1000, source = hex in place of events}; without path it is empty. Files are queued for an hour.
local upstream = {}

-- What upstream computes for log_entries, global and this hour. For other ranges any other number will do: nobody but
-- writers of the same range takes it.
local KEY_OF_RANGE = {["log_entries/global/2026-01-01 10:00/2026-01-01 11:00"] = "7213043211787740696"}

local function range_of(row)
   return row.view_set or "log_entries", row.instance or "global", row.from, row.to
end

local function lock_key(row)
   local name = ("%s/%s/%s/%s"):format(range_of(row))
   return KEY_OF_RANGE[name] or ("hashtextextended('%s', 0)"):format(name)
end

local function in_instance(view_set, instance)
   return ("view_set_name = '%s' and view_instance_id = '%s'"):format(view_set, instance)
end

local function contained(row)
   local view_set, instance, from, to = range_of(row)
   local template = from == to and "%s and begin_insert_time = '%s' and end_insert_time = '%s'"
      or "%s and begin_insert_time >= '%s' and end_insert_time <= '%s'"
   return template:format(in_instance(view_set, instance), from, to)
end

local function overlapping(row)
   local view_set, instance, from, to = range_of(row)
   return ("%s and tstzrange(begin_insert_time, end_insert_time, '[]') && tstzrange('%s', '%s', '[]')"):format(
      in_instance(view_set, instance), from, to)
end

-- The count of source events: 8 bytes, little-endian.
local function count_bytes(count)
   return ("\\x%02x%02x000000000000"):format(count % 256, math.floor(count / 256))
end

local INSERT = [[
   insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time,
          min_event_time, max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash, num_rows,
          partition_format_version, sort_order, max_sort_key_time)
   values (%s, now(), %s, %d, '\x%s', '%s', %d, 2, null, null)]]

local function insert(row)
   local view_set, instance, from, to = range_of(row)
   local keys = ("'%s', '%s', '%s', '%s'"):format(view_set, instance, from, to)
   local source = row.source and "\\x" .. row.source or count_bytes(row.events or row.path and 100 or 0)
   if not row.path then
      return INSERT:format(keys .. ", null, null", "null", 0, row.hash, source, 0)
   end
   return INSERT:format(("%s, '%s', '%s'"):format(keys, from, to), "'" .. row.path .. "'", row.bytes or 1000,
      row.hash, source, row.rows or 10)
end

local function queue(files)
   local values = {}
   for path, size in (files or ""):gmatch("([^|\n]+)|(%d+)") do
      values[#values + 1] = ("('%s', %s, clock_timestamp() + interval '1 hour')"):format(path, size)
   end
   return #values > 0 and "insert into temporary_files values " .. table.concat(values, ", ") or nil
end

local function queue_answer(name)
   return function(answers)
      return queue(answers[name])
   end
end

-- Three statements, in which anything may happen in between.
local function retire_steps(predicate)
   return {
      {name = "select", sql = "select file_path, file_size from lakehouse_partitions where " .. predicate},
      {name = "queue", sql = queue_answer("select")},
      {name = "delete", sql = "delete from lakehouse_partitions where " .. predicate},
   }
end

local function transaction(list)
   table.insert(list, 1, {name = "begin", sql = "begin"})
   if list[#list].name ~= "commit" then
      list[#list + 1] = {name = "commit", sql = "commit"}
   end
   return list
end

function upstream.writer(row)
   local list = retire_steps(row.overlaps and overlapping(row) or contained(row))
   table.insert(list, 1, {name = "lock", sql = ("select pg_advisory_xact_lock(%s)"):format(lock_key(row))})
   list[#list + 1] = {name = "insert", sql = insert(row)}
   return transaction(list)
end

function upstream.retire_partitions(row)
   return transaction(retire_steps(contained(row)))
end

-- Whatever is not exactly one row is an error, and rolled back; before 0.30 only no row at all.
local function exactly_one(name, row, words)
   return function(answers, sql)
      local _, count = (answers[name] .. "\n"):gsub("[^\n]+\n", "")
      if count == 1 or row.is_old and count > 1 then
         return sql
      end
      return "rollback", ("ERROR: %s"):format(words[count == 0 and 1 or 2])
   end
end

-- What a scalar function retires of a batch with one record.
local function retire_exactly_one(predicate, row)
   local list = retire_steps(predicate .. (row.is_old and " limit 1" or ""))
   local is_found = exactly_one("select", row, {"Partition not found", "Ambiguous match"})
   local is_deleted = exactly_one("delete", row, {"Partition not found during deletion", "Ambiguous match"})
   list[2].sql = function(answers)
      return is_found(answers, queue(answers.select))
   end
   list[3].sql = ("delete from lakehouse_partitions where %s returning 1"):format(predicate)
   list[4] = {name = "commit", sql = function(answers)
      return is_deleted(answers, row.is_spoilt and "rollback" or "commit")
   end}
   return transaction(list)
end

function upstream.retire_by_metadata(row)
   local view_set, instance, from, to = range_of(row)
   local predicate = ("%s and begin_insert_time = '%s' and end_insert_time = '%s'"):format(
      in_instance(view_set, instance), from, to)
   if not row.is_old then
      predicate = ("%s and file_schema_hash = '\\x%s'"):format(predicate, row.hash)
   end
   return retire_exactly_one(predicate, row)
end

function upstream.retire_by_file(path)
   return retire_exactly_one(("file_path = '%s'"):format(path), {is_old = true})
end

-- What lies in the range that was read before.
local function within_range(template)
   return function(answers)
      local from, to = answers.range:match("([^|\n]+)|([^|\n]+)$")
      return from and template:format(from, to)
   end
end

-- As a range of it is retired, and no writer's lock is taken.
function upstream.drop_view(view_set)
   local global = in_instance(view_set, "global")
   local contained_in = global .. " and begin_insert_time >= '%s' and end_insert_time <= '%s'"
   return transaction{
      {name = "lock", sql = "select pg_advisory_xact_lock(2)"},
      {name = "definition", sql = ("delete from lakehouse_view_set_definitions where view_set_name = '%s'"):format(view_set)},
      {name = "range", sql = "select min(begin_insert_time), max(end_insert_time) from lakehouse_partitions where " .. global},
      {name = "select", sql = within_range("select file_path, file_size from lakehouse_partitions where " .. contained_in)},
      {name = "queue", sql = queue_answer("select")},
      {name = "delete", sql = within_range("delete from lakehouse_partitions where " .. contained_in)},
   }
end

function upstream.expiry(before)
   return transaction{
      {name = "delete", sql = ([[delete from lakehouse_partitions
         where (view_set_name, view_instance_id, begin_insert_time, end_insert_time) in (
            select view_set_name, view_instance_id, begin_insert_time, end_insert_time
              from lakehouse_partitions where end_insert_time < '%s' limit 1000)
         returning file_path, file_size]]):format(before)},
      {name = "queue", sql = queue_answer("delete")},
   }
end

-- Objects are deleted outside the database: a rollback does not bring them back.
function upstream.purge(clock, ending)
   return transaction{
      {name = "delete", sql = ([[delete from temporary_files
         where file_path in (select file_path from temporary_files where expiration < %s limit 1000)
         returning file_path]]):format(clock)},
      {name = "objects", elsewhere = function(answers)
         local values = {}
         for path in answers.delete:gmatch("[^\n]+") do
            values[#values + 1] = ("('%s')"):format(path)
         end
         return #values > 0 and "insert into witness.deleted_file values " .. table.concat(values, ", ") or nil
      end},
      {name = "commit", sql = ending or "commit"},
   }
end

return upstream
