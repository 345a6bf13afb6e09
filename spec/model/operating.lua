-- mm's calls about a retirement, made in this process, each against the model.
--   operating.apply(history, [ret]), .undo(history)     whole, in small batches, stopped half-way; between their batches the
--                                                world may go on: history:meddle()
--   operating.apply_batch(history), .move(history), .ask(history), .mistake(history), .tamper(history)
--   operating.apply_options(history), .undo_options(history)
local batches = require("spec.model.batches")
local expect = require("spec.model.expect")
local retiring = require("spec.model.retiring")
local undoing = require("spec.model.undoing")

local operating = {}

local STOP = {}

-- The model goes on to its next batch, which is returned, or to its end.
local function advance(run)
   while not run.is_over do
      local is_ok, name, batch = coroutine.resume(run.model)
      if not is_ok then
         error(debug.traceback(run.model, name), 0)
      elseif coroutine.status(run.model) == "dead" then
         run.is_over, run.code = true, name
      elseif name == "batch" then
         return batch
      end
   end
end

local function check_batch(is, must_be, done)
   local names = {first_seq = "first_seq", last_seq = "last_seq", bytes = "bytes", [done] = "done"}
   if done == "retired" then
      names.gone, names.changed, names.held = "gone", "changed", "held"
   else
      names.lost, names.overlapped = "gone", "changed"
   end
   for name, of_model in pairs(names) do
      expect.equal(name .. " of a batch", is[name], must_be[of_model])
   end
end

-- A batch that took the server too long is made again with half as many items.
local function take_batch(history, run, batch, opts, done)
   opts.limit = batch.last_seq - batch.first_seq + 1
   if opts.limit > run.limit or opts.limit < 1 then
      error(("a batch of %d, not of at most %d"):format(opts.limit, run.limit), 0)
   end
   local must_be = advance(run) or error("a batch where nothing was to be done", 0)
   opts.limit = run.limit
   check_batch(batch, must_be, done)
   history:meddle(opts.number)
end

-- Calls mm, with the model in step. Returns what mm returned, unless it was stopped.
local function run_in_step(history, model, opts, call, done)
   local run = {limit = opts.limit, model = coroutine.create(function()
      return model(history.world, opts.number, opts, coroutine.yield)
   end)}
   local stop_after, count = history.rng:chance(20) and history.rng:int(1, 3), 0
   local is_ok, result, err = pcall(call, function(batch)
      take_batch(history, run, batch, opts, done)
      count = count + 1
      if count == stop_after then
         history:note("   stopped")
         error(STOP)
      end
   end)
   if not is_ok then
      return result ~= STOP and error(result, 0) or nil
   elseif advance(run) then
      error("mm stopped too early: " .. tostring(err), 0)
   end
   return run, result, err
end

local function finish(history, words, ret, run, result, err)
   if run then
      expect.outcome(words, result, err, run.code)
      if result then
         expect.record(history.world, ret, result)
      end
   end
end

local function skipped_of(history)
   return function(number)
      local seqs = {}
      for _, row in ipairs(history.eye:rows("select seq from mmadmin.skipped where retirement = " .. number)) do
         seqs[tonumber(row[1])] = true
      end
      return seqs
   end
end

-- Writers of two releases are always at it here.
local function random_overrides(rng, ret)
   local overrides = {}
   for _, each in ipairs{{90, "writers"}, {50, "blocks_last"}, {65, "budget"}, {30, "holds"}} do
      overrides[each[2]] = rng:chance(each[1]) and "a model" or nil
   end
   if ret.is_tampered then
      overrides.writers = "a model"
   end
   return overrides
end

function operating.apply_options(history, ret)
   local rng = history.rng
   local window = rng:weighted{{80, {nil, ret.undo_s}}, {10, {"2h", 2 * 3600}}, {10, {"30d", 30 * 86400}}}
   return {number = ret.number, limit = rng:weighted{{40, 2}, {20, 1}, {20, 5}, {20, 10000}}, undo_for = window[1],
      undo_s = window[2], overrides = random_overrides(rng, ret), strict = rng:chance(20) or nil,
      reason = "step " .. history.step,
      skipped = skipped_of(history)}
