-- What verbs show: verdicts, plans and retirements in words and columns.
local output = require("mm.output")
local text = require("mm.text")

local report = {}

report.VERDICTS = {"replaced", "empty", "rebuildable", "waits_for_blocks", "short", "only_copy"}

local MEANING = {
   replaced = "current partitions hold at least the same events",
   empty = "no rows, nothing to lose",
   rebuildable = "every source block is still there",
   waits_for_blocks = "the source is there, but the view set blocks must be rebuilt first",
   short = "current partitions cover the range, but not provably its events",
   only_copy = "nothing else holds this data",
   current = "can be queried today",
   unregistered = "of a view set that is in no registry",
}

--- What a verdict means, in a few words.
function report.meaning(verdict)
   return MEANING[verdict] or verdict
end

--- Says on stderr which registry was used, where a person reads it.
function report.registry(lake, options)
   if options.json or options.jsonl or options.csv or options.quiet then
      return
   end
   local _, _, words = lake:registry()
   output.message("registry %s", words or "unknown")
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

--- Groups of outdated partitions added up to a row per view set, and one of the total.
function report.by_view_set(groups)
   local rows, by_name = {}, {}
   local total = {view_set_name = "total", partition_count = 0, bytes = 0, instances = 0}
   local function add(row, group)
      row.instances = (row.instances or 0) + 1
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

-- "738 empty (0 B): no rows, nothing to lose"
local function verdict_line(name, sum)
   return ("  %8s %s, %s: %s"):format(text.count(sum.partitions), name:gsub("_", " "), text.bytes(sum.bytes),
      MEANING[name] or name)
end

--- Lines that say what a plan takes, by verdict, and of a dry run what it leaves.
function report.plan_lines(planned)
   local lines = {("%s partitions, %s:"):format(text.count(planned.partitions), text.bytes(planned.bytes))}
   local function add(verdicts)
      for _, names in ipairs{report.VERDICTS, {"current", "unregistered"}} do
         for _, name in ipairs(names) do
            if verdicts[name] then
               lines[#lines + 1] = verdict_line(name, verdicts[name])
            end
         end
      end
   end
   add(planned.verdicts or report.sums(planned.summary))
   if planned.left and planned.left.partitions > 0 then
      lines[#lines + 1] = ("left alone, %s partitions, %s:"):format(text.count(planned.left.partitions),
         text.bytes(planned.left.bytes))
      add(planned.left.verdicts)
   end
   return lines
end

--- Partitions and bytes by verdict, of the rows of a summary.
function report.sums(summary)
   local sums = {}
   for _, row in ipairs(summary) do
      local key = row.verdict or row.status
      sums[key] = sums[key] or {partitions = 0, bytes = 0}
      sums[key].partitions, sums[key].bytes = sums[key].partitions + row.partitions, sums[key].bytes + row.bytes
   end
   return sums
end

--- "2026-11-23 02:05:48 UTC" of a time of mm; the microseconds go.
function report.time(value)
   return value and (value:gsub("^(%d+%-%d+%-%d+)T(%d+:%d+:%d+).*$", "%1 %2 UTC")) or ""
end

report.RETIREMENT = {
   "id", "state", "reason",
   {name = "partitions", format = "count"}, {name = "bytes", heading = "size", format = "bytes"},
   {name = "retired", format = "count"}, {name = "gone", format = "count"}, {name = "changed", format = "count"},
   {name = "remaining", format = "count"}, {name = "restored", format = "count"},
   {name = "unrestored", format = "count"},
   {name = "created_at", heading = "planned", format = report.time}, {name = "created_by", heading = "by"},
   {name = "valid_until", format = report.time},
   {name = "applied_at", heading = "applied", format = report.time},
   {name = "undo_deadline", heading = "can be undone until", format = report.time},
   {name = "queued_files", format = "count"},
   {name = "registry_source", heading = "registry"},
   {name = "digest", heading = "digest"},
}

--- Shows a retirement: what it is, and its partitions by view set and verdict.
function report.retirement(found, options)
   output.record(found, report.RETIREMENT, options)
   if options.json or options.jsonl or options.csv then
      return
   end
   io.stdout:write("\n")
   output.rows(found.summary, {"view_set_name", "status", "verdict", {name = "partitions", format = "count"},
      {name = "bytes", heading = "size", format = "bytes"}}, options)
end

--- Shows a plan just made, or the preview of one.
function report.plan(planned, options)
   if options.json then
      return output.object(planned)
   end
   io.stdout:write(planned.id and "plan " .. planned.id .. ": " or "would plan ",
      table.concat(report.plan_lines(planned), "\n"), "\n")
end

--- Lines that say what goes, from which lake, as whom, until when it can be undone.
function report.consent(lake, found, options)
   local info, lines = lake:info(), report.plan_lines(found)
   lines[1] = ("Retires %s"):format(lines[1])
   lines[#lines + 1] = ("from lake %s (database %s), as %s; it can be undone for %s."):format(info.name, info.database,
      info.role, options.undo_for and text.duration(options.undo_for) or found.selection.undo_for)
   lines[#lines + 1] = "This version has no guards, audit or holds yet: see that no writer of the old release is alive "
      .. "(mmlua writers)."
   return lines
end

--- Says what applying did.
function report.applied(applied, options)
   if options.json then
      return output.object(applied)
   end
   output.message("%s: %s partitions retired (%s), %s gone already, %s changed and left", applied.id,
      text.count(applied.retired), text.bytes(applied.retired_bytes), text.count(applied.gone),
      text.count(applied.changed))
end

--- Says what an undo did.
function report.undone(undone, options)
   if options.json then
      return output.object(undone)
   end
   output.message("%s: %s partitions restored", undone.id, text.count(undone.restored))
end

--- Says what an undo could do.
function report.check(checked, options)
   if options.json then
      return output.object(checked.check)
   end
   output.message("%s: %s partitions can be restored, %s", checked.id, text.count(checked.check.restorable),
      text.bytes(checked.check.bytes))
   for _, problem in ipairs(checked.check.problems) do
      output.message("%s cannot: %s, such as %s", text.count(problem.partitions), problem.why:gsub("_", " "),
         problem.example)
   end
end

--- A callback that says how far a retirement or undo is, a line for each batch.
function report.progress(word, options)
   if options.quiet then
      return nil
   end
   local done = 0
   return function(batch)
      done = done + (batch.retired or batch.restored)
      output.message("%s %s, %s to go", word, text.count(done), text.count(batch.remaining))
   end
end

return report
