-- What verbs show: verdicts, plans and retirements in words and columns.
local bars = require("mm.bars")
local output = require("mm.output")
local progress = require("mm.progress")
local screen = require("mm.screen")
local text = require("mm.text")

local report = {}

report.VERDICTS = {"replaced", "empty", "rebuildable", "waits_for_blocks", "short", "only_copy"}

local MEANING = {
   replaced = "current partitions hold at least as much",
   empty = "no rows, nothing to lose",
   rebuildable = "every source block is still there",
   waits_for_blocks = "the view set blocks must be rebuilt first",
   short = "covered by current ones, but not provably",
   only_copy = "nothing else holds this data",
   current = "can be queried today",
   unregistered = "of a view set that is in no registry",
}

--- What a verdict means, in a few words.
function report.meaning(verdict)
   return MEANING[verdict] or verdict
end

--- "1 partition", "1 190 partitions".
---@param count integer
---@return string
function report.partitions(count)
   return ("%s partition%s"):format(text.count(count), count == 1 and "" or "s")
end

--- "1 row", "45 rows", "an unknown number of rows".
---@param count integer|nil
---@return string
function report.rows(count)
   return ("%s row%s"):format(count and text.count(count) or "an unknown number of", count == 1 and "" or "s")
end

--- Says on stderr which registry was used, where a person reads it.
function report.registry(lake, options)
   if options.json or options.jsonl or options.csv or options.quiet then
      return
   end
   local registry, kind, words = lake:registry()
   if not registry then
      error(kind, 0)
   end
   output.message("registry %s", words)
end

--- Columns for `output.rows`: one per verdict, each a count.
function report.verdict_columns(before, after)
   local columns = {}
   for _, column in ipairs(before) do
      columns[#columns + 1] = column
   end
   for _, verdict in ipairs(report.VERDICTS) do
      columns[#columns + 1] = {name = verdict, heading = verdict:gsub("_", " "), format = "count"}
   end
   for _, column in ipairs(after or {}) do
      columns[#columns + 1] = column
   end
   return columns
end

-- How many a plan takes unless told otherwise (but for those whose source goes too soon).
local function harmless(group)
   return group.replaced + group.empty + (group.view_instance_id == "global" and 0 or group.rebuildable)
end

--- A bar of that share, with the share in per cent.
---@param share number
---@param width integer
---@return string
function report.bar(share, width)
   return ("%s %3d %%"):format(bars.row(share, width, not screen.is_utf8()), math.floor(share * 100))
end

-- The share of partitions that lose nothing when they are retired, as a picture.
report.SHARE = {name = "harmless", heading = "loses nothing", optional = true, format = function(value, row)
   return report.bar((value or harmless(row)) / row.partition_count, 12)
end}

--- A row of outdated partitions on two lines, for narrow terminals.
---@param row table
---@return string
function report.brief(row)
   local parts = {}
   for _, name in ipairs(report.VERDICTS) do
      if row[name] > 0 then
         parts[#parts + 1] = text.count(row[name]) .. " " .. name:gsub("_", " ")
      end
   end
   local of = row.instances and text.count(row.instances) .. (row.instances == 1 and " instance" or " instances")
      or row.view_instance_id and "instance " .. row.view_instance_id or "no instance"
   return text.escape(("%s: %s, %s, %s"):format(row.view_set_name, report.partitions(row.partition_count),
      text.bytes(row.bytes), of)) .. "\n   " .. table.concat(parts, ", ")
end

--- Groups of outdated partitions added up to a row per view set, and one of the total.
function report.by_view_set(groups)
   local rows, by_name = {}, {}
   local total = {view_set_name = "total", partition_count = 0, bytes = 0, instances = 0}
   local function add(row, group)
      row.instances = (row.instances or 0) + 1
      row.harmless = (row.harmless or 0) + harmless(group)
      for _, name in ipairs(report.VERDICTS) do
         row[name] = (row[name] or 0) + group[name]
      end
      row.partition_count = (row.partition_count or 0) + group.partition_count
      row.bytes = (row.bytes or 0) + group.bytes
   end
   for _, group in ipairs(groups) do
      local row = by_name[group.view_set_name]
      if not row then
         row = {view_set_name = group.view_set_name}
         rows[#rows + 1], by_name[group.view_set_name] = row, row
      end
      add(row, group)
      add(total, group)
   end
   return rows, total
end

--- "2026-11-23 02:05:48 UTC" of a time of mm; the microseconds go.
function report.time(value)
   return value and (value:gsub("^(%d+%-%d+%-%d+)T(%d+:%d+:%d+)[.%d]*Z", "%1 %2 UTC")) or ""
end

--- A callback that says how far an export is, unless that would stand among the data. Its end is told by who began it.
---@param options table as parsed from the command line
---@return fun(written: integer, total: integer, is_last: boolean)|nil
function report.export_progress(options)
   if options.quiet or options.output == "-" and screen.is_terminal("stdout") then
      return nil
   end
   local shown = progress.new{word = "written"}
   return function(written, total, is_last)
      shown:set(written, total, is_last and shown.is_bar)
   end
end

--- A callback that says how far a retirement or undo is: see mm.progress.
---@param word string as "retired"
---@param options table as parsed from the command line
---@return fun(batch: mm.batch)|nil
function report.progress(word, options)
   if options.quiet then
      return nil
   end
   local shown = progress.new{word = word}
   return function(batch)
      shown:batch(batch)
   end
end

return report
