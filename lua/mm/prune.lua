-- The end of keeping what nobody can apply or undo any more.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local options = require("mm.options")
local retirements = require("mm.retirements")
local text = require("mm.text")

local lake = handle.methods

local MAX_AGE_S = 3650 * 24 * 3600

-- Those that can be pruned, and since when they must be over as an interval; or nil, nil and the error.
local function prunable(self, older_than)
   local is_there, err = core.lake_check_present(self)
   local seconds = is_there and (older_than or "30d")
   if type(seconds) == "string" then
      seconds, err = text.parse_duration(seconds)
   end
   if seconds and (seconds < 0 or seconds > MAX_AGE_S) then
      err = errors.new("invalid", ("an age of %s: it must be 0 at least and ten years at most"):format(
         text.duration(seconds)))
   end
   if err then
      return nil, nil, err
   end
   local interval = ("%d seconds"):format(seconds)
   local list, problem = handle.select(self, "prunable", {n = 1, interval})
   return list, interval, problem
end

local function preview(self, list)
   local found = {}
   for i, each in ipairs(list) do
      local retirement, err = retirements.get(self, each.number)
      if not retirement then
         return nil, err
      end
      found[i] = retirement
   end
   return found
end

local function prune(self, list, interval, reason)
   local pruned = {}
   for _, each in ipairs(list) do
      local is_done, err = core.lake_prune(self, each.number, interval, reason)
      if err then
         err.done = #pruned > 0 and #pruned or nil
         return nil, err
      end
      pruned[#pruned + 1] = is_done and retirements.get(self, each.number) or nil
   end
   return pruned
end

--- Removes the items of retirements that nobody needs any more: there is nothing left to apply, and what could be
--- undone is past its window, for at least `older_than`. What they were and did stays, in the audit too.
---@param opts {reason: string, older_than: string|integer, dry_run: boolean} default 30d; a dry run needs no reason and
---   gives those that would be pruned
---@return mm.retirement[]|nil pruned, table|nil err
function lake:prune_retirements(opts)
   opts = options.check("lake:prune_retirements", opts, {reason = "reason?", older_than = "string|integer?",
      dry_run = "boolean?"})
   if not opts.reason and not opts.dry_run then
      error("lake:prune_retirements: option 'reason' is missing", 2)
   end
   local list, interval, err = prunable(self, opts.older_than)
   if not list then
      return nil, err
   elseif opts.dry_run then
      return preview(self, list)
   end
   return prune(self, list, interval, opts.reason)
end

return lake
