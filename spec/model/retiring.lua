-- What applying a plan must do, transaction by transaction.
--   retiring.apply(world, number, opts, point) -> nil, or the code of the error that must come
--      opts: those of batches.lua, and strict, undo_s, reason, overrides. point(name, batch) is called after each
--      transaction, and before each batch ("next"): what happens in it happens between them.
--   retiring.move(world, number, opts, point)     opts.name: pause, resume or abandon
--   retiring.total(ret, kind, name) -> sum over the batches
local batches = require("spec.model.batches")
local guarding = require("spec.model.guarding")
local scene = require("spec.model.scene")
local verdicts = require("spec.model.verdicts")

local retiring = {}

local CHANGED_SHARE = 0.01
local MOVES = {pause = {applying = "paused"}, resume = {paused = "applying"}, abandon = {planned = "abandoned"}}

function retiring.total(ret, kind, name)
   local sum = 0
   for _, batch in ipairs(ret.batches) do
      if batch.kind == kind then
         sum = sum + batch[name]
      end
   end
   return sum
end

-- Whether a verdict got worse since the plan, of what is retired or of what is still to come.
local function is_worse(world, ret, is_retired)
   for seq, item in ipairs(ret.items) do
      if item.verdict and (seq < ret.next_seq) == is_retired and not ret.skipped[seq]
         and verdicts.RANK[verdicts.of(world, item.row)] > verdicts.RANK[item.verdict] then
         return true
      end
   end
   return false
end

local function is_expired(world, ret)
   return ret.state == "planned" and world.now >= ret.valid_until
end

-- Also where it goes on: what was said the first time holds.
local function begin(world, ret, opts, overrides)
   if ret.state ~= "applying" and ret.state ~= "planned" or is_expired(world, ret) then
      return "conflict"
   elseif guarding.refuses(world, ret, overrides) then
      world:audit("refused", ret.number, opts.reason)
      return "refused"
   end
   ret.state, ret.why, ret.reason = "applying", opts.reason, ret.reason or opts.reason
   ret.applied_at, ret.undo_until = ret.applied_at or world.now, ret.undo_until or world.now + opts.undo_s * scene.US
   ret.overrides = overrides
   world:audit("applying", ret.number, opts.reason)
end

local function set_state(world, ret, from, state)
   if ret.state == from then
      ret.state, ret.why = state, nil
      world:audit(state, ret.number, nil)
   end
end

local function too_many_changed(ret, changed, accepted, opts)
   return changed > accepted and (opts.strict or changed - accepted > CHANGED_SHARE * #ret.items)
end

local function run_batches(world, ret, opts, overrides, point, accepted)
   if #ret.items == 0 then
      set_state(world, ret, "applying", "applied")
      return ret.state ~= "applied" and "conflict" or nil
   end
   local changed = retiring.total(ret, "apply", "changed")
   repeat
      point("next")
      local batch = batches.apply(world, ret.number, opts)
      if not batch then
         return ret.next_seq <= #ret.items and "conflict" or nil
      end
      changed = changed + batch.changed
      point("batch", batch)
      local is_too_much = batch.last_seq < #ret.items and too_many_changed(ret, changed, accepted, opts)
      local is_refused = batch.held > 0 and not overrides.holds
      if is_refused or is_too_much then
         set_state(world, ret, "applying", "paused")
         return is_refused and "refused" or "conflict"
      end
   until batch.last_seq == #ret.items
end

-- What was known of it at the start tells whether it is worth a look afterwards.
local function look_back(world, ret, until_then, started)
   if not (until_then and until_then <= started) and is_worse(world, ret, true) then
      return "conflict"
   end
end

local function start(world, ret, opts, overrides, point)
   local was_expired = is_expired(world, ret)
   point("found")
   if was_expired then
      return "conflict"
   elseif guarding.refuses(world, ret, overrides) then
      world:audit("refused", ret.number, opts.reason)
      return "refused"
   end
   point("guarded")
   if is_worse(world, ret, false) then
      return "conflict"
   end
   point("looked")
   local err = begin(world, ret, opts, overrides)
   if not err then
      point("begun")
   end
   return err
end

function retiring.move(world, number, opts, point)
   local ret = world.retirements[number]
   point("found")
   local state = MOVES[opts.name][ret.state]
   if not state then
      return "conflict"
   end
   set_state(world, ret, ret.state, state)
   ret.changed_accepted = opts.name == "resume" and retiring.total(ret, "apply", "changed") or ret.changed_accepted
   point("moved")
end

local function merged(overrides, more)
   local result = {}
   for _, each in ipairs{overrides, more} do
      for name, why in pairs(each) do
         result[name] = why
      end
   end
   return result
end

function retiring.apply(world, number, opts, point)
   local ret = world.retirements[number]
   local state, started, until_then, accepted = ret.state, world.now, ret.undo_until, ret.changed_accepted
   if state ~= "planned" and state ~= "applying" and state ~= "applied" then
      return "conflict"
   end
   local overrides = merged(ret.overrides, opts.overrides)
   local err = state ~= "applied" and (start(world, ret, opts, overrides, point)
      or run_batches(world, ret, opts, overrides, point, accepted))
   return err or look_back(world, ret, until_then, started)
end

return retiring
