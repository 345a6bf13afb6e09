-- The steps of a history, each with how often it comes.
--   steps.take(history)       one step
--   steps.meddle(history)     what happens between two batches of mm
local asking = require("spec.model.asking")
local holding = require("spec.model.holding")
local operating = require("spec.model.operating")
local overlaps = require("spec.model.overlaps")
local plans = require("spec.model.plans")
local scene = require("spec.model.scene")
local upstream_steps = require("spec.model.upstream_steps")
local writing = require("spec.model.writing")

local steps = {}

local FIRST = 40 -- steps that fill the lake

-- One of upstream's transactions from its begin to its end, which is sometimes none.
local function whole(make)
   return function(history)
      local one = make(history, nil)
      if history.rng:chance(8) and not one.is_sure then
         one:through(history.rng:pick(one.list).name)
         if not one.failed and one.list[one.at] then
            history:note("   rolled back")
            return one:roll_back()
         end
      end
      local failed = one:finish()
      if failed then
         history:note("   failed: " .. failed)
      end
   end
end

-- As upstream rebuilds after an upgrade.
local function rebuild(history)
   local row, places = writing.pieces(history)
   for _, place in ipairs(places) do
      whole(function() return writing.writer(history, row, place) end)(history)
   end
end

-- Times at which something changes by itself.
local function moments(world)
   local list = {}
   for _, ret in ipairs(world.retirements) do
      if ret.state == "planned" then
         list[#list + 1] = ret.valid_until
      elseif ret.state == "applying" or ret.state == "paused" then
         list[#list + 1] = ret.undo_until - scene.HOUR
      end
   end
   for _, queued in ipairs(world.queue) do
      list[#list + 1] = queued.expires - 5 * scene.MINUTE
   end
   return list
end

-- Clocks go back a little.
local function back(history)
   return history.world.latest - 2 * scene.MINUTE
end

local function to_a_moment(history)
   local moment = history.rng:pick(moments(history.world)) or 0
   return math.max(moment + history.rng:int(-1, 1), back(history))
end

local function ahead(low, high, unit)
   return function(history)
      return history.world.now + history.rng:int(low, high) * unit
   end
end

local JUMPS = {{40, ahead(1, 90, scene.MINUTE)}, {15, ahead(1, 12, scene.HOUR)}, {3, ahead(1, 40, scene.DAY)},
   {30, to_a_moment}, {10, back}}

local function jump(history)
   history:set_clock(history.rng:weighted(JUMPS)(history))
   history:note("clock: " .. scene.stamp(history.world.now))
end

-- To when the first file of what is being worked on may be deleted, and somewhat earlier.
local function rush(history)
   local ret, first = history.world.retirements[history.busy], nil
   for _, item in ipairs(ret and ret.items or {}) do
      local expires = item.row.path and history.world:expiration(item.row.path)
      first = expires and math.min(first or expires, expires) or first
   end
   history:set_clock(math.max((first or 0) - 5 * scene.MINUTE + history.rng:int(-1, 1), back(history)))
   history:note("clock: " .. scene.stamp(history.world.now))
end

local function purge_months_ahead(history)
   return upstream_steps.purge(history, 40 * scene.DAY)
end

local function vacuum(history)
   local sql = history.rng:chance(40) and "vacuum full lakehouse_partitions" or "vacuum lakehouse_partitions"
   history:note(sql)
   history.eye:psql(sql)
end

-- Mostly of what is planned.
local function update(history)
   local ret = history.rng:chance(60) and history:retirement{planned = 50, applying = 50}
   local row = history.rng:pick(ret and history.world:to_come(ret) or history.world.rows)
   if row then
      whole(function() return writing.update(history, row) end)(history)
   end
end

local TERMINATE = [[select pg_terminate_backend(pid, 5000) from pg_stat_activity
   where datname = current_database() and application_name like 'mm\_%']]

local function terminate(history)
   history:note("end the operators' backends")
   history.eye:psql(TERMINATE)
end

local MEDDLING = {
   {30, whole(writing.writer)}, {15, whole(upstream_steps.retire)}, {8, whole(upstream_steps.purge)}, {15, update},
   {8, jump}, {8, rush}, {8, whole(purge_months_ahead)}, {8, vacuum}, {2, terminate}, {10, operating.move},
   {6, operating.undo}, {6, operating.apply}, {6, holding.take}, {4, plans.plan},
}

-- Little comes in between, so that much of it is still true.
local function plan_and_apply(history)
   local ret = plans.everything(history)
   history:meddle(ret.number)
   history:meddle(ret.number)
   operating.apply(history, ret)
end

local STEPS = {
   {170, whole(writing.writer)}, {45, rebuild}, {25, update}, {8, writing.odd},
   {35, whole(upstream_steps.retire)}, {25, whole(upstream_steps.purge)}, {4, upstream_steps.retention},
   {30, jump}, {28, vacuum}, {4, terminate}, {30, overlaps.take},
   {75, plans.plan}, {25, plans.plan_range}, {22, plan_and_apply}, {120, operating.apply},
   {25, operating.apply_batch}, {55, operating.undo}, {35, operating.move}, {12, holding.take},
   {15, asking.look}, {8, asking.mistake}, {6, asking.tamper},
}

function steps.take(history)
   if history.step <= FIRST then
      return (history.rng:chance(80) and whole(writing.writer) or rebuild)(history)
   end
   history.rng:weighted(STEPS)(history)
end

function steps.meddle(history)
   history.rng:weighted(MEDDLING)(history)
end

return steps
