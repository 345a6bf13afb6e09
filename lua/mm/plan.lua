-- Plans: which partitions to retire, with what that would lose, sealed so that exactly this is applied.
local core = require("mm.core")
local errors = require("mm.errors")
local filter = require("mm.filter")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local retirements = require("mm.retirements")
local text = require("mm.text")

local lake = handle.methods

local plan = {}

plan.VERDICTS = {"replaced", "short", "empty", "rebuildable", "waits_for_blocks", "only_copy"}
-- Without being named: what is replaced or empty, and of what is rebuildable that which the next query rebuilds.
local DEFAULT_VERDICTS = {"replaced", "empty", "rebuildable"}
local HOUR_S, DEFAULT_UNDO_S = 3600, 7 * 24 * 3600
-- No partition is retired in the last hour of the window, so that each file stays an hour.
local MIN_UNDO_S = 2 * HOUR_S

--- The undo window in seconds: a text like "7d" or a number of seconds, at least two hours.
---@return integer|nil seconds, table|nil err
function plan.undo_seconds(undo_for)
   local seconds, err = undo_for or DEFAULT_UNDO_S, nil
   if type(seconds) == "string" then
      seconds, err = text.parse_duration(seconds)
   end
   if not seconds then
      return nil, err
   elseif seconds < MIN_UNDO_S or seconds > 3650 * 24 * HOUR_S then
      local message = "an undo window of %s: it must be two hours at least and ten years at most"
      return errors.fail("invalid", message:format(text.duration(seconds)))
   end
   return seconds
end

local function check_verdicts(verdicts)
   if #verdicts == 0 then
      return errors.new("invalid", "no verdict is named: nothing would be planned")
   end
   for _, verdict in ipairs(verdicts) do
      local is_known = false
      for _, known in ipairs(plan.VERDICTS) do
         is_known = is_known or verdict == known
      end
      if not is_known then
         return errors.new("invalid", ("no verdict is called '%s'"):format(tostring(verdict)), {
            hint = "verdicts are " .. table.concat(plan.VERDICTS, ", "),
         })
      end
   end
end

-- What was asked for, as it is kept with the plan.
local function selection_of(opts, verdicts, statuses, undo_s)
   return json.encode{
      view_set = opts.view_set, view_instance = opts.view_instance, from = opts.from, to = opts.to,
      all = opts.all, verdicts = json.array(verdicts), statuses = json.array(statuses),
      is_default = opts.verdicts == nil, undo_for = text.duration(undo_s), contained = opts.contained,
      budget = opts.budget,
   }
end

-- The parameters of plan_selection.sql and plan_begin.sql.
local function params_of(self, registry, words, wanted, opts, undo_s)
   local verdicts, statuses = opts.verdicts or DEFAULT_VERDICTS, opts.statuses or {"outdated"}
   local params = handle.verdict_params(self, registry, wanted)
   params.n = 14
   params[8], params[9] = verdicts, statuses
   params[10] = opts.contained and wanted.to or nil
   params[6] = not opts.contained and wanted.to or nil
   params[11] = opts.verdicts == nil
   params[12] = ("%d seconds"):format(undo_s)
   params[13] = selection_of(opts, verdicts, statuses, undo_s)
   params[14] = words
   return params
end

-- Counts and bytes of the rows that were (not) selected, in total and by verdict or status.
local function total(rows, is_selected)
   local result = {partitions = 0, bytes = 0, verdicts = {}}
   for _, row in ipairs(rows) do
      if row.is_selected == is_selected then
         local key = row.verdict or row.status
         local sum = result.verdicts[key] or {partitions = 0, bytes = 0}
         sum.partitions, sum.bytes = sum.partitions + row.partitions, sum.bytes + row.bytes
         result.verdicts[key] = sum
         result.partitions, result.bytes = result.partitions + row.partitions, result.bytes + row.bytes
      end
   end
   return result
end

local function preview(self, params)
   local rows, err = handle.select(self, "plan_preview", {n = 12, params[1], params[2], params[3], params[4], params[5],
      params[6], params[7], params[8], params[9], params[10], params[11], params[12]})
   if not rows then
      return nil, err
   end
   local taken = total(rows, true)
   return {
      state = "dry_run", partitions = taken.partitions, bytes = taken.bytes, verdicts = taken.verdicts,
      left = total(rows, false), summary = rows, registry_source = params[14],
   }
end

local function stored(self, number)
   local made, err = retirements.get(self, number)
   if not made then
      return nil, err
   end
   made.summary, err = handle.select(self, "retirement_summary", {n = 1, number})
   if not made.summary then
      return nil, err
   end
   made.verdicts = total(made.summary, true).verdicts
   return made
end

local function store(self, params)
   local number, err = core.lake_plan(self, params)
   if not number then
      err.hint = err.outcome == "unknown" and "a plan changes nothing; mmlua retirements shows whether it was kept"
         or err.hint
      return nil, err
   end
   return errors.committed(stored(self, number))
end

-- A view set that only the catalog knows has no outdated partitions.
local function check_registered(registry, opts)
   if opts.view_set and not registry:get(opts.view_set) and not opts.statuses then
      local message = "view set '%s' is in no registry: nobody knows which of its partitions are outdated"
      return errors.new("invalid", message:format(opts.view_set), {
         hint = "take a registry that has it, from a server that has it loaded",
      })
   end
end

--- Plans with options that were checked: those of `lake:plan`, and for ranges `contained` and `statuses`.
function plan.make(self, opts)
   local registry, kind, words = handle.firm_registry(self)
   if not registry then
      return nil, kind
   end
   local undo_s, err = plan.undo_seconds(opts.undo_for)
   err = err or check_verdicts(opts.verdicts or DEFAULT_VERDICTS)
   if not err and opts.budget and opts.budget < 0 then
      err = errors.new("invalid", ("a budget of %d partitions: it must not be negative"):format(opts.budget))
   end
   local wanted
   if not err then
      wanted, err = filter.read(self, registry, opts)
   end
   err = err or check_registered(registry, opts)
   if err then
      return nil, err
   end
   local params = params_of(self, registry, words, wanted, opts, undo_s)
   if opts.dry_run then
      return preview(self, params)
   end
   return store(self, params)
end

--- Plans which outdated partitions to retire. By default those that are replaced or empty, and those of processes and
--- streams that the next query rebuilds while their source stays; the rest must be asked for with `verdicts`.
---@param opts {view_set: string, all: boolean, view_instance: string, from: string, to: string, verdicts: string[],
---   undo_for: string|integer, budget: integer, dry_run: boolean} `from`, `to`: begin of the insert range, half-open;
---   `budget`: how many partitions that are not proved to be harmless may go in 24 hours, default 100; a dry run needs
---   only SELECT and tells what would be left, and why
---@return table|nil retirement, table|nil err
function lake:plan(opts)
   opts = options.check("lake:plan", opts, filter.spec{all = "boolean?", verdicts = "table?",
      undo_for = "string|integer?", budget = "integer?", dry_run = "boolean?"})
   if not opts.view_set and not opts.all then
      error("lake:plan: give view_set, or all = true for every view set", 2)
   elseif opts.view_set and opts.all then
      error("lake:plan: give view_set or all = true, not both", 2)
   end
   return plan.make(self, opts)
end

return plan
