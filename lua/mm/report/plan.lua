-- What a plan takes, what it leaves and why, and what somebody must know before it is applied.
local output = require("mm.output")
local report = require("mm.report")
local text = require("mm.text")
local time = require("mm.time")

local plan = {}

local ORDER = {"replaced", "empty", "rebuildable", "held", "global", "source_goes", "waits_for_blocks", "short",
   "only_copy", "current", "unregistered"}
-- Why the default selection leaves some that are rebuildable.
local LEFT = {
   held = "a hold covers them (mmlua hold list)",
   global = "nothing rebuilds those of global by itself",
   source_goes = "their source goes within the undo window",
}

-- Partitions and bytes of the rows of a summary, taken or left, by verdict (or status, or why they are left).
local function sums_of(summary, is_selected)
   local sums = {}
   for _, row in ipairs(summary) do
      if row.is_selected == is_selected then
         local key = row.why_left or row.verdict or row.status
         local sum = sums[key] or {name = row.verdict or row.status, partitions = 0, bytes = 0}
         sum.partitions, sum.bytes = sum.partitions + row.partitions, sum.bytes + row.bytes
         sums[key] = sum
      end
   end
   return sums
end

local function pad_all(rows, column, align)
   local width = 0
   for _, row in ipairs(rows) do
      width = math.max(width, text.width(row[column]))
   end
   for _, row in ipairs(rows) do
      row[column] = text.pad(row[column], width, align)
   end
end

-- "  738  empty  0 B  no rows, nothing to lose", aligned.
local function verdict_lines(sums)
   local rows, lines = {}, {}
   for _, key in ipairs(ORDER) do
      local sum = sums[key]
      rows[#rows + 1] = sum and {text.count(sum.partitions), (sum.name:gsub("_", " ")), text.bytes(sum.bytes),
         LEFT[key] or report.meaning(key)}
   end
   pad_all(rows, 1, "right")
   pad_all(rows, 2)
   pad_all(rows, 3, "right")
   for i, row in ipairs(rows) do
      lines[i] = "  " .. table.concat(row, "  ")
   end
   return lines
end

local function amount(sum)
   return ("%s, %s"):format(report.partitions(sum.partitions), text.bytes(sum.bytes))
end

local function add(lines, more)
   for _, line in ipairs(more) do
      lines[#lines + 1] = line
   end
end

--- Lines that say what a plan takes, by verdict, and of a dry run what it leaves, and why.
---@param planned mm.retirement
---@return string[]
function plan.lines(planned)
   local lines = {(planned.id and "plan " .. planned.id or "would plan") .. ": " .. amount(planned)}
   add(lines, verdict_lines(sums_of(planned.summary, true)))
   if planned.left and planned.left.partitions > 0 then
      lines[#lines + 1] = "left alone: " .. amount(planned.left)
      add(lines, verdict_lines(sums_of(planned.summary, false)))
   end
   return lines
end

--- Shows a plan just made, or the preview of one.
---@param planned mm.retirement
---@param options table as parsed from the command line
function plan.show(planned, options)
   if options.json then
      return output.object(planned)
   end
   io.stdout:write(table.concat(plan.lines(planned), "\n"), "\n")
end

--- Lines that say on which lake something is done, and as whom.
---@param lake mm.lake
---@return string
function plan.place(lake)
   local info = lake:info()
   return ("on lake %s (database %s), as %s"):format(info.name, info.database, info.role)
end

local function undo_words(found, options)
   local seconds = options.undo_for or text.parse_duration(found.selection.undo_for)
   local deadline = report.time(time.at(time.seconds(found.now) + seconds))
   return ("it can be undone for %s, until about %s"):format(text.duration(seconds), deadline)
end

--- Lines to agree to: what goes, by verdict, from which lake, as whom, until when it can be undone.
---@param lake mm.lake
---@param found mm.retirement
---@param options table as parsed from the command line
---@param is_shown? boolean the verdicts have just been shown
---@return string[]
function plan.consent(lake, found, options, is_shown)
   local lines = {("retire %s, of plan %s"):format(amount(found), found.id)}
   add(lines, is_shown and {} or verdict_lines(sums_of(found.summary, true)))
   if found.remaining < found.partitions then
      lines[#lines + 1] = ("%s of them are left to do"):format(text.count(found.remaining))
   end
   lines[#lines + 1] = plan.place(lake)
   lines[#lines + 1] = undo_words(found, options)
   for guard, why in pairs(options.overrides or {}) do
      lines[#lines + 1] = ("the guard %s is overridden: %s"):format(guard, why)
   end
   return lines
end

return plan
