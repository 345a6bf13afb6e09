-- A short fixed set of random histories; `make model` runs longer ones, with other seeds.
local model = require("spec.model.model")

local SEEDS, STEPS, SHRINKING_S = 5, 160, 20

-- Histories in which something was found: {seed =, steps = how many or which}.
local FOUND = {}

local function check(seed, steps)
   local failure = model.run(seed, steps, SHRINKING_S)
   assert(not failure, failure)
end

describe("random histories", function()
   teardown(function()
      print(model.totals())
   end)

   for seed = 1, SEEDS do
      it(("are as the model says: seed %d"):format(seed), function()
         check(seed, STEPS)
      end)
   end

   for _, each in ipairs(FOUND) do
      it(("that went wrong once do not any more: seed %d"):format(each.seed), function()
         check(each.seed, each.steps)
      end)
   end
end)
