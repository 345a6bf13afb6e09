-- Undo everything of today
-- Takes back every retirement that was applied since midnight (UTC), the last one first. What cannot be restored whole
-- is named and left.
--    mmlua undo-today.lua REASON
local mm = require("mm")

local reason = assert(arg[1], "usage: undo-today.lua REASON")
local lake = assert(mm.open())
local failed = 0
for _, retirement in ipairs(assert(lake:retirements())) do
   local is_of_today = retirement.applied_at and retirement.applied_at:sub(1, 10) == retirement.now:sub(1, 10)
   if is_of_today and retirement.retired > retirement.restored then
      local undone, err = lake:undo(retirement.id, {reason = reason})
      failed = failed + (undone and 0 or 1)
      print(retirement.id, undone and undone.restored .. " restored" or tostring(err))
   end
end
lake:close()
os.exit(failed == 0)