end

function operating.apply(history, ret)
   ret = ret or history:retirement{planned = 60, applying = 33, applied = 5, other = 2}
   if not ret then
      return
   end
   local opts = operating.apply_options(history, ret)
   local lake = history:lake()
   history:note(("apply %s (%s) limit %d overrides %s"):format(ret.id, ret.state, opts.limit,
      history.words(opts.overrides)))
   finish(history, "apply", ret, run_in_step(history, retiring.apply, opts, function(on_batch)
      return lake:apply(ret.id, {limit = opts.limit, undo_for = opts.undo_for, strict = opts.strict,
         overrides = opts.overrides, reason = opts.reason, on_batch = on_batch})
   end, "retired"))
end

function operating.undo_options(history, ret)
   local rng = history.rng
   return {number = ret.number, limit = rng:weighted{{40, 2}, {20, 1}, {20, 5}, {20, 2000}},
      partial = rng:chance(40) or nil, reason = "step " .. history.step}
end

local function check_dry_run(world, ret, check)
   local problems, restorable = undoing.problems(world, ret)
   expect.equal("restorable", check.restorable, restorable)
   for _, problem in ipairs(check.problems) do
      expect.equal(problem.why, problem.partitions, problems[problem.why])
      problems[problem.why] = nil
   end
   expect.equal("a problem not told", (next(problems)), nil)
end

function operating.undo(history)
   local ret = history:retirement{applied = 60, applying = 10, paused = 10, undoing = 15, other = 5}
   if not ret then
      return
   end
   local opts, lake = operating.undo_options(history, ret), history:lake()
   opts.dry_run = history.rng:chance(15) or nil
   history:note(("undo %s (%s) limit %d%s%s"):format(ret.id, ret.state, opts.limit, opts.partial and " partial" or "",
      opts.dry_run and " dry run" or ""))
   local run, result, err = run_in_step(history, undoing.undo, opts, function(on_batch)
      return lake:undo(ret.id, {limit = opts.limit, partial = opts.partial, dry_run = opts.dry_run,
         reason = opts.reason, on_batch = on_batch})
   end, "restored")
   if result and opts.dry_run then
      check_dry_run(history.world, ret, result.check)
   end
   finish(history, "undo", ret, run, result, err)
end

function operating.apply_batch(history)
   local ret = history:retirement{applying = 60, paused = 15, undoing = 10, planned = 5, other = 10}
   if not ret then
      return
   end
   local opts, lake = operating.apply_options(history, ret), history:lake()
   history:note(("apply_batch %s (%s) limit %d"):format(ret.id, ret.state, opts.limit))
   local batch, err = lake:apply_batch(ret.id, {limit = opts.limit})
   local must_be = batches.apply(history.world, ret.number, opts)
   expect.outcome("apply_batch", batch, err)
   expect.equal("is_claimed", batch.is_claimed, must_be ~= nil)
   expect.equal("state", batch.state, ret.state)
   expect.equal("remaining", batch.remaining, #ret.items - ret.next_seq + 1)
   if must_be then
      check_batch(batch, must_be, "retired")
   end
end

function operating.move(history)
   local name = history.rng:pick{"pause", "resume", "resume", "abandon"}
   local ret = history:retirement{applying = 30, paused = 40, planned = 20, other = 10}
   if not ret then
      return
   end
   history:note(("%s %s (%s)"):format(name, ret.id, ret.state))
   local lake = history:lake()
   local result, err = lake[name](lake, ret.id)
   expect.outcome(name, result, err, retiring.move(history.world, ret.number, {name = name}, function() end))
   if result then
      expect.record(history.world, ret, result)
   end
end

return operating
