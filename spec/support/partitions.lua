-- SQL for made-up rows of lakehouse_partitions, as stage.lua describes them.
--   partitions.insert(version, rows) -> statements for a catalog of that version
--   partitions.time(value) -> literal
local partitions = {}

-- column, since which catalog version, until which
local COLUMNS = {
   {"view_set_name"}, {"view_instance_id"}, {"begin_insert_time"}, {"end_insert_time"}, {"min_event_time"},
   {"max_event_time"}, {"updated"}, {"file_path"}, {"file_size"}, {"file_schema_hash"}, {"source_data_hash"},
   {"file_metadata", 2, 3}, {"num_rows", 3}, {"partition_format_version", 5}, {"sort_order", 7},
   {"max_sort_key_time", 8},
}

local function literal(value)
   if value == nil or value == false then
      return "null"
   end
   return type(value) == "number" and ("%.0f"):format(value) or "'" .. value:gsub("'", "''") .. "'"
end

function partitions.time(value)
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
      begin_insert_time = partitions.time(from),
      end_insert_time = partitions.time(to),
      min_event_time = partitions.time(either(row.min, not is_empty and from)),
      max_event_time = partitions.time(either(row.max, not is_empty and to)),
      updated = partitions.time(either(row.updated, to)),
      file_path = literal(path),
      file_size = literal(either(row.bytes, is_empty and 0 or 1000)),
      file_schema_hash = literal(row[4] and "\\x" .. row[4]) .. "::bytea",
      source_data_hash = count(either(row.events, is_empty and 0 or 100)) .. "::bytea",
      file_metadata = literal(row.metadata and "\\x" .. row.metadata) .. "::bytea",
      num_rows = literal(either(row.rows, is_empty and 0 or 10)),
      partition_format_version = literal(row.version or 2),
      sort_order = literal(row.sort_order) .. "::text[]",
      max_sort_key_time = partitions.time(row.max_sort),
   }
end

function partitions.insert(version, rows)
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

return partitions
