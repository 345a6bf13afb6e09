-- Export to CSV per view set
-- Writes the partitions of each view set to FOLDER/VIEW_SET.csv, however many they are.
--    mmlua export-view-sets.lua FOLDER [STATUS]
local mm = require("mm")

local folder, status = arg[1], arg[2]
assert(folder, "usage: export-view-sets.lua FOLDER [STATUS]")
local lake = assert(mm.open())
for _, set in ipairs(assert(lake:list_view_sets())) do
   if set.view_set_name and set.partitions > 0 then
      local path = ("%s/%s.csv"):format(folder, set.view_set_name:gsub("[^%w_-]", "_"))
      local filter = {view_set = set.view_set_name, status = status}
      print(path, assert(lake:export_partitions(path, filter, {format = "csv"})))
   end
end
lake:close()
