-- What the database knows of the lake, as OpenMetrics: by view set, status and verdict, never by instance.
local core = require("mm.core")
local handle = require("mm.handle")

local metrics = {}

-- So long what was said of a whole lake's partitions is said again: it is dear to know.
local KEPT_S = 60

local function escape(value)
   return (tostring(value):gsub("[\\\"\n]", {["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n"}))
end

local function labels(pairs_of_it)
   local pieces = {}
   for _, pair in ipairs(pairs_of_it) do
      pieces[#pieces + 1] = pair[2] and ('%s="%s"'):format(pair[1], escape(pair[2])) or nil
   end
   return #pieces > 0 and "{" .. table.concat(pieces, ",") .. "}" or ""
end

-- A family of metrics with its samples, {labels, value}.
local function add(lines, name, kind, help, samples)
   lines[#lines + 1] = ("# TYPE mm_%s %s"):format(name, kind)
   lines[#lines + 1] = ("# HELP mm_%s %s"):format(name, help)
   for _, sample in ipairs(samples) do
      lines[#lines + 1] = ("mm_%s%s%s %s"):format(name, kind == "counter" and "_total" or "", labels(sample[1]),
         ("%d"):format(sample[2]))
   end
end

-- Sums by view set, status and verdict.
local function adder(sums)
   return function(row, partitions, bytes)
      local key = table.concat({row.view_set_name or "", row.status, row.verdict or ""}, "\0")
      local sum = sums[key]
      if not sum then
         sum = {labels = {{"view_set", row.view_set_name or ""}, {"status", row.status}, {"verdict", row.verdict}},
            partitions = 0, bytes = 0}
         sums[key], sums[#sums + 1] = sum, sum
      end
      sum.partitions, sum.bytes = sum.partitions + partitions, sum.bytes + bytes
   end
end

-- Outdated partitions have verdicts where the registry is one to plan with.
local function partition_sums(lake)
   local sums = {}
   local add_row = adder(sums)
   local versions, err = lake:list_schema_versions()
   local judged
   if versions then
      judged, err = lake:plan{all = true, dry_run = true}
   end
   if not versions or not judged and err.code ~= "invalid" then
      return nil, err
   end
   for _, row in ipairs(versions) do
      if row.status ~= "outdated" or not judged then
         add_row(row, row.partitions, row.bytes)
      end
   end
   for _, row in ipairs(judged and judged.summary or {}) do
      if row.status == "outdated" then
         add_row(row, row.partitions, row.bytes)
      end
   end
   return sums
end

local function samples(sums, field)
   local list = {}
   for i, sum in ipairs(sums) do
      list[i] = {sum.labels, sum[field]}
   end
   return list
end

local function add_partitions(lake, lines)
   local sums, err = partition_sums(lake)
   if not sums then
      return err
   end
   add(lines, "partitions", "gauge", "Partitions by view set, status and verdict.", samples(sums, "partitions"))
   add(lines, "partition_bytes", "gauge", "Bytes of these partitions.", samples(sums, "bytes"))
end

local COUNTED = {
   retirements = {"gauge", "state", "Retirements by state."},
   jobs = {"gauge", "state", "Jobs of the HTTP API by state."},
   audit_entries = {"counter", "what", "Entries of the audit by what they are about."},
}

local function add_counts(lake, lines)
   local rows, err = handle.select(lake, "metrics")
   if not rows then
      return err
   end
   for _, name in ipairs{"retirements", "jobs", "audit_entries"} do
      local kind, label, help = COUNTED[name][1], COUNTED[name][2], COUNTED[name][3]
      local list = {}
      for _, row in ipairs(rows) do
         list[#list + 1] = row.name == name and {{{label, row.label}}, row.value} or nil
      end
      add(lines, name, kind, help, list)
   end
end

local function add_queue(lake, lines)
   local rows, err = handle.select(lake, "status")
   if not rows then
      return err
   end
   add(lines, "queued_files", "gauge", "Files that are queued for deletion.", {{{}, rows[1].queued_files}})
   add(lines, "queued_bytes", "gauge", "Bytes of these files.", {{{}, rows[1].queued_bytes}})
end

-- What was last said of the partitions of a lake, and when.
local kept = setmetatable({}, {__mode = "k"})

local function partition_lines(lake)
   local known = kept[lake]
   if known and os.time() - known.at < KEPT_S then
      return known.lines
   end
   local lines = {}
   local err = add_partitions(lake, lines)
   if err then
      return nil, err
   end
   kept[lake] = {at = os.time(), lines = lines}
   return lines
end

--- The answer of the route: text without the end mark of OpenMetrics, as nginx adds its own metrics.
function metrics.answer(lake)
   local partitions, err = partition_lines(lake)
   local lines = {}
   err = err or add_queue(lake, lines) or core.lake_info(lake).state_version >= 0 and add_counts(lake, lines)
   if err then
      return nil, err
   end
   return {type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
      text = table.concat(partitions, "\n") .. "\n" .. table.concat(lines, "\n") .. "\n"}
end

return metrics
