-- A guard of one's own
-- Refuses a plan that holds a partition written within so many days. It is asked as mm's own guards are: before the
-- first row, whenever it goes on, and each minute; what it refuses is in the audit. A file that returns
-- `{{name =, check =}}` and is named by MM_GUARDS guards every mmlua of an account.
--    mmlua own-check.lua VIEW_SET DAYS
local mm = require("mm")
local time = require("mm.time")

local view_set, days = arg[1], tonumber(arg[2])
assert(view_set and days, "usage: own-check.lua VIEW_SET DAYS")

local function check(lake, retirement)
   local limit = time.seconds(retirement.now) - days * 86400
   for item in assert(lake:items(retirement.id)) do
      if time.seconds(item.updated or retirement.now) > limit then
         return {
            message = ("%s was written at %s, within %d days"):format(item.file_path or "a partition",
               item.updated or "a time that nobody knows", days),
            why = "somebody may still look at what is so young",
            passes = "when it is older, with a new plan",
         }
      end
   end
end

local lake = assert(mm.open(nil, {guards = {{name = "too_young", check = check}}}))
local plan = assert(lake:plan{view_set = view_set})
print(plan.id, assert(lake:apply(plan.id, {reason = "older than " .. days .. " days"})).retired)
lake:close()
