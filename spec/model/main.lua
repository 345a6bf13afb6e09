-- Histories of the model one after the other: main.lua SEED SEEDS STEPS SHRINK [ONLY]
--   SEED is the first of SEEDS seeds, ONLY the numbers of steps to take, between commas. The first that fails is made
--   shorter for SHRINK seconds, and ends it.
local model = require("spec.model.model")

local seed, seeds, steps, seconds = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4])
local only = {}
for number in (arg[5] or ""):gmatch("%d+") do
   only[#only + 1] = tonumber(number)
end

local started, failure = os.time(), nil
for each = seed, seed + seeds - 1 do
   io.write(("seed %d\n"):format(each)):flush()
   failure = model.run(each, #only > 0 and only or steps, #only > 0 and 0 or seconds)
   if failure then
      break
   end
end
print(failure or "all as it must be")
print(("%s, %d s"):format(model.totals(), os.time() - started))
os.exit(failure and 1 or 0, true)
