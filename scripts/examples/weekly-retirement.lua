-- Weekly retirement with a budget
-- Retires what loses nothing, view set by view set, and stops before more than so many bytes are queued for deletion.
-- For cron: it needs a published registry, asks nothing, and ends with 1 when something went wrong. Its budget of what
-- may go without proof is none: the guard would refuse a plan that holds such a partition.
--    mmlua weekly-retirement.lua MAX_BYTES
local mm = require("mm")
local text = require("mm.text")

local room = assert(tonumber(arg[1]), "usage: weekly-retirement.lua MAX_BYTES")
local lake = assert(mm.open())
for _, set in ipairs(assert(lake:list_view_sets())) do
   local preview = set.outdated > 0 and assert(lake:plan{view_set = set.view_set_name, dry_run = true})
   if preview and preview.partitions > 0 and preview.bytes <= room then
      local plan = assert(lake:plan{view_set = set.view_set_name, budget = 0})
      local done = assert(lake:apply(plan.id, {reason = "weekly retirement"}))
      room = room - done.retired_bytes
      print(done.id, set.view_set_name, done.retired, text.bytes(done.retired_bytes))
   elseif preview and preview.partitions > 0 then
      print("left for another week", set.view_set_name, preview.partitions, text.bytes(preview.bytes))
   end
end
lake:close()
