-- What guards found, as verbs say it.
local errors = require("mm.errors")
local guards = require("mm.guards")
local output = require("mm.output")

local report = {}

--- Says what would refuse a plan today, and keeps it in the plan for JSON.
---@param lake mm.lake
---@param planned mm.retirement
---@param options table as parsed from the command line
function report.warn(lake, planned, options)
   if not planned.id or planned.partitions == 0 then
      return
   end
   planned.guards = assert(lake:guards(planned.id))
   for _, finding in ipairs(options.quiet and {} or planned.guards) do
      output.message("the guard %s would refuse to apply it: %s", finding.guard, finding.message)
      output.message("   it passes %s", finding.passes or "when its authors say so")
   end
end

--- Raises the refusal, before anybody is asked to confirm.
---@param lake mm.lake
---@param found mm.retirement
---@param options table as parsed from the command line
---@param overrides table<string, string>|nil
function report.check(lake, found, options, overrides)
   if found.state ~= "planned" and found.state ~= "applying" then
      return
   end
   local findings = assert(lake:guards(found.id, {overrides = overrides}))
   if #findings > 0 then
      error(guards.refusal(lake, found, options.reason, findings), 0)
   end
end

--- Overrides as the command line has them: `--override GUARD=WHY`.
---@param options table
---@return table<string, string>|nil
function report.overrides(options)
   local overrides = {}
   for _, text in ipairs(options.override) do
      local name, why = text:match("^([%w_]+)=(.*)$")
      if not name then
         error(errors.new("usage", ("--override takes GUARD=WHY, not '%s'"):format(text)), 0)
      end
      overrides[name] = why
   end
   return next(overrides) and overrides
end

return report
