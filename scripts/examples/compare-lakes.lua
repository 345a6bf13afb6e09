-- Compare two lakes
-- Prints where two lakes differ: for each view set the newest schema hash that is written, and how many partitions are
-- outdated under one registry.
--    mmlua compare-lakes.lua RELEASE LAKE LAKE
local mm = require("mm")
local output = require("mm.output")

assert(arg[3], "usage: compare-lakes.lua RELEASE LAKE LAKE")
local registry = assert(mm.registry.release(arg[1]))
local rows, by_name = {}, {}
for side = 1, 2 do
   local lake = assert(mm.open(arg[side + 1], {registry = registry}))
   for _, version in ipairs(assert(lake:list_schema_versions())) do -- of a view set the newest first
      local name = version.view_set_name or ""
      local row = by_name[name] or {view_set = name, outdated_1 = 0, outdated_2 = 0}
      if not by_name[name] then
         by_name[name], rows[#rows + 1] = row, row
      end
      row["hash_" .. side] = row["hash_" .. side] or version.schema_hash
      local outdated = version.status == "outdated" and version.partitions or 0
      row["outdated_" .. side] = row["outdated_" .. side] + outdated
   end
   lake:close()
end
local different = {}
for _, row in ipairs(rows) do
   if row.hash_1 ~= row.hash_2 or row.outdated_1 ~= row.outdated_2 then
      different[#different + 1] = row
   end
end
output.rows(different, {"view_set", "hash_1", "hash_2", "outdated_1", "outdated_2"}, {empty = "no difference"})
