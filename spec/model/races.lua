-- Two calls of mm at once: what comes out must be what some order of their transactions gives.
--   races.race(history)
local comparing = require("spec.model.comparing")
local holding = require("spec.model.holding")
local operating = require("spec.model.operating")
local workers = require("spec.model.workers")

local races = {}

local function options(history, call, ret)
   if call == "apply" then
      return operating.apply_options(history, ret)
   elseif call == "hold" then
      return holding.options(history)
   elseif call == "undo" then
      local opts = operating.undo_options(history, ret)
      opts.partial = nil
      return opts
   end
   return {number = ret.number, name = call}
end

-- Few batches, for every order of them is tried.
local function limit_of(ret)
   return math.max(1, math.ceil(#ret.items / 2))
end

local function choose(history)
   local rng = history.rng
   local calls = rng:pick{{"apply", "apply"}, {"apply", "undo"}, {"apply", "pause"}, {"apply", "hold"},
      {"undo", "undo"}}
   local ret = calls[1] == "undo" and history:retirement{applied = 90, undoing = 10}
      or history:retirement{planned = 60, applying = 40}
   local other = calls[2] == "apply" and rng:chance(50) and history:retirement{planned = 60, applying = 40} or ret
   return calls, {ret, other}
end

-- The order numbers of who takes each turn, 1 or 2, changed to the next one in depth-first order; false at the end.
local function next_order(order)
   while order[#order] == 2 do
      order[#order] = nil
   end
   if #order > 0 then
      order[#order] = 2
   end
   return #order > 0
end

local function whose_turn(models, order, turn)
   if models[1].is_over or models[2].is_over then
      return models[1].is_over and 2 or 1
   end
   order[turn] = order[turn] or 1
   return order[turn]
end

-- Runs both in this order, which is completed by whoever is first.
local function run(start, opts, order)
   local world = start:clone()
   local models, turn = {workers.model(world, opts[1]), workers.model(world, opts[2])}, 0
   while not (models[1].is_over and models[2].is_over) do
      if not (models[1].is_over or models[2].is_over) then
         turn = turn + 1
      end
      local model = models[whose_turn(models, order, turn)]
      repeat
         local point = workers.resume(model)
      until point ~= "next"
   end
   return {world = world, codes = {models[1].code or false, models[2].code or false}}
end

local function all_orders(start, opts, codes)
   local list, order = {}, {}
   repeat
      local made = run(start, opts, order)
      if made.codes[1] == codes[1] and made.codes[2] == codes[2] then
         list[#list + 1] = made
      end
   until not next_order(order)
   return list
end

function races.race(history)
   local calls, rets = choose(history)
   if not rets[1] or workers.has_twins(rets[1]) or workers.has_twins(rets[2]) then
      return
   end
   local opts = {}
   for i, ret in ipairs(rets) do
      opts[i] = options(history, calls[i], ret)
      opts[i].call, opts[i].limit = calls[i], limit_of(ret)
      workers.send(history, ret, opts[i], i)
   end
   local codes = {}
   for i = 1, 2 do
      local is_done, code = workers.answer(history, i)
      codes[i] = not is_done and code
   end
   local list = all_orders(history.world, opts, codes)
   if #list == 0 then
      error(("no order of both gives %s and %s"):format(tostring(codes[1]), tostring(codes[2])), 0)
   end
   comparing.adopt(history, list)
end

return races
