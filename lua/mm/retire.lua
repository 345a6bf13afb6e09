-- Plan and apply in one call, and the retirement of a range as upstream has it.
local errors = require("mm.errors")
local handle = require("mm.handle")
local options = require("mm.options")
local patience = require("mm.patience")
local plan = require("mm.plan")

local lake = handle.methods

local APPLY_OPTIONS = {reason = "reason", undo_for = "string|integer?", limit = "integer?", strict = "boolean?",
   on_batch = "function?", overrides = "table?", budget = "integer?"}

-- Partitions of a view set that the lake defines but the registry lacks are unloaded, not garbage.
local function unloaded(self, view_set)
   local list, err = handle.select(self, "definitions")
   for _, row in ipairs(list or {}) do
      if row.view_set_name == view_set then
         return errors.new("refused", ("the lake defines view set '%s': its partitions are unloaded, not garbage")
            :format(view_set), {hint = "take a registry from a server that has it loaded"})
      end
   end
   return err
end

--- Plans the retirement of a range of one view instance, by containment; see `lake:retire_partitions`.
---@param opts {view_set: string, view_instance: string, from: string, to: string, include_current: boolean,
---   include_unregistered: boolean, undo_for: string|integer, budget: integer, dry_run: boolean}
---@return table|nil retirement, table|nil err
function lake:plan_range(opts)
   opts = options.check("lake:plan_range", opts, {view_set = "text", view_instance = "text", from = "string",
      to = "string", include_current = "boolean?", include_unregistered = "boolean?", undo_for = "string|integer?",
      budget = "integer?", dry_run = "boolean?"})
   local err = opts.include_unregistered and unloaded(self, opts.view_set)
   if err then
      return nil, err
   end
   local statuses = {"outdated"}
   if opts.include_current then
      statuses[#statuses + 1] = "current"
   end
   if opts.include_unregistered then
      statuses[#statuses + 1] = "unregistered"
   end
   return plan.make(self, {view_set = opts.view_set, view_instance = opts.view_instance, from = opts.from, to = opts.to,
      verdicts = plan.VERDICTS, statuses = statuses, contained = true, undo_for = opts.undo_for,
      budget = opts.budget, dry_run = opts.dry_run})
end

local function plan_and_apply(self, opts, make, request)
   local planned, err = nil, patience.limit_error(opts.limit)
   if not err then
      planned, err = make(self, request)
   end
   if not planned then
      return nil, err
   end
   return self:apply(planned.id, {reason = opts.reason, undo_for = opts.undo_for, limit = opts.limit,
      strict = opts.strict, on_batch = opts.on_batch, overrides = opts.overrides})
end

local function with_apply_options(spec)
   for name, wanted in pairs(APPLY_OPTIONS) do
      spec[name] = wanted
   end
   return spec
end

--- Plans and applies: retires the outdated partitions of a view set that are replaced, empty or rebuilt by the next
--- query.
---@param view_set string
---@param opts table options of `lake:plan` and `lake:apply`; `reason` is required
---@return table|nil retirement, table|nil err
function lake:retire_incompatible_partitions(view_set, opts)
   options.check("lake:retire_incompatible_partitions", {view_set = view_set}, {view_set = "text"})
   opts = options.check("lake:retire_incompatible_partitions", opts, with_apply_options{view_instance = "text?",
      from = "string?", to = "string?", verdicts = "table?"})
   return plan_and_apply(self, opts, plan.make, {view_set = view_set, view_instance = opts.view_instance,
      from = opts.from, to = opts.to, verdicts = opts.verdicts, undo_for = opts.undo_for, budget = opts.budget})
end

--- Retires the partitions of one view instance whose insert range lies in that from `from` to `to`, as upstream's
--- function does, without points at `to`, which belong to a neighbour; where `from` and `to` are equal, those that are
--- that point. Current ones, and those of a view set that is in no registry, only when asked; unhashed ones never.
---@param view_set string
---@param view_instance string
---@param from string
---@param to string
---@param opts table options of `lake:apply`, and `include_current`, `include_unregistered`, `dry_run` (needs no reason)
---@return table|nil retirement, table|nil err
function lake:retire_partitions(view_set, view_instance, from, to, opts)
   options.check("lake:retire_partitions", {view_set = view_set, view_instance = view_instance, from = from, to = to},
      {view_set = "text", view_instance = "text", from = "string", to = "string"})
   local spec = with_apply_options{include_current = "boolean?", include_unregistered = "boolean?",
      dry_run = "boolean?"}
   spec.reason = type(opts) == "table" and opts.dry_run and "reason?" or "reason"
   opts = options.check("lake:retire_partitions", opts, spec)
   local request = {view_set = view_set, view_instance = view_instance, from = from, to = to,
      include_current = opts.include_current, include_unregistered = opts.include_unregistered,
      undo_for = opts.undo_for, budget = opts.budget, dry_run = opts.dry_run}
   if opts.dry_run then
      return self:plan_range(request)
   end
   return plan_and_apply(self, opts, lake.plan_range, request)
end

return lake
