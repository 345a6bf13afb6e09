-- The verdicts of outdated partitions by their definition, looking at everything for each of them: what
-- src/sql/verdict.sql must find.
--   verdicts.status(world, row) -> "current", "outdated", "unhashed" or "unregistered"
--   verdicts.of(world, row) -> verdict, source_until (of rebuildable ones: when retention takes their source)
--   verdicts.RANK[verdict]     the worse, the higher
local scene = require("spec.model.scene")

local verdicts = {}

verdicts.NAMES = {"replaced", "short", "empty", "rebuildable", "waits_for_blocks", "only_copy"}
verdicts.RANK = {empty = 0, replaced = 0, rebuildable = 1, waits_for_blocks = 2, short = 3, only_copy = 4}

local RETENTION = 90 * scene.DAY

function verdicts.status(_, row)
   local view_set = scene.BY_NAME[row.view_set]
   if not row.hash then
      return "unhashed"
   elseif not view_set or view_set.is_unregistered then
      return "unregistered"
   end
   return row.hash == view_set.new and "current" or "outdated"
end

-- Where its rows come from; of log_stats that is known as long as its definition is the migration's.
local function origin_of(world, row)
   local view_set = scene.BY_NAME[row.view_set]
   if row.view_set == "log_stats" and not world.is_log_stats_defined then
      return {are_rows_comparable = true}
   end
   return view_set
end

-- A number without a file that holds them is none.
local function rows_of(row)
   return (row.rows == 0 or row.path) and row.rows or nil
end

-- What a current row is known to hold; -1: nothing.
local function held(row, origin)
   local rows = rows_of(row)
   if not rows or rows == 0 and (row.count or 0) > 0 and not origin.are_rows_comparable then
      return -1, rows or 0
   end
   return row.count or -1, rows
end

-- The current rows of an instance that cover something, in order.
local function current_rows(world, view_set, instance)
   local is_global = instance == "global"
   local list = world:find(function(row)
      return row.view_set == view_set and row.instance == instance and verdicts.status(world, row) == "current"
         and (row.from < row.to or not is_global and row.from == row.to)
   end)
   table.sort(list, function(a, b)
      if a.from ~= b.from then
         return a.from < b.from
      end
      return a.to < b.to
   end)
   return list
end

-- How many of the values do not exceed it, as PostgreSQL's width_bucket searches: where current rows overlap, which
-- points within others do, ends are not in order and a replacement may be missed. That is on the safe side.
local function how_many(list, name, value)
   local low, high = 0, #list
   while low < high do
      local middle = math.floor((low + high) / 2)
      if value < list[middle + 1][name] then
         high = middle
      else
         low = middle + 1
      end
   end
   return low
end

local function is_replaced(list, row, origin)
   local is_global = row.instance == "global"
   local before, last = how_many(list, "from", row.from - 1), how_many(list, "to", row.to)
   if last <= before or list[before + 1].from ~= row.from or list[last].to ~= row.to or not row.count
      or row.count == 0 or (rows_of(row) or 0) == 0 then
      return false
   end
   local count_sum, rows_sum = 0, 0
   for i = before + 1, last do
      local count, rows = held(list[i], origin)
      if count < 0 then
         return false
      end
      local next_from = i < last and list[i + 1].from
      if next_from and (is_global and next_from ~= list[i].to or not is_global and next_from <= list[i].to) then
         return false
      end
      count_sum, rows_sum = count_sum + count, rows_sum + rows
   end
   return count_sum >= row.count and (rows_sum >= rows_of(row) or not origin.are_rows_comparable)
end

-- Whether the ranges together hold all of [from, to): those of `global`, or closed ones, which include `to`.
local function is_covered(ranges, from, to, is_closed)
   local reached, is_included = from, false -- all before `reached` is covered, and it too when is_included
   local grew
   repeat
      grew = false
      for _, range in ipairs(ranges) do
         local is_adjacent = range.from <= reached
         if is_adjacent and (range.to > reached or range.to == reached and is_closed and not is_included) then
            reached, is_included, grew = range.to, is_closed, true
         end
      end
   until not grew
   return reached > to or reached == to and (is_included or not is_closed and from < to)
end

local function source_count(world, row, origin, from, to)
   local count = 0
   for _, block in ipairs(world.blocks) do
      local is_of_instance = row.instance == "global" or row.instance == block.process or row.instance == block.stream
      local is_of_kind = origin.origin == "all" or origin.origin == "stream" or block.tag == origin.origin
      if is_of_instance and is_of_kind and block.at >= from and block.at < to then
         count = count + (origin.origin == "all" and 1 or block.events)
      end
   end
   return count
end

--- What the source has today for a row of this range.
function verdicts.source_count(world, row)
   local origin = origin_of(world, row)
   if origin.origin then
      return source_count(world, row, origin, row.from, row.instance == "global" and row.to or row.to + 1)
   end
end

-- The current rows of a view set, `global`, that hold what their source has today.
local function fed_by(world, name)
   local origin = scene.BY_NAME[name]
   local list = {}
   for _, row in ipairs(current_rows(world, name, "global")) do
      local today = source_count(world, row, origin, row.from, row.to)
      local rows, wanted = rows_of(row), origin.origin == "all" and today or math.min(today, 1)
      if row.count and row.count >= today and rows and rows >= wanted then
         list[#list + 1] = row
      end
   end
   return list
end

local function is_fed(world, origin, from, to)
   return (origin.feeds < 1 or is_covered(fed_by(world, "blocks"), from, to))
      and (origin.feeds < 2 or is_covered(fed_by(world, "log_entries"), from, to))
end

local function by_source(world, row, origin)
   local is_global = row.instance == "global"
   local from, to = row.from, is_global and row.to or row.to + 1
   if source_count(world, row, origin, from, to) ~= row.count then
      return "only_copy"
   end
   return is_fed(world, origin, from, to) and "rebuildable" or "waits_for_blocks", from + RETENTION
end

function verdicts.of(world, row)
   local origin, is_global = origin_of(world, row), row.instance == "global"
   if row.rows == 0 and not row.path then
      return "empty"
   end
   local list = current_rows(world, row.view_set, row.instance)
   if is_replaced(list, row, origin) then
      return "replaced"
   elseif row.from <= row.to and is_covered(list, row.from, row.to, not is_global) then
      return "short"
   elseif (row.count or 0) > 0 and origin.feeds and (row.from < row.to or not is_global) then
      return by_source(world, row, origin)
   end
   return "only_copy"
end

return verdicts
