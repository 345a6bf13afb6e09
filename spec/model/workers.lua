-- Calls of mm in processes of their own, and the model of each.
--   workers.send(history, ret, opts, [which])   opts.call is apply, undo, pause or resume; which: worker 1 or 2
--   workers.settle(history) -> true when the call waits for a lock, false when it has ended
--   workers.answer(history, [which]) -> true; or false, code, message
--   workers.expect(history, opts, code)         the answer must be this
--   workers.has_twins(ret)     whether items are equal: which of them is skipped is then told by the database only
--   workers.kill(history)  .wait_until_gone(history)  .end_backend(history)
--   workers.wait_for_batches(history, ret, opts, count)
--   workers.model(world, opts) -> {is_over =, code =}; workers.resume(model) -> name of the point that it reached
local holding = require("spec.model.holding")
local expect = require("spec.model.expect")
local retiring = require("spec.model.retiring")
local undoing = require("spec.model.undoing")
local worker = require("spec.support.worker")

local workers = {}

local OPEN = "lake = assert(mm.open(conninfo, {registry = assert(mm.registry.release('0.33'))}))"
local CALL = [[
   local call, id, opts = ...
   local result, err = lake[call](lake, id, opts)
   if result then
      return true
   end
   return false, err.code, tostring(err)]]
local MODELS = {apply = retiring.apply, undo = undoing.undo, pause = retiring.move, resume = retiring.move,
   hold = holding.hold}

local function worker_of(history, which)
   which = which or 1
   if not history.workers[which] then
      history.workers[which] = worker.start(history.eye)
      history.workers[which]:run(OPEN)
   end
   return history.workers[which]
end

local function asked_of(opts)
   if opts.call == "undo" then
      return {limit = opts.limit, reason = opts.reason}
   elseif opts.call == "apply" then
      return {limit = opts.limit, undo_for = opts.undo_for, strict = opts.strict, reason = opts.reason,
         overrides = opts.overrides}
   end
end

function workers.send(history, ret, opts, which)
   history:note(("%s %s (%s) elsewhere, limit %s"):format(opts.call, ret.id, ret.state, tostring(opts.limit)))
   if opts.call == "hold" then
      worker_of(history, which):send(CALL, opts.call, holding.asked(opts))
   else
      worker_of(history, which):send(CALL, opts.call, ret.id, asked_of(opts))
   end
end

function workers.has_twins(ret)
   local seen = {}
   for _, item in ipairs(ret.items) do
      if seen[item.row.line] then
         return true
      end
      seen[item.row.line] = true
   end
   return false
end

function workers.settle(history)
   return worker_of(history):settle() == "blocked"
end

function workers.answer(history, which)
   local is_done, code, message = worker_of(history, which):wait()
   history:note(("   %s %s"):format(tostring(is_done), message or ""))
   return is_done, code, message
end

function workers.expect(history, opts, code)
   local is_done, found, message = workers.answer(history)
   expect.outcome(opts.call .. " elsewhere", is_done or nil, {code = found, message = message}, code)
end

function workers.kill(history)
   history:note("   killed")
   history.dead = worker_of(history).name
   worker_of(history):kill()
   history.workers[1] = nil
end

local GONE = "select count(*) from pg_stat_activity where application_name = '%s'"

function workers.wait_until_gone(history)
   while history.eye:value(GONE:format(history.dead)) ~= "0" do
      history.eye:psql("select pg_sleep(0.001)")
   end
end

function workers.end_backend(history)
   history:note("   its backend is ended")
   history.eye:psql(("select pg_terminate_backend(pid) from pg_stat_activity where application_name = '%s'"):format(
      worker_of(history).name))
end

local PROGRESS = "select %s - 1 from mmadmin.retirement where retirement = %d"

-- Or until it has ended. Returns how many there are.
function workers.wait_for_batches(history, ret, opts, count)
   local sql, done = PROGRESS:format(opts.call == "undo" and "undo_seq" or "next_seq", ret.number), 0
   for _ = 1, 200 do
      done = tonumber(history.eye:value(sql))
      if done >= count then
         break
      end
   end
   return done
end

function workers.model(world, opts)
   local model = {}
   model.thread = coroutine.create(function()
      return MODELS[opts.call](world, opts.number, opts, coroutine.yield)
   end)
   return model
end

function workers.resume(model)
   local is_ok, name = coroutine.resume(model.thread)
   if not is_ok then
      error(debug.traceback(model.thread, name), 0)
   elseif coroutine.status(model.thread) == "dead" then
      model.is_over, model.code = true, name
      return nil
   end
   return name
end

function workers.finish(model)
   while not model.is_over do
      workers.resume(model)
   end
end

return workers
