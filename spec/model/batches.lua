-- One batch of applying: a single transaction.
--   batches.apply(world, number, opts) -> the batch, or nil when there is nothing to claim
--      opts: limit; skipped(number) tells which of several equal items the database chose to skip
local guarding = require("spec.model.guarding")
local scene = require("spec.model.scene")
local world_of = require("spec.model.world")

local batches = {}

local function by_line(list, line_of)
   local groups = {}
   for _, each in ipairs(list) do
      local line = line_of(each)
      groups[line] = groups[line] or {}
      table.insert(groups[line], each)
   end
   return groups
end

-- Of the items seqs those whose row is there, unchanged and under no hold: {[seq] = row}. Where fewer rows are
-- there than equal items, PostgreSQL chooses.
local function match(world, ret, seqs, opts)
   local live = by_line(world.rows, function(row) return row.line end)
   local items = by_line(seqs, function(seq) return ret.items[seq].row.line end)
   local found = {}
   for line, group in pairs(items) do
      local rows = live[line] or {}
      local skipped = #rows > 0 and #rows < #group and opts.skipped(ret.number) or {}
      for _, seq in ipairs(group) do
         if not skipped[seq] and not guarding.is_held(world, ret.items[seq].row) then
            found[seq] = table.remove(rows)
         end
      end
   end
   return found
end

-- Another row in its place, or one with its file, is changed, or held.
local function why_skipped(world, row)
   local is_there = #world:find(function(other)
      return other.view_set == row.view_set and other.instance == row.instance and other.from == row.from
         and other.to == row.to and other.hash == row.hash or row.path and other.path == row.path
   end) > 0
   return not is_there and "gone" or guarding.is_held(world, row) and "held" or "changed"
end

local function claim(world, ret, limit)
   if ret.state ~= "applying" or ret.next_seq > #ret.items or world.now >= ret.undo_until - scene.HOUR then
      return nil
   end
   local seqs = {}
   for seq = ret.next_seq, math.min(ret.next_seq + limit - 1, #ret.items) do
      seqs[#seqs + 1] = seq
   end
   return seqs
end

local function queue_file(world, ret, seq)
   local row = ret.items[seq].row
   if row.path then
      table.insert(world.queue, {path = row.path, size = row.size,
         expires = ret.undo_until + math.floor((seq - 1) / 20000) * scene.HOUR})
   end
end

--- What a batch did, so far nothing.
function batches.new(world, kind, first, last)
   return {kind = kind, first_seq = first, last_seq = last, done = 0, gone = 0, changed = 0, held = 0, bytes = 0,
      at = world.now}
end

function batches.apply(world, number, opts)
   local ret = world.retirements[number]
   local seqs = claim(world, ret, opts.limit)
   if not seqs then
      return nil
   end
   local found, removed = match(world, ret, seqs, opts), {}
   local batch = batches.new(world, "apply", seqs[1], seqs[#seqs])
   for _, row in pairs(found) do
      removed[row] = true
   end
   world.rows = world_of.without(world.rows, removed)
   for _, seq in ipairs(seqs) do
      local row = ret.items[seq].row
      if found[seq] then
         batch.done, batch.bytes = batch.done + 1, batch.bytes + row.size
         queue_file(world, ret, seq)
      else
         local why = why_skipped(world, row)
         ret.skipped[seq], batch[why] = why, batch[why] + 1
      end
   end
   ret.next_seq = seqs[#seqs] + 1
   ret.state = ret.next_seq > #ret.items and "applied" or ret.state
   table.insert(ret.batches, batch)
   world:audit("retired", number, ret.why)
   return batch
end

return batches
