-- One partition, for terminals that are too narrow for a table.
local report = require("mm.report")
local text = require("mm.text")

local partition = {}

local function named(value)
   return value or "none"
end

--- A partition, or an item of a retirement, on three lines, and one for its file.
---@param row table
---@return string
function partition.brief(row)
   local lines = {
      ("%s, instance %s"):format(named(row.view_set_name), named(row.view_instance_id)),
      ("   %s to %s"):format(report.time(row.begin_insert_time), report.time(row.end_insert_time)),
      ("   %s, hash %s, %s, %s"):format(row.status, named(row.file_schema_hash), report.rows(row.num_rows),
         text.bytes(row.file_size or 0)),
   }
   if row.outcome then
      lines[3] = ("%s, %s, %s"):format(lines[3], named(row.verdict):gsub("_", " "), row.outcome:gsub("_", " "))
   end
   lines[#lines + 1] = row.file_path and "   " .. row.file_path
   for i, line in ipairs(lines) do
      lines[i] = text.escape(line)
   end
   return table.concat(lines, "\n")
end

return partition
