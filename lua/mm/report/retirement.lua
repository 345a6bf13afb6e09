-- What became of a retirement, and what an undo could do or did.
local output = require("mm.output")
local plan = require("mm.report.plan")
local report = require("mm.report")
local text = require("mm.text")

local retirement = {}

local COLUMNS = {
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
   "digest",
}

--- Shows a retirement: what it is, and its partitions by view set and verdict.
---@param found mm.retirement
---@param options table as parsed from the command line
function retirement.show(found, options)
   output.record(found, COLUMNS, options)
   if options.json or options.jsonl or options.csv then
      return
   end
   io.stdout:write("\n")
   output.rows(found.summary, {{name = "view_set_name", heading = "view set"}, "status", "verdict",
      {name = "partitions", format = "count"}, {name = "bytes", heading = "size", format = "bytes"}}, options)
end

--- Says which state a retirement was moved to.
---@param found mm.retirement
function retirement.moved(found)
   output.message("%s is %s now, %s of %s retired", found.id, found.state, text.count(found.retired),
      report.partitions(found.partitions))
end

--- Says what applying did.
---@param applied mm.retirement
---@param options table as parsed from the command line
function retirement.applied(applied, options)
   if options.json then
      return output.object(applied)
   end
   output.message("%s: %s retired (%s), %s gone already, %s changed and left", applied.id,
      report.partitions(applied.retired), text.bytes(applied.retired_bytes), text.count(applied.gone),
      text.count(applied.changed))
end

--- Lines to agree to: what comes back, to which lake, as whom.
---@param lake mm.lake
---@param checked mm.retirement with its `check`
---@return string[]
function retirement.undo_consent(lake, checked)
   return {
      ("undo %s: brings back %s, %s"):format(checked.id, report.partitions(checked.check.restorable),
         text.bytes(checked.check.bytes)),
      "exactly as they were, and their files leave the queue of deletions",
      plan.place(lake),
   }
end

--- Says what an undo did.
---@param undone mm.retirement
---@param options table as parsed from the command line
function retirement.undone(undone, options)
   if options.json then
      return output.object(undone)
   end
   output.message("%s: %s restored", undone.id, report.partitions(undone.restored))
end

--- Says what an undo could do.
---@param checked mm.retirement with its `check`
---@param options table as parsed from the command line
function retirement.check(checked, options)
   if options.json then
      return output.object(checked.check)
   end
   output.message("%s: %s can be restored, %s", checked.id, report.partitions(checked.check.restorable),
      text.bytes(checked.check.bytes))
   for _, problem in ipairs(checked.check.problems) do
      output.message("%s cannot: %s, such as %s", text.count(problem.partitions), problem.why:gsub("_", " "),
         problem.example)
   end
end

return retirement
