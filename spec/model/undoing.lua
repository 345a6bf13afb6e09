-- What taking a retirement back must do, transaction by transaction.
--   undoing.undo(world, number, opts, point) -> nil, or the code of the error that must come
--      opts: limit, partial, dry_run, reason; point as in retiring.lua
--   undoing.problems(world, ret) -> {[why] = number of items that cannot be restored}, and of those that can
local batches = require("spec.model.batches")
local scene = require("spec.model.scene")

local undoing = {}

local MARGIN = 5 * scene.MINUTE
local UNDOABLE = {applying = true, paused = true, applied = true, undoing = true}

local function problem_of(world, row)
   local expires = row.path and world:expiration(row.path)
   if row.path and not expires then
      return "file_deleted"
   elseif expires and expires <= world.now + MARGIN then
      return "file_expires"
   end
   return world:is_in_the_way(row) and "overlapped" or nil
end

function undoing.problems(world, ret)
   local counts, restorable = {}, 0
   for seq = ret.undo_seq, ret.next_seq - 1 do
      if not ret.skipped[seq] then
         local why = problem_of(world, ret.items[seq].row)
         if why then
            counts[why] = (counts[why] or 0) + 1
         else
            restorable = restorable + 1
         end
      end
   end
   return counts, restorable
end

local function take_from_queue(world, paths)
   local kept = {}
   for _, queued in ipairs(world.queue) do
      if not paths[queued.path] then
         kept[#kept + 1] = queued
      end
   end
   world.queue = kept
end

-- Which of the items first..last go back, and why the others do not; or that nothing does.
local function sort_out(world, ret, first, last, partial)
   local back, left = {}, {}
   for seq = first, last do
      local why = not ret.skipped[seq] and problem_of(world, ret.items[seq].row)
      if why and not partial then
         return nil
      elseif why then
         left[seq] = why
      elseif not ret.skipped[seq] then
         back[#back + 1] = ret.items[seq].row
      end
   end
   return back, left
end

local function new_batch(world, first, last, back, left)
   local batch = batches.new(world, "undo", first, last)
   batch.done = #back
   for _, row in ipairs(back) do
      batch.bytes = batch.bytes + row.size
   end
   for _, why in pairs(left) do
      local name = why == "overlapped" and "changed" or "gone"
      batch[name] = batch[name] + 1
   end
   return batch
end

--- One batch; nil and why there is none.
function undoing.batch(world, number, opts)
   local ret = world.retirements[number]
   if ret.state ~= "undoing" or ret.undo_seq >= ret.next_seq then
      return nil
   end
   local first, last = ret.undo_seq, math.min(ret.undo_seq + opts.limit, ret.next_seq) - 1
   local back, left = sort_out(world, ret, first, last, opts.partial)
   if not back then
      return nil, "conflict"
   end
   local paths = {}
   for _, row in ipairs(back) do
      world:add(row)
      paths[row.path or false] = true
   end
   take_from_queue(world, paths)
   for seq, why in pairs(left) do
      ret.unrestored[seq] = why
   end
   ret.undo_seq = last + 1
   ret.state = ret.undo_seq >= ret.next_seq and "undone" or ret.state
   local batch = new_batch(world, first, last, back, left)
   table.insert(ret.batches, batch)
   world:audit("restored", number, ret.why)
   return batch
end

local function run_batches(world, ret, opts, point)
   local batch, err
   repeat
      point("next")
      batch, err = undoing.batch(world, ret.number, opts)
      if batch then
         point("batch", batch)
      end
   until err or not batch or batch.last_seq == ret.next_seq - 1
   return err
end

local function begin(world, ret, opts)
   if not UNDOABLE[ret.state] then
      return "conflict"
   end
   ret.state, ret.undo_reason, ret.why = "undoing", ret.undo_reason or opts.reason, opts.reason
   world:audit("undoing", ret.number, opts.reason)
end

function undoing.undo(world, number, opts, point)
   local ret = world.retirements[number]
   if not UNDOABLE[ret.state] then
      return "conflict"
   end
   point("found")
   local counts = undoing.problems(world, ret)
   if opts.dry_run then
      return nil
   elseif next(counts) and not opts.partial then
      return "conflict"
   end
   point("looked")
   local err = begin(world, ret, opts)
   if not err then
      point("begun")
      err = run_batches(world, ret, opts, point)
   end
   if not err and ret.state == "undoing" and ret.undo_seq >= ret.next_seq then
      ret.state = "undone"
      world:audit("undone", number, ret.why)
   end
   return err
end

return undoing
