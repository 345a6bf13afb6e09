-- Made-up rows in a catalog of any version; columns that the version lacks are left out.
--
--   rows.partitions(db, {ROW, ...})
--      {view_set = "log_entries", instance = "global", from = "2026-11-01 00:00", to = "2026-11-01 01:00",
--       hash = "05", events = 100, rows = 10, bytes = 1000, updated = TIME, path = TEXT}
--      Only from, to and hash must be given. `events` is the count in source_data_hash, `updated` else is
--      `to`. from, to, hash, events, path may be false: NULL. rows = 0 makes an empty partition, without file.
--   rows.blocks(db, {ROW, ...})     source blocks, and the stream and process they need
--      {process = UUID, stream = UUID, tag = "log", at = "2026-11-01 00:30", events = 100}     only `at` must be given
--   rows.one_of_each(db)            partitions of log_entries, outdated under release 0.33, one of each verdict:
--      in hours 0 to 5 of 2026-11-01 replaced, short, empty, rebuildable, waits_for_blocks, only_copy;
--      in hour 6 one without hash, in hour 7 one of the unregistered view set x_gone; four current ones
local rows = {}

rows.PROCESS = "11111111-0000-4000-8000-000000000001"
rows.STREAM = "22222222-0000-4000-8000-000000000001"

local COLUMNS = {
   "view_set_name", "view_instance_id", "begin_insert_time", "end_insert_time", "min_event_time", "max_event_time",
   "updated", "file_path", "file_size", "file_schema_hash", "source_data_hash", "num_rows",
   "partition_format_version",
}

local function literal(value)
   if value == nil or value == false then
      return "null"
   end
   return type(value) == "number" and ("%d"):format(value) or "'" .. value:gsub("'", "''") .. "'"
end

-- 8 bytes, little-endian.
local function count_bytes(count)
   local bytes = {}
   for i = 1, 8 do
      bytes[i] = ("%02x"):format(count % 256)
      count = math.floor(count / 256)
   end
   return "\\x" .. table.concat(bytes)
end

local function or_else(value, default)
   if value == nil then
      return default
   end
   return value
end

local function path_of(row, name)
   local view_set, instance = row.view_set or "log_entries", row.instance or "global"
   return ("views/%s/%s/2026-11-01/00-00-00_%s.parquet"):format(view_set, instance, name)
end

local function partition(row, name)
   local is_empty = row.rows == 0
   local events = or_else(row.events, is_empty and 0 or 100)
   return {
      view_set_name = or_else(row.view_set, "log_entries"),
      view_instance_id = or_else(row.instance, "global"),
      begin_insert_time = row.from,
      end_insert_time = row.to,
      min_event_time = not is_empty and row.from,
      max_event_time = not is_empty and row.to,
      updated = or_else(row.updated, row.to or row.from),
      file_path = or_else(row.path, not is_empty and path_of(row, name)),
      file_size = or_else(row.bytes, is_empty and 0 or 1000),
      file_schema_hash = row.hash and "\\x" .. row.hash,
      source_data_hash = events and count_bytes(events),
      num_rows = or_else(row.rows, 10),
      partition_format_version = 2,
   }
end

local function existing_columns(db)
   local is_there, columns = {}, {}
   local query = "select attname from pg_attribute where attrelid = 'lakehouse_partitions'::regclass and attnum > 0"
   for _, row in ipairs(db:rows(query)) do
      is_there[row[1]] = true
   end
   for _, column in ipairs(COLUMNS) do
      columns[#columns + 1] = is_there[column] and column or nil
   end
   return columns
end

local function values(record, columns)
   local list = {}
   for i, column in ipairs(columns) do
      list[i] = literal(record[column])
   end
   return "(" .. table.concat(list, ", ") .. ")"
end

local function insert(db, name, columns, records)
   local lines = {}
   for i, record in ipairs(records) do
      lines[i] = values(record, columns)
   end
   local statement = "insert into %s (%s) values\n%s"
   db:psql(statement:format(name, table.concat(columns, ", "), table.concat(lines, ",\n")))
end

function rows.partitions(db, list)
   local offset = tonumber(db:value("select count(*) from lakehouse_partitions"))
   local records = {}
   for i, row in ipairs(list) do
      records[i] = partition(row, ("%08d-0000-4000-8000-000000000000"):format(offset + i))
   end
   insert(db, "lakehouse_partitions", existing_columns(db), records)
end

local SOURCE = [[
   insert into processes (process_id, exe, insert_time) select '%s', 'made-up', '%s'
      where not exists (select from processes where process_id = '%s');
   insert into streams (stream_id, process_id, tags, insert_time) select '%s', '%s', '{%s}', '%s'
      where not exists (select from streams where stream_id = '%s');
   insert into blocks values (gen_random_uuid(), '%s', '%s', '%s', 0, '%s', 0, %d, 0, 100, '%s');]]

function rows.blocks(db, list)
   local statements = {}
   for i, row in ipairs(list) do
      local process, stream, at = row.process or rows.PROCESS, row.stream or rows.STREAM, row.at
      statements[i] = SOURCE:format(process, at, process, stream, process, row.tag or "log", at, stream,
         stream, process, at, at, row.events or 100, at)
   end
   db:psql(table.concat(statements, "\n"))
end

local function hour(number)
   return ("2026-11-01 %02d:00"):format(number)
end

local function hourly(number, row)
   row.from, row.to = hour(number), hour(number + 1)
   return row
end

function rows.one_of_each(db)
   rows.partitions(db, {
      hourly(0, {hash = "05"}), hourly(0, {hash = "07"}),
      hourly(1, {hash = "05"}), hourly(1, {hash = "07", events = 40, rows = 4}),
      hourly(2, {hash = "05", rows = 0}),
      hourly(3, {hash = "05"}), hourly(3, {hash = "05", view_set = "blocks", events = 1, rows = 1}),
      hourly(4, {hash = "05"}),
      hourly(5, {hash = "05"}),
      hourly(6, {hash = false}),
      hourly(7, {hash = "05", view_set = "x_gone"}),
      hourly(8, {hash = "07"}),
   })
   rows.blocks(db, {{at = "2026-11-01 03:30"}, {at = "2026-11-01 04:30"}})
end

return rows
