-- Transactions of upstream that overlap mm's, and sudden deaths.
--   overlaps.beside(history)   upstream has read the rows, then mm works, then upstream goes on
--   overlaps.wait(history)     upstream holds rows, or queues files, mm meets them and waits; sometimes it is killed
--   overlaps.kill(history)     mm is killed, or its connection ended, in the middle of many batches
local batches = require("spec.model.batches")
local comparing = require("spec.model.comparing")
local expect = require("spec.model.expect")
local guarding = require("spec.model.guarding")
local operating = require("spec.model.operating")
local plans = require("spec.model.plans")
local races = require("spec.model.races")
local upstream_steps = require("spec.model.upstream_steps")
local workers = require("spec.model.workers")
local writing = require("spec.model.writing")

local overlaps = {}

-- Half of the time it is rolled back.
local function finish(history, one)
   if not one.failed and history.rng:chance(40) then
      history:note("   rolled back")
      one:roll_back()
   else
      local failed = one:finish()
      history:note("   upstream ends: " .. (failed or "committed"))
   end
end

function overlaps.beside(history)
   local row = history.rng:pick(history.world.rows)
   local one = history.rng:pick{writing.writer, upstream_steps.retire_by_metadata,
      upstream_steps.retire_by_file}(history, row)
   one:through("select")
   history.is_meddling, history.busy = true, nil -- upstream's connection is in use
   history.rng:weighted{{40, operating.apply}, {30, operating.undo}, {15, operating.move}, {15, plans.plan}}(history)
   finish(history, one)
end

local function has_doomed(world, one, ret, opts)
   local doomed = {}
   for row in pairs(one.state.doomed) do
      doomed[row.line] = true
   end
   for seq = ret.next_seq, math.min(ret.next_seq + opts.limit - 1, #ret.items) do
      local row = ret.items[seq].row
      if doomed[row.line] and not guarding.is_held(world, row) then
         return true
      end
   end
   return false
end

-- A row that upstream has added, and the constraint lets only one of both in.
local function meets_added(one, ret, opts)
   local added = one.state.added
   for seq = ret.undo_seq, added and math.min(ret.undo_seq + opts.limit, ret.next_seq) - 1 or 0 do
      local row = ret.items[seq].row
      if not ret.skipped[seq] and row.view_set == added.view_set and row.instance == added.instance
         and row.hash == added.hash and math.max(row.from, added.from) < math.min(row.to, added.to) then
         return true
      end
   end
   return false
end

-- Whether the next batch meets what upstream's open transaction holds. An undo locks the queue.
local function must_wait(history, one, ret, opts)
   if one.failed then
      return false
   elseif opts.call == "undo" then
      return #one.state.queued > 0 or meets_added(one, ret, opts)
   end
   local world = history.world:clone()
   return has_doomed(world, one, ret, opts) and batches.apply(world, ret.number, opts) ~= nil
end

-- Takes the model to its end, or to where mm must wait: true.
local function up_to_the_wait(history, one, ret, opts, model)
   while not model.is_over do
      local name = workers.resume(model)
      if name == "next" and must_wait(history, one, ret, opts) then
         return true
      end
   end
   return false
end

local function hold(history, ret, opts)
   local row = history.rng:pick(history.world:to_come(ret))
   if opts.call == "undo" or not row then
      return writing.writer(history), "insert"
   end
   return history.rng:weighted{
      {40, function() return writing.update(history, row), "update" end},
      {30, function() return upstream_steps.retire_by_metadata(history, row), "delete" end},
      {15, function() return upstream_steps.retire_by_file(history, row), "delete" end},
      {15, function() return writing.writer(history, row), "insert" end}}()
end

-- Killed where it waits: what it had sent may still be done, but for an undo, which asks before it commits.
local function kill_waiting(history, one, ret, opts)
   workers.kill(history)
   finish(history, one)
   workers.wait_until_gone(history)
   local done = history.world:clone()
   if opts.call == "apply" then
      batches.apply(done, ret.number, opts)
   end
   comparing.adopt(history, {{world = done}, {world = history.world}})
end

-- A call that is made elsewhere, at random.
local function choose(history)
   local call = history.rng:pick{"apply", "apply", "undo"}
   local ret = call == "apply" and history:retirement{planned = 60, applying = 40}
      or call == "undo" and history:retirement{applied = 80, undoing = 20}
   if ret and not workers.has_twins(ret) then
      local opts = call == "apply" and operating.apply_options(history, ret) or operating.undo_options(history, ret)
      opts.call, opts.partial = call, nil
      return ret, opts
   end
end

function overlaps.wait(history)
   local ret, opts = choose(history)
   if not ret then
      return
   end
   local one, step = hold(history, ret, opts)
   one:through(step)
   local model = workers.model(history.world, opts)
   workers.send(history, ret, opts)
   local waits = up_to_the_wait(history, one, ret, opts, model)
   expect.equal("mm waits", workers.settle(history), waits)
   if waits and history.rng:chance(25) then
      return kill_waiting(history, one, ret, opts)
   end
   finish(history, one)
   workers.finish(model)
   workers.expect(history, opts, model.code)
end

-- Every state in which it may have been stopped, last the end, each with the number of items that are dealt with.
local function prefixes(history, opts)
   local world = history.world:clone()
   local model, list = workers.model(world, opts), {}
   repeat
      local ret = world.retirements[opts.number]
      list[#list + 1] = {world = world:clone(), done = opts.call == "undo" and ret.undo_seq or ret.next_seq}
      workers.resume(model)
   until model.is_over
   list[#list + 1] = {world = world}
   return list
end

-- A connection that is lost among batches is made again, and nobody notices; one that is lost before or after ends it.
local function after_a_loss(list, is_done, had_begun)
   if is_done then
      return {list[#list]}
   elseif not had_begun then
      return list
   end
   local last = {}
   for _, each in ipairs(list) do
      last[#last + 1] = (not each.done or each.done == list[#list - 1].done) and each or nil
   end
   return last
end

function overlaps.kill(history)
   local ret, opts = choose(history)
   if not ret then
      return
   end
   opts.limit = 1
   local list, is_killed = prefixes(history, opts), history.rng:chance(50)
   workers.send(history, ret, opts)
   local before = opts.call == "undo" and ret.undo_seq or ret.next_seq
   local had_begun = workers.wait_for_batches(history, ret, opts, history.rng:int(0, #ret.items)) >= before
   if is_killed then
      workers.kill(history)
      workers.wait_until_gone(history)
      comparing.adopt(history, list)
   else
      workers.end_backend(history)
      comparing.adopt(history, after_a_loss(list, workers.answer(history), had_begun))
   end
end

function overlaps.take(history)
   history.rng:weighted{{30, overlaps.beside}, {30, overlaps.wait}, {22, overlaps.kill}, {18, races.race}}(history)
end

return overlaps
