-- Retire only what is replaced
-- Takes nothing but partitions whose current replacement is proved, of all view sets, in one retirement.
--    mmlua only-replaced.lua "upgrade to 0.33"
local mm = require("mm")

local reason = assert(arg[1], "usage: only-replaced.lua REASON")
local lake = assert(mm.open())
local plan = assert(lake:plan{all = true, verdicts = {"replaced"}})
if plan.partitions == 0 then
   assert(lake:abandon(plan.id))
   print("nothing is replaced")
else
   local done = assert(lake:apply(plan.id, {reason = reason, strict = true}))
   print(done.id, done.retired, "until " .. done.undo_deadline .. ": mmlua undo " .. done.id)
end
lake:close()
