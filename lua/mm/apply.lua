-- Applying a plan: a loop over batches, each one transaction, that can be stopped anywhere and run again.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local look = require("mm.look")
local options = require("mm.options")
local patience = require("mm.patience")
local plan = require("mm.plan")
local retirements = require("mm.retirements")
local time = require("mm.time")

local lake = handle.methods

local BATCH = 10000
local CHANGED_SHARE = 0.01

local OPTIONS = {reason = "string", undo_for = "string|integer?", limit = "integer?", strict = "boolean?",
   on_batch = "function?"}

local function begin(self, found, opts)
   local undo_s, err = plan.undo_seconds(opts.undo_for or found.selection.undo_for)
   if not undo_s then
      return err
   end
   err = look.ahead(self, found)
   return err or select(2, core.lake_begin(self, found.number, found.digest:sub(1, 6), opts.reason,
      ("%d seconds"):format(undo_s)))
end

local function stop(found, done, message, fields)
   local err = errors.new("conflict", message, fields)
   err.done, err.hint = done, err.hint or "mmlua show " .. found.id
   return err
end

-- More rows changed since the plan than a busy lake explains: somebody is writing what is being retired.
local function too_many_changed(found, changed, opts)
   local fresh = changed - found.changed_accepted
   return fresh > 0 and (opts.strict or fresh > CHANGED_SHARE * found.partitions)
end

local function stop_for_changes(self, found, changed, done)
   local is_paused, err = core.lake_set_state(self, found.number, "paused", {"applying"})
   return stop(found, done, ("%d of %d partitions changed since they were planned: %s"):format(changed,
      found.partitions, is_paused and "paused" or "stopped, but not paused"), {
      detail = err and err.message,
      hint = ("see what writes them (mmlua writers); then mmlua resume %s, or mmlua undo %s"):format(found.id,
         found.id),
   })
end

local function is_last_hour(now)
   return time.seconds(now.undo_until) - time.seconds(now.now) <= 3600
end

-- A batch found nothing to claim though work is left: somebody paused or undid it, or time is up.
local function why_unclaimed(self, found, done)
   local now, err = retirements.get(self, found.number)
   if not now then
      return err
   elseif now.state == "applied" then
      return nil
   elseif now.state == "applying" and now.now < now.undo_until and not is_last_hour(now) then
      return stop(found, done, "lakehouse_partitions has other columns than when this was planned", {
         hint = ("undo it, and plan the rest anew: mmlua undo %s"):format(found.id)})
   elseif now.state == "applying" and now.remaining > 0 then
      return stop(found, done, "less than an hour is left until the first retired file may be deleted", {
         hint = ("undo it or plan the rest anew: mmlua undo %s"):format(found.id)})
   elseif now.remaining > 0 then
      return stop(found, done, ("%s is %s now"):format(found.id, now.state))
   end
end

-- An empty plan has no batch that would end it.
local function finish_empty(self, found)
   local _, err = core.lake_set_state(self, found.number, "applied", {"applying"})
   return err
end

local function run_batches(self, found, opts)
   local limit, done, changed = opts.limit or BATCH, 0, found.changed
   if found.partitions == 0 then
      return finish_empty(self, found)
   end
   repeat
      local batch, err, smaller = patience.batch(self, core.lake_apply_batch, found.number, limit)
      if not batch then
         err.done = done > 0 and done or nil
         return err
      end
      limit = patience.more(smaller, opts.limit or BATCH)
      if not batch.is_claimed then
         return why_unclaimed(self, found, done)
      end
      done, changed = done + batch.retired, changed + batch.changed
      if opts.on_batch then
         opts.on_batch(batch)
      end
      if batch.remaining > 0 and too_many_changed(found, changed, opts) then
         return stop_for_changes(self, found, changed, done)
      end
   until batch.remaining == 0
end

-- Everything is retired by now, whatever a look at it says.
local function committed(err, self, id)
   local found
   if not err then
      found, err = self:retirement(id)
   end
   if err then
      err.outcome = "committed"
   end
   return found, err
end

local function not_applicable(found)
   local hints = {paused = "mmlua resume " .. found.id, undoing = "mmlua undo " .. found.id}
   return errors.fail("conflict", ("%s is %s"):format(found.id, found.state), {hint = hints[found.state]})
end

--- Applies a plan, or goes on with one that was stopped. Each batch is one transaction; rows that are gone are done,
--- rows that changed are left and counted.
---@param id string
---@param opts {reason: string, undo_for: string|integer, limit: integer, strict: boolean, on_batch: fun(batch: table)}
---   `undo_for` default 7d; `limit` partitions a batch, default 10000; `strict` stops when a single one changed
---@return table|nil retirement, table|nil err codes conflict (`done` when it stopped part-way), connection, timeout
function lake:apply(id, opts)
   opts = options.check("lake:apply", opts, OPTIONS)
   local found, err = retirements.find(self, id)
   if not found then
      return nil, err
   elseif found.state == "planned" then
      err = begin(self, found, opts)
   elseif found.state == "applying" then
      err = look.ahead(self, found)
   elseif found.state ~= "applied" then
      return not_applicable(found)
   end
   if found.state ~= "applied" then
      err = err or run_batches(self, found, opts)
   end
   if err then
      return nil, err
   end
   return committed(look.back(self, found), self, id)
end

--- One batch of a retirement that is being applied.
---@param id string
---@param opts? {limit: integer}
---@return table|nil batch {retired, gone, changed, remaining, bytes, state}
---@return table|nil err
function lake:apply_batch(id, opts)
   opts = options.check("lake:apply_batch", opts, {limit = "integer?"})
   local found, err = retirements.find(self, id)
   if not found then
      return nil, err
   end
   local batch
   batch, err = core.lake_apply_batch(self, found.number, opts.limit or BATCH)
   if not batch then
      return nil, err
   end
   found, err = retirements.get(self, found.number)
   if not found then
      return nil, err
   end
   batch.state, batch.remaining = found.state, found.remaining
   return batch
end

return lake
