-- Holds: ranges that mm will not retire until they are released. Upstream's own retention knows nothing of them.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local options = require("mm.options")
local time = require("mm.time")

local lake = handle.methods

local function check_text(name, value)
   if value and not value:find("%S") then
      return errors.new("invalid", ("a hold needs %s that says something"):format(name))
   end
end

local function range(opts)
   local from, to, err = nil, nil, nil
   if opts.from then
      from, err = time.normalize(opts.from)
   end
   if opts.to and not err then
      to, err = time.normalize(opts.to)
   end
   if from and to and from >= to then
      err = errors.new("invalid", ("the range of the hold is empty: it begins at %s and ends at %s"):format(from, to))
   end
   return err, from, to
end

-- A misspelt view set would be a hold of nothing.
local function unknown_view_set(self, name)
   if not name then
      return nil
   end
   local registry, err = handle.registry(self)
   if not registry then
      return err
   end
   return handle.unknown_view_set(self, registry, name)
end

local function find(self, number)
   local list, err = self:holds{all = true}
   for _, hold in ipairs(list or {}) do
      if hold.hold == number then
         return hold
      end
   end
   return nil, err
end

-- What was changed, looked at again.
local function changed(self, number)
   return errors.committed(find(self, number))
end

local function uncertain(err, words)
   err.hint = err.outcome == "unknown" and "mmlua hold list shows whether it " .. words or err.hint
   return nil, err
end

local function hold(self, params)
   local number, err = core.lake_hold(self, params)
   if not number then
      return uncertain(err, "was made")
   end
   return changed(self, number)
end

--- Makes a hold: partitions of a view set, of one of its instances, whose insert range overlaps [from, to); what is not
--- given is any. When this returns nothing under it will be retired: batches that run are waited for, and plans leave
--- it out. Upstream's retention deletes there all the same when its days are over.
---@param opts {view_set: string, view_instance: string, from: string, to: string, all: boolean, reason: string,
---   dry_run: boolean} `all` in place of a view set holds every one; a dry run needs no reason, and only checks
---@return mm.hold|true|nil, table|nil err
function lake:hold(opts)
   opts = options.check("lake:hold", opts, {view_set = "text?", view_instance = "text?", from = "string?",
      to = "string?", all = "boolean?", reason = "text?", dry_run = "boolean?"})
   if (opts.view_set == nil) == not opts.all then
      error("lake:hold: give view_set, or all = true for every view set", 2)
   elseif not opts.reason and not opts.dry_run then
      error("lake:hold: option 'reason' is missing", 2)
   end
   local err, from, to = range(opts)
   err = err or check_text("a reason", opts.reason) or check_text("a view set", opts.view_set)
      or check_text("a view instance", opts.view_instance) or unknown_view_set(self, opts.view_set)
   if err then
      return nil, err
   elseif opts.dry_run then
      return core.lake_check_writable(self)
   end
   return hold(self, {n = 5, opts.view_set, opts.view_instance, from, to, opts.reason})
end

--- The holds that are in force; with `all` those that were released too.
---@param opts? {all: boolean}
---@return mm.hold[]|nil, table|nil err
function lake:holds(opts)
   opts = options.check("lake:holds", opts, {all = "boolean?"})
   local is_there, err = core.lake_check_present(self)
   if not is_there then
      return nil, err
   end
   return handle.select(self, "holds", {n = 1, opts.all or false})
end

--- Releases a hold.
---@param number integer of the hold
---@param opts {reason: string}
---@return mm.hold|nil, table|nil err code not_found
function lake:release(number, opts)
   options.check("lake:release", {number = number}, {number = "integer"})
   opts = options.check("lake:release", opts, {reason = "text"})
   local err, _ = check_text("a reason for its release", opts.reason), nil
   if not err then
      _, err = core.lake_release(self, number, opts.reason)
   end
   if err then
      return uncertain(err, "is still in force")
   end
   return changed(self, number)
end

return lake
