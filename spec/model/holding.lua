-- Holds, made and released.
--   holding.options(history) -> of lake:hold, times in microseconds     holding.asked(opts) -> as lake:hold takes them
--   holding.hold(world, _, opts, point)      the model of lake:hold
--   holding.take(history)
local expect = require("spec.model.expect")
local scene = require("spec.model.scene")

local holding = {}

function holding.options(history)
   local rng = history.rng
   local view_set = rng:pick(scene.VIEW_SETS)
   local opts = {reason = "step " .. history.step}
   opts.view_set = rng:chance(80) and view_set.name or nil
   opts.view_instance = opts.view_set and rng:chance(50) and rng:pick(view_set.instances) or nil
   opts.from = rng:chance(70) and scene.START + rng:int(0, scene.QUARTERS - 1) * scene.QUARTER or nil
   opts.to = rng:chance(80) and (opts.from or scene.START) + rng:int(0, 8) * scene.QUARTER or nil
   return opts
end

function holding.asked(opts)
   return {view_set = opts.view_set, all = not opts.view_set or nil, view_instance = opts.view_instance,
      from = opts.from and scene.rfc3339(opts.from), to = opts.to and scene.rfc3339(opts.to), reason = opts.reason}
end

function holding.hold(world, _, opts, point)
   if opts.from and opts.to and opts.from >= opts.to then
      return "invalid"
   elseif opts.view_set and not world:knows(opts.view_set) then
      return "not_found"
   end
   point("found")
   table.insert(world.holds, {view_set = opts.view_set, view_instance = opts.view_instance, from = opts.from,
      to = opts.to, released = false})
   world:audit("held", nil, opts.reason)
   point("held")
end

local function hold(history)
   local opts, lake = holding.options(history), history:lake()
   local asked = holding.asked(opts)
   history:note("hold " .. history.words(asked))
   local record, err = lake:hold(asked)
   expect.outcome("hold", record, err, holding.hold(history.world, nil, opts, function() end))
   if record then
      expect.equal("number of the hold", record.hold, #history.world.holds)
   end
end

local function release(history)
   local world, number = history.world, history.rng:int(1, #history.world.holds + 1)
   local found, reason = world.holds[number], "step " .. history.step
   local is_held = found and not found.released
   history:note("release hold " .. number)
   local record, err = history:lake():release(number, {reason = reason})
   expect.outcome("release", record, err, not is_held and "not_found" or nil)
   if is_held then
      world.holds[number] = {view_set = found.view_set, view_instance = found.view_instance, from = found.from,
         to = found.to, released = true}
      world:audit("released", nil, reason)
   end
end

function holding.take(history)
   local held = 0
   for _, each in ipairs(history.world.holds) do
      held = held + (each.released and 0 or 1)
   end
   return (held > 0 and history.rng:chance(50 + 25 * held) and release or hold)(history)
end

return holding
