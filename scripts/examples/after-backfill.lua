-- Wait for the backfill and then retire
-- Looks again and again until no partition of a view set waits for the view set `blocks`, then retires what loses
-- nothing.
--    mmlua after-backfill.lua VIEW_SET [SECONDS BETWEEN LOOKS]
local mm = require("mm")

local view_set, seconds = assert(arg[1], "usage: after-backfill.lua VIEW_SET [SECONDS]"), tonumber(arg[2] or 300)
local lake = assert(mm.open())

local function waiting()
   local count = 0
   for _, group in ipairs(assert(lake:list_outdated_partitions(view_set))) do
      count = count + group.waits_for_blocks
   end
   return count
end

local count = waiting()
while count > 0 do
   print(("%d partitions of %s wait for blocks"):format(count, view_set))
   io.stdout:flush()
   assert(os.execute("sleep " .. seconds))
   count = waiting()
end
local done = assert(lake:retire_incompatible_partitions(view_set, {reason = "after the backfill"}))
print(done.id, done.retired)
lake:close()
