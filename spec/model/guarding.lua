-- What the guards must find before a retirement begins, or goes on.
--   guarding.refuses(world, ret, overrides) -> whether one that is not in the set `overrides` finds something
--   guarding.is_held(world, row)            whether a hold covers it
-- The guard `copy` has nothing to find here.
local scene = require("spec.model.scene")
local verdicts = require("spec.model.verdicts")

local guarding = {}

local finds = {}

local function covers(hold, row)
   if hold.released or hold.view_set and hold.view_set ~= row.view_set
      or hold.view_instance and hold.view_instance ~= row.instance or hold.to and row.from >= hold.to then
      return false
   end
   local has_an_instant = row.instance ~= "global" or row.from == row.to
   return not hold.from or row.to > hold.from or row.to == hold.from and has_an_instant
end

function guarding.is_held(world, row)
   for _, hold in ipairs(world.holds) do
      if covers(hold, row) then
         return true
      end
   end
   return false
end

local function to_come(ret)
   local list = {}
   for seq = ret.next_seq, #ret.items do
      list[#list + 1] = ret.items[seq]
   end
   return list
end

function finds.holds(world, ret)
   for _, item in ipairs(to_come(ret)) do
      if guarding.is_held(world, item.row) then
         return true
      end
   end
   return false
end

-- When each hash of each view set was written.
local function writes(world)
   local groups, newest = {}, nil
   for _, row in ipairs(world.rows) do
      local key = row.view_set .. " " .. tostring(row.hash)
      local group = groups[key] or {view_set = row.view_set, hash = row.hash, status = verdicts.status(world, row),
         first = row.updated, last = row.updated, born = row.born}
      group.first, group.last = math.min(group.first, row.updated), math.max(group.last, row.updated)
      group.born, groups[key] = math.max(group.born, row.born), group
      newest = math.max(newest or row.updated, row.updated)
   end
   return groups, newest
end

-- What mm has planned is remembered when it is retired.
local function was_there_before(world, group, time)
   for _, ret in ipairs(world.retirements) do
      for _, item in ipairs(ret.items) do
         local row = item.row
         if row.view_set == group.view_set and row.hash == group.hash and row.updated <= time then
            return true
         end
      end
   end
   return false
end

local function is_suspect(world, ret, group, groups, newest)
   local current = groups[group.view_set .. " " .. scene.BY_NAME[group.view_set].new]
   return current and group.first > current.first and not was_there_before(world, group, current.first) or group.last >= newest - 2 * scene.MINUTE
      or group.last > world.now - scene.HOUR or #ret.items > 0 and group.born > ret.born
end

function finds.writers(world, ret)
   local groups, newest = writes(world)
   for _, group in pairs(groups) do
      if group.status == "outdated" and is_suspect(world, ret, group, groups, newest) then
         return true
      end
   end
   return false
end

local function touches(row, items)
   for _, item in ipairs(items) do
      if row.from <= item.row.to and item.row.from <= row.to then
         return true
      end
   end
   return false
end

-- What may be lost of the blocks while others are to be rebuilt from them, which are not planned too.
function finds.blocks_last(world, ret)
   local blocks, planned = {}, {}
   for _, item in ipairs(to_come(ret)) do
      planned[item.row.line] = true
      local is_proved = item.verdict == "replaced" or item.verdict == "empty"
      blocks[#blocks + 1] = item.row.view_set == "blocks" and not is_proved and item or nil
   end
   for _, row in ipairs(world.rows) do
      if row.view_set ~= "blocks" and row.path and not planned[row.line] and verdicts.status(world, row) == "outdated"
         and touches(row, blocks) then
         return true
      end
   end
   return false
end

local function is_proved(item)
   return item.verdict == "replaced" or item.verdict == "empty"
      or item.verdict == "rebuildable" and item.row.instance ~= "global"
end

-- The first item that was dealt with within a day.
local function first_lately(world, ret)
   for _, batch in ipairs(ret.batches) do
      if batch.kind == "apply" and batch.at > world.now - scene.DAY then
         return batch.first_seq
      end
   end
   return math.huge
end

-- What the lake lost without proof within a day and did not get back, and what others are about to take that began.
local function lost_elsewhere(world, ret)
   local count = 0
   for _, other in ipairs(world.retirements) do
      local first = first_lately(world, other)
      local is_running = other ~= ret and other.state == "applying" and world.now < other.undo_until - scene.HOUR
      for seq, item in ipairs(other.items) do
         local is_lost = seq >= first and seq < other.next_seq and not other.skipped[seq]
            and (seq >= other.undo_seq or other.unrestored[seq])
         if not is_proved(item) and (is_lost or is_running and seq >= other.next_seq) then
            count = count + 1
         end
      end
   end
   return count
end

function finds.budget(world, ret)
   local count = 0
   for _, item in ipairs(to_come(ret)) do
      count = count + (is_proved(item) and 0 or 1)
   end
   return count > 0 and count + lost_elsewhere(world, ret) > (ret.budget or 100)
end

function guarding.refuses(world, ret, overrides)
   for name, finds_something in pairs(finds) do
      if not overrides[name] and finds_something(world, ret) then
         return true
      end
   end
   return false
end

return guarding
