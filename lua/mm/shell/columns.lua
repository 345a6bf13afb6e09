-- What is known of the names in mm's results: which come first, and which numbers are bytes, counts or seconds.
local json = require("mm.json")
local text = require("mm.text")

local columns = {}

local FIRST = [[id number seq at what why
   lake name state database role view_set_name view_set view_instance_id view_instance
   begin_insert_time end_insert_time outdated_schema_hash schema_hash file_schema_hash current_schema_hash status
   verdict is_selected outcome releases partition_count partitions instances bytes num_rows file_size replaced empty
   rebuildable waits_for_blocks short only_copy replaced_bytes rebuildable_bytes waits_for_blocks_bytes short_bytes
   only_copy_bytes current outdated unhashed unregistered retired retired_bytes gone changed remaining restored
   unrestored reason first_insert_time last_insert_time min_event_time max_event_time first_updated last_updated updated
   created_at created_by valid_until applied_at applied_by undo_deadline severity check kind count message meaning hint
   example]]

local COUNTS = [[partition_count partitions instances num_rows replaced empty rebuildable waits_for_blocks short
   only_copy current outdated unhashed unregistered retired gone changed remaining restored unrestored queued_files
   source_count source_count_today current_partitions current_source_count current_num_rows restorable view_sets]]

local ranks, counts, rank = {}, {}, 0
for name in FIRST:gmatch("%S+") do
   rank = rank + 1
   ranks[name] = rank
end
for name in COUNTS:gmatch("%S+") do
   counts[name] = true
end

--- Whether `a` is shown before `b`: names of mm in their usual order, numbers as they count, all others by name.
---@param a any
---@param b any
---@return boolean
function columns.precedes(a, b)
   local rank_a, rank_b = ranks[a] or math.huge, ranks[b] or math.huge
   if rank_a ~= rank_b then
      return rank_a < rank_b
   elseif type(a) == "number" and type(b) == "number" then
      return a < b
   end
   return tostring(a) < tostring(b)
end

local function is_whole(value)
   return value % 1 == 0 and math.abs(value) < 2 ^ 53
end

-- "4.2 s", "3m 20s", "5h 12m", "12d 3h"
local function span(seconds)
   local whole, sign = math.floor(math.abs(seconds)), seconds < 0 and "-" or ""
   if whole < 60 then
      return ("%.3g s"):format(seconds)
   end
   local large, small, words = 60, 1, "%s%dm %ds"
   if whole >= 86400 then
      large, small, words = 86400, 3600, "%s%dd %dh"
   elseif whole >= 3600 then
      large, small, words = 3600, 60, "%s%dh %dm"
   end
   return words:format(sign, math.floor(whole / large), math.floor(whole % large / small))
end

local function number(name, value)
   name = type(name) == "string" and name or ""
   if value ~= value or math.abs(value) == math.huge then
      return tostring(value)
   elseif name:find("_s$") then
      return span(value)
   elseif is_whole(value) and (name == "file_size" or name == "bytes" or name:find("_bytes$")) then
      return text.bytes(value)
   elseif is_whole(value) and counts[name] then
      return text.count(value)
   end
   return tostring(value)
end

--- A value that is no table, as a person reads it: sizes, counts, seconds and times in human form by the name that they
--- have, unless `is_exact`. Text is safe on a terminal and on one line.
---@param name any
---@param value any
---@param is_exact? boolean
---@return string
function columns.format(name, value, is_exact)
   if value == nil or value == json.null then
      return ""
   elseif type(value) == "number" then
      return is_exact and tostring(value) or number(name, value)
   elseif type(value) == "string" and not is_exact then
      value = value:gsub("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d:%d%d)%.%d+Z$", "%1 %2 UTC")
   end
   return text.escape(tostring(value))
end

return columns
