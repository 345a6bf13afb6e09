-- Report to JSON for a metrics pipeline
-- Prints a JSON object per line: outdated partitions of each view set and verdict, and the deletion queue.
--    mmlua metrics.lua >> /var/lib/metrics/mm.jsonl
local json = require("mm.json")
local mm = require("mm")

local VERDICTS = {"replaced", "empty", "rebuildable", "waits_for_blocks", "short", "only_copy"}
local ORDER = {"time", "lake", "metric", "view_set", "verdict", "value"}

local lake = assert(mm.open())
local status = assert(lake:status())
local function write(metric, value, view_set, verdict)
   print(json.encode({time = status.now, lake = status.name, metric = metric, view_set = view_set, verdict = verdict,
      value = value}, ORDER))
end
local sums = {}
for _, group in ipairs(assert(lake:list_outdated_partitions())) do
   local sum = sums[group.view_set_name] or {}
   sums[group.view_set_name] = sum
   for _, verdict in ipairs(VERDICTS) do
      sum[verdict] = (sum[verdict] or 0) + group[verdict]
   end
end
for _, set in ipairs(status.view_sets) do
   for _, verdict in ipairs(set.status == "registered" and VERDICTS or {}) do
      write("outdated_partitions", (sums[set.view_set_name] or {})[verdict] or 0, set.view_set_name, verdict)
   end
end
write("partitions", status.partitions)
write("queued_files", status.queued_files)
write("queued_bytes", status.queued_bytes)
lake:close()
