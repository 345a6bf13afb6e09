-- A check of one's own before applying
-- Plans, looks at each planned partition, and gives the plan up when one of them was written too lately: here, whatever
-- was written within so many days stays.
--    mmlua own-check.lua VIEW_SET DAYS
local mm = require("mm")
local time = require("mm.time")

local view_set, days = arg[1], tonumber(arg[2])
assert(view_set and days, "usage: own-check.lua VIEW_SET DAYS")
local lake = assert(mm.open())
local plan = assert(lake:plan{view_set = view_set})
local limit = time.seconds(plan.now) - days * 86400

local function too_young()
   for item in assert(lake:items(plan.id)) do
      if time.seconds(item.updated or plan.now) > limit then
         return item
      end
   end
end

local item = too_young()
if item then
   assert(lake:abandon(plan.id))
   error(("%s was written at %s, within %d days: plan %s is given up"):format(item.file_path or "a partition",
      item.updated, days, plan.id), 0)
end
print(plan.id, assert(lake:apply(plan.id, {reason = "older than " .. days .. " days"})).retired)
lake:close()
