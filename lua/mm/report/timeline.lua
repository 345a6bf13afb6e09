-- A timeline drawn with characters: a line for what is current, one for each verdict, one for gaps; time runs to the
-- right, and a column is as high as the share of its time that is covered.
local bars = require("mm.bars")
local paint = require("mm.paint")
local report = require("mm.report")
local screen = require("mm.screen")
local text = require("mm.text")
local time = require("mm.time")

local timeline = {}

local KINDS = {"current", "replaced", "empty", "rebuildable", "waits_for_blocks", "short", "only_copy", "unhashed",
   "unregistered"}
local STYLES = {current = "green", replaced = "cyan", empty = "cyan", rebuildable = "blue", waits_for_blocks = "yellow",
   short = "magenta", only_copy = "red", gap = "dim"}
local BETWEEN, LABELS, TOTALS, FEWEST = 2, 16, 21, 10

--- How many buckets a drawing of that width has room for.
---@param width integer
---@return integer
function timeline.buckets(width)
   return math.max(FEWEST, width - LABELS - TOTALS - 2 * BETWEEN)
end

local function new_line(name)
   return {name = name, partitions = 0, bytes = 0, covered = {}, has = {}}
end

-- A line for each kind that there is; gaps are what no partition covers.
local function lines_of(found)
   local lines, gap = {}, new_line("gap")
   for i = 0, found.buckets - 1 do
      gap.covered[i] = 1
   end
   for _, row in ipairs(found.rows) do
      local kind = row.verdict or row.status
      if row.is_total then
         gap.covered[row.bucket] = 1 - row.covered
      else
         local line = lines[kind] or new_line(kind)
         lines[kind] = line
         line.partitions, line.bytes = line.partitions + row.partitions, line.bytes + row.bytes
         line.covered[row.bucket], line.has[row.bucket] = row.covered, true
      end
   end
   return lines, gap
end

-- A point in time covers nothing, but is there.
local function cells_of(line, found, is_ascii)
   local cells = {}
   for i = 0, found.buckets - 1 do
      local share = line.covered[i] or 0
      cells[#cells + 1] = bars.column(line.has[i] and math.max(share, 1e-6) or share, is_ascii)
   end
   return table.concat(cells)
end

local function drawn(line, found, is_ascii)
   local pieces = {text.pad(line.name:gsub("_", " "), LABELS, "right"),
      paint.text(STYLES[line.name], cells_of(line, found, is_ascii))}
   if line.name ~= "gap" then
      pieces[3] = ("%9s %s"):format(text.count(line.partitions), text.pad(text.bytes(line.bytes), 11, "right"))
   end
   return table.concat(pieces, (" "):rep(BETWEEN))
end

local STEPS = {1, 5, 10, 30, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 259200, 345600, 604800,
   1209600, 2419200, 7862400, 31449600, 157248000, 786240000, 3144960000}
local ORIGIN = time.seconds("2001-01-01T00:00:00.000000Z") -- that of the buckets

-- Dates have no year where all have the same.
local function label_of(found, seconds, step)
   local value = time.at(seconds)
   if step < 86400 and seconds % 86400 ~= 0 then
      return value:sub(12, step < 60 and 19 or 16)
   end
   return found.from:sub(1, 4) == found.to:sub(1, 4) and value:sub(6, 10) or value:sub(1, 10)
end

-- The smallest round number of seconds whose labels do not touch.
local function step_of(found)
   local from = time.seconds(found.from)
   for _, step in ipairs(STEPS) do
      local day = from - from % 86400
      local width = math.max(#label_of(found, day, step), #label_of(found, day + 1, step)) + 2
      if step % found.bucket_s == 0 and step / found.bucket_s >= width then
         return step
      end
   end
   return found.bucket_s * 12
end

local function axis(found, is_ascii)
   local step, from = step_of(found), time.seconds(found.from)
   local line, at = "", 0
   for i = 0, found.buckets - 1 do
      local seconds = from + i * found.bucket_s
      if (seconds - ORIGIN) % step == 0 and i >= at then
         local label = (is_ascii and "|" or "╵") .. label_of(found, seconds, step)
         line = text.pad(line, i) .. label
         at = text.width(line) + 1
      end
   end
   return (" "):rep(LABELS + BETWEEN) .. line
end

local function span(seconds)
   local words = {{604800, "week"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}
   for _, word in ipairs(words) do
      if seconds % word[1] == 0 then
         local count = seconds / word[1]
         return count == 1 and "a " .. word[2] or ("%d %ss"):format(count, word[2])
      end
   end
end

local function title(found)
   local instance = found.view_instance_id and "instance " .. found.view_instance_id
      or found.instances == 1 and "its only instance" or ("all %s instances"):format(text.count(found.instances))
   return {
      ("%s, %s"):format(text.escape(found.view_set_name), text.escape(instance)),
      ("insert times %s to %s, a column is %s"):format(report.time(found.from), report.time(found.to),
         (span(found.bucket_s):gsub("^a hour", "an hour"))),
   }
end

local function legend(is_ascii)
   if is_ascii then
      return "# all of a column's time is covered, + : . less; . also stands for points in time"
   end
   return "█ all of a column's time is covered, ▄ half of it; ▁ also stands for points in time"
end

--- The lines of a drawing of what `lake:timeline` gave.
---@param found mm.timeline
---@param is_ascii? boolean
---@return string[]
function timeline.lines(found, is_ascii)
   local lines, gap = lines_of(found)
   local list = title(found)
   for i, words in ipairs(list) do
      list[i] = text.fold(words, screen.width())
   end
   list[#list + 1] = ""
   for _, kind in ipairs(KINDS) do
      list[#list + 1] = lines[kind] and drawn(lines[kind], found, is_ascii)
   end
   list[#list + 1] = (drawn(gap, found, is_ascii):gsub(" +$", ""))
   list[#list + 1] = axis(found, is_ascii)
   list[#list + 1] = ""
   list[#list + 1] = text.fold(legend(is_ascii), screen.width())
   return list
end

return timeline
