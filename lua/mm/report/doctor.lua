-- The doctor's findings on a terminal: a line each, and below it what it means, what to do, and an example.
local paint = require("mm.paint")
local text = require("mm.text")

local doctor = {}

local STYLES = {serious = "red", warning = "yellow", notice = "cyan", passed = "green"}
local SEVERITY, LABEL, WIDEST = 8, 9, 100 -- columns

-- The words in lines of that width, the first behind `label`, the others below it.
local function paragraph(list, label, words, width)
   local before = "  " .. text.pad(label, label == "" and 0 or LABEL)
   for i, line in ipairs(text.wrap(text.escape(words), width - #before)) do
      list[#list + 1] = (i == 1 and paint.text("dim", before) or (" "):rep(#before)) .. line
   end
end

local function headline(list, finding, counts, width)
   local count = text.pad(text.count(finding.count), counts, "right")
   local before = SEVERITY + counts + 4
   for i, line in ipairs(text.wrap(text.escape(finding.message), width - before)) do
      list[#list + 1] = i == 1
         and paint.text(STYLES[finding.severity], text.pad(finding.severity, SEVERITY)) .. "  " .. count .. "  "
            .. paint.text("bold", line)
         or (" "):rep(before) .. paint.text("bold", line)
   end
end

local function add(list, finding, counts, width)
   headline(list, finding, counts, width)
   if not finding.meaning then
      return
   end
   paragraph(list, "", finding.meaning, width)
   paragraph(list, "to do", finding.hint, width)
   if finding.example then
      paragraph(list, "example", finding.example, width)
   end
end

--- Lines for a terminal of that width, or for a file.
---@param findings mm.finding[]
---@param width? integer
---@return string[]
function doctor.lines(findings, width)
   local list, counts = {}, #"count"
   for _, each in ipairs(findings) do
      counts = math.max(counts, #text.count(each.count))
   end
   list[1] = paint.text("bold", "severity  " .. text.pad("count", counts, "right") .. "  finding")
   for i, each in ipairs(findings) do
      if i > 1 and (each.meaning or findings[i - 1].meaning) then
         list[#list + 1] = ""
      end
      add(list, each, counts, math.min(width or WIDEST, WIDEST))
   end
   return list
end

--- How many findings of each severity there are: "1 serious, 2 warnings, 1 notice; 15 checks passed".
---@param findings mm.finding[] with those that passed
---@return string words, integer serious, integer found
function doctor.summary(findings)
   local counts = {serious = 0, warning = 0, notice = 0, passed = 0}
   for _, each in ipairs(findings) do
      counts[each.severity] = counts[each.severity] + 1
   end
   local found = #findings - counts.passed
   local passed = ("%d check%s passed"):format(counts.passed, counts.passed == 1 and "" or "s")
   if found == 0 then
      return "nothing found; " .. passed, 0, 0
   end
   local words = ("%d serious, %d warning%s, %d notice%s; %s"):format(counts.serious, counts.warning,
      counts.warning == 1 and "" or "s", counts.notice, counts.notice == 1 and "" or "s", passed)
   return words, counts.serious, found
end

return doctor
