-- One partition with its verdict and what the verdict rests on, in sentences.
local report = require("mm.report")
local text = require("mm.text")

local function count(value)
   return value and text.count(value) or "an unknown number of"
end

local function headline(row)
   return ("%s  %s to %s  hash %s, %s, %s"):format(row.status, report.time(row.begin_insert_time),
      report.time(row.end_insert_time), row.file_schema_hash or "none", report.rows(row.num_rows),
      text.bytes(row.file_size or 0))
end

local function evidence(row)
   local lines = {}
   local function add(format, ...)
      lines[#lines + 1] = "   " .. format:format(...)
   end
   add("verdict %s: %s", row.verdict:gsub("_", " "), report.meaning(row.verdict))
   add("it was made from %s source events; its view set's current hash is %s", count(row.source_count),
      row.current_schema_hash)
   if (row.current_partitions or 0) > 0 then
      add("%s current partitions overlap it, made from %s source events, with %s rows", count(row.current_partitions),
         count(row.current_source_count), count(row.current_num_rows))
   else
      add("no current partition overlaps it")
   end
   if row.source_count_today then
      add("%s source events are in the lake's blocks today", count(row.source_count_today))
   end
   if row.is_blocks_current == false then
      add("the view set blocks, from which it would be rebuilt, has no current partitions over its range")
   end
   if row.source_until then
      add("retention removes its source from %s on", report.time(row.source_until))
   end
   return lines
end

--- Lines about one row of `lake:explain`.
---@param row table
---@return string[]
return function(row)
   local lines = {headline(row)}
   if row.file_path then
      lines[2] = "   file " .. row.file_path
   end
   for _, line in ipairs(row.verdict and evidence(row) or {}) do
      lines[#lines + 1] = line
   end
   return lines
end
