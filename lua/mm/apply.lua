-- Applying a plan: a loop over batches, each one transaction, that can be stopped anywhere and run again.
local begin = require("mm.begin")
local core = require("mm.core")
local errors = require("mm.errors")
local guards = require("mm.guards")
local handle = require("mm.handle")
local look = require("mm.look")
local options = require("mm.options")
local patience = require("mm.patience")
local retirements = require("mm.retirements")
local stops = require("mm.stops")

local lake = handle.methods
local apply = {}

local BATCH = 10000

-- How long a retirement may run before the guards are asked again.
local WATCH_S = 60

local OPTIONS = {reason = "reason", undo_for = "string|integer?", limit = "integer?", strict = "boolean?",
   on_batch = "function?", overrides = "table?"}

local APPLICABLE = {planned = true, applying = true, applied = true}

-- An empty plan has no batch that would end it. Another operator may have, or this one before its connection was lost.
local function finish_empty(self, found)
   local _, err = retirements.set_state(self, found.number, "applied", {"applying"})
   local now = err and err.code == "conflict" and retirements.get(self, found.number)
   return not (now and now.state == "applied") and err or nil
end

-- What somebody may have done meanwhile: seen within a minute.
local function watch(self, found, run)
   if os.time() - run.watched_at < WATCH_S then
      return nil
   end
   run.watched_at = os.time()
   return begin.refused(self, found, run)
end

-- The next batch; or false and why there is none. Who was paused and let go on between the batch and that look would be
-- told a wrong reason: then it is tried once more.
local function claim(self, found, limit, from, done)
   local batch, err, smaller, why
   for attempt = 1, 2 do
      batch, err, smaller = patience.batch(self, "apply", found.number, limit, from)
      if not batch or batch.is_claimed then
         return batch, err, smaller
      end
      why = stops.why_unclaimed(self, found, done)
      if attempt == 2 or not (why and why.state == "applying") then
         return false, why
      end
   end
end

local function run_batches(self, found, opts)
   local limit, done, changed = opts.limit or BATCH, 0, found.changed
   local from = found.partitions - found.remaining + 1
   if found.partitions == 0 then
      return finish_empty(self, found)
   end
   repeat
      local batch, err, smaller = claim(self, found, limit, from, done)
      if not batch then
         if batch == nil then
            err.done = done > 0 and done or nil
         end
         return err
      end
      limit = patience.more(smaller, opts.limit or BATCH)
      done, changed, from = done + batch.retired, changed + batch.changed, batch.last_seq + 1
      if opts.on_batch then
         opts.on_batch(batch)
      end
      err = stops.held(batch, opts) or batch.remaining > 0 and watch(self, found, opts)
      if err then
         return stops.for_refusal(self, found, err, done)
      elseif batch.remaining > 0 and stops.too_many_changed(found, changed, opts) then
         return stops.for_changes(self, found, changed, done)
      end
   until batch.remaining == 0
end

-- Everything is retired by now, whatever a look at it says.
local function look_back(self, found)
   local err = look.back(self, found)
   if err then
      return nil, err
   end
   return self:retirement(found.id)
end

local function not_applicable(found)
   if found.pruned_at then
      return retirements.pruned(found)
   end
   local hints = {paused = "mmlua resume " .. found.id, undoing = "mmlua undo " .. found.id}
   return errors.fail("conflict", ("%s is %s"):format(found.id, found.state), {hint = hints[found.state]})
end

local function expired(found)
   return errors.fail("conflict", ("%s is too old to be applied: it was valid until %s"):format(found.id,
      found.valid_until), {hint = "plan anew: what it holds may have changed since"})
end

--- What can be said before anything is done of who would apply a retirement, or go on with it: nothing, or an error.
---@param found table the retirement
---@param opts table `overrides`
---@return table|nil err
function apply.problem(self, found, opts)
   local _, err
   if not APPLICABLE[found.state] or found.pruned_at and found.state ~= "applied" then
      _, err = not_applicable(found)
   elseif found.is_expired then
      _, err = expired(found)
   end
   return err or guards.check_overrides(self, opts.overrides)
end

-- `opts` belongs to the caller.
local function run(self, found, opts)
   local copy = {overrides = guards.merged(found, opts.overrides), watched_at = os.time()}
   for name, value in pairs(opts) do
      copy[name] = copy[name] or value
   end
   return begin.run(self, found, copy) or run_batches(self, found, copy)
end

--- Applies a plan, or goes on with one that was stopped. Each batch is one transaction; rows that are gone are done,
--- rows that changed are left and counted.
---@param id string
---@param opts {reason: string, undo_for: string|integer, limit: integer, strict: boolean, on_batch: fun(batch: table),
---   overrides: table<string, string>} `undo_for` default 7d; `limit` partitions a batch, default 10000; `strict` stops
---   when a single one changed; `overrides` names guards that shall not refuse, each with the reason
---@return table|nil retirement, table|nil err codes refused (by `guard`, with `findings`), conflict (`done` when it
---   stopped part-way), connection, timeout
function lake:apply(id, opts)
   opts = options.check("lake:apply", opts, OPTIONS)
   local found, err = retirements.find(self, id)
   if not found then
      return nil, err
   end
   err = apply.problem(self, found, opts)
   if not err and found.state ~= "applied" then
      err = run(self, found, opts)
   end
   if err then
      return nil, err
   end
   return errors.committed(look_back(self, found))
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
   found, err = errors.committed(retirements.get(self, found.number))
   if not found then
      return nil, err
   end
   batch.state, batch.remaining = found.state, found.remaining
   return batch
end

return apply
