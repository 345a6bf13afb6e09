-- What is wrong with a lake, or soon will be: checks that only read, each in a transaction of its own.
local checks = require("mm.doctor.checks")
local core = require("mm.core")
local handle = require("mm.handle")
local options = require("mm.options")
local text = require("mm.text")
local words = require("mm.doctor.words")

local lake = handle.methods

local RANK = {serious = 1, warning = 2, notice = 3, passed = 4}
local ENDS = {connection = true, cancelled = true, memory = true} -- nothing else can be checked after these
local NAMES_SHOWN = 8

local function list_of(names)
   local more = #names > NAMES_SHOWN and (" and %d more"):format(#names - NAMES_SHOWN) or ""
   return table.concat(names, ", ", 1, math.min(#names, NAMES_SHOWN)) .. more
end

-- A number, and of what: "1 process", "1 234 processes", "12 KiB".
local function amount(number, noun)
   if noun == "" then
      return text.count(number)
   elseif noun == "bytes" then
      return text.bytes(number)
   end
   return text.count(number) .. " " .. noun .. (number == 1 and "" or noun:find("s$") and "es" or "s")
end

-- A field of a row as it stands in a sentence.
local function phrase(value, noun)
   if type(value) == "table" then
      return list_of(value)
   elseif type(value) == "number" then
      return amount(value, noun)
   end
   return value and value:gsub("^(%d+%-%d+%-%d+)T(%d+:%d+:%d+)%.%d+Z$", "%1 %2 UTC") or "an unknown time"
end

local function fill(template, row)
   return (template:gsub("{([%a_]+) ?(%a*)}", function(name, noun)
      return (phrase(row[name], noun))
   end))
end

local function finding(check, row)
   local said = words[row.kind]
   return {
      check = check.name, kind = row.kind, severity = said[1], count = row.count or 1, message = fill(said[2], row),
      meaning = fill(said[3], row), hint = fill(said[4], row), example = row.example, time = row.time,
   }
end

local function unchecked(check, err)
   return {
      check = check.name, kind = "unchecked", severity = "notice", count = 1,
      message = "could not be checked: " .. check.title, meaning = tostring(err) .. ".",
      hint = err.code == "rights" and "grant the role what it lacks" or err.hint or "see what the server says to that",
   }
end

local function find(check, context)
   if check.needs_registry and not context.registry then
      return nil, context.registry_error
   elseif check.find then
      return check.find(context)
   end
   return handle.select(context.lake, "doctor_" .. check.name, check.params and check.params(context))
end

-- Adds what a check finds. An error is a finding, unless it ends everything.
local function run(check, context, findings)
   local rows, err = find(check, context)
   if err and ENDS[err.code] then
      return err
   end
   for _, row in ipairs(rows or {}) do
      findings[#findings + 1] = finding(check, row)
   end
   if err then
      findings[#findings + 1] = unchecked(check, err)
   elseif #rows == 0 then
      findings[#findings + 1] = {check = check.name, kind = "passed", severity = "passed", count = 0,
         message = check.title}
   end
end

local function context_of(self)
   local registry, kind, said = handle.registry(self)
   return {lake = self, info = core.lake_info(self), registry = registry, registry_kind = registry and kind,
      registry_words = said, registry_error = not registry and kind or nil}
end

-- The worst first, else in the order of the checks. Without those that passed unless they are wanted.
local function sorted(findings, wants_passed)
   local list = {}
   for i, each in ipairs(findings) do
      if wants_passed or each.severity ~= "passed" then
         list[#list + 1] = {each, RANK[each.severity] * 1000 + i}
      end
   end
   table.sort(list, function(a, b)
      return a[2] < b[2]
   end)
   for i, each in ipairs(list) do
      list[i] = each[1]
   end
   return list
end

--- What is wrong with the lake, or soon will be, the worst first: live files that are queued for deletion, rows that
--- stop micromegas, writers of an old release, what would fail the next upgrade, and more. Only reads, and changes
--- nothing. A check that cannot be made, for want of rights say, is a finding too (kind "unchecked").
---@param opts? {all: boolean} `all`: with a row for each check that found nothing
---@return mm.finding[]|nil, mm.error|nil err codes connection, cancelled, memory
function lake:doctor(opts)
   opts = options.check("lake:doctor", opts, {all = "boolean?"})
   local context, findings = context_of(self), {}
   local err = context.registry_error
   if err and ENDS[err.code] then
      return nil, err
   end
   for _, check in ipairs(checks) do
      if not check.is_for or check.is_for(context) then
         err = run(check, context, findings)
         if err then
            return nil, err
         end
      end
   end
   return sorted(findings, opts.all)
end

return lake
