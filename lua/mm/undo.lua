-- Taking a retirement back: a check of everything first, then batches, each whole.
local core = require("mm.core")
local errors = require("mm.errors")
local guards = require("mm.guards")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local patience = require("mm.patience")
local retirements = require("mm.retirements")

local lake = handle.methods
local undoing = {}

local BATCH = 2000

local WORDS = {
   file_deleted = "have lost their file: its queue row is gone",
   file_expires = "have a file that upstream may delete within five minutes",
   overlapped = "overlap a row of the same hash that is there now",
}

-- What stands in the way: {restorable =, bytes =, problems = {{why =, partitions =, bytes =, example =}...}}
local function check(self, found)
   local rows, err = handle.select(self, "undo_check", {n = 1, found.number})
   if not rows then
      return nil, err
   end
   local result = {restorable = 0, bytes = 0, problems = {}}
   for _, row in ipairs(rows) do
      if row.why == "restorable" then
         result.restorable, result.bytes = row.partitions, row.bytes
      else
         result.problems[#result.problems + 1] = row
      end
   end
   return result
end

local function refuse(found, checked)
   local count, words = 0, {}
   for _, problem in ipairs(checked.problems) do
      count = count + problem.partitions
      words[#words + 1] = ("%d %s (such as %s)"):format(problem.partitions, WORDS[problem.why], problem.example)
   end
   return errors.new("conflict", ("%d of %d retired partitions cannot be restored: nothing %swas"):format(count,
      count + checked.restorable, found.restored > 0 and "more " or ""), {
      detail = table.concat(words, "; "),
      hint = ("to restore the others: mmlua undo %s --partial"):format(found.id),
   })
end

-- A retirement that retired nothing is undone without a batch.
local function finish(self, found, done)
   local _, err = patience.again(function()
      return core.lake_undo_end(self, found.number)
   end)
   if err then
      err.done = done > 0 and done or nil
   end
   return err
end

local function run_batches(self, found, opts)
   local wanted = opts.limit or BATCH
   local limit, done, batch, err = wanted, 0
   local from = found.partitions - found.remaining + 1 - (found.undo_remaining or found.partitions - found.remaining)
   repeat
      batch, err, limit = patience.batch(self, "undo", found.number, limit, from, opts.partial or false)
      if not batch then
         err.done = done > 0 and done or nil
         err.hint = err.hint or "run it again: mmlua undo " .. found.id
         return err
      end
      limit = patience.more(limit, wanted)
      done, from = done + batch.restored, batch.last_seq + 1
      if opts.on_batch and batch.is_claimed then
         opts.on_batch(batch)
      end
   until not batch.is_claimed or batch.remaining == 0
   return not batch.is_claimed and finish(self, found, done) or nil
end

local UNDOABLE = {applying = true, paused = true, applied = true, undoing = true}

local function not_undoable(found)
   if found.pruned_at then
      return retirements.pruned(found)
   end
   local hint = found.state == "planned" and "it changed nothing; give it up with mmlua abandon " .. found.id or nil
   return errors.fail("conflict", ("%s is %s: there is nothing to undo"):format(found.id, found.state), {hint = hint})
end

-- Those recorded with the undo count when it goes on; what apply was overridden for says nothing of an undo.
local function overrides_of(found, opts)
   return guards.merged(found.state == "undoing" and found or {}, opts.overrides)
end

-- A copy must not bring back rows whose files are the original's to delete.
local function refused(self, found, opts)
   local findings, err = guards.ask(self, found, overrides_of(found, opts), {"copy"})
   if findings and #findings > 0 then
      return guards.refusal(self, found, opts.reason, findings)
   end
   return err
end

local function undo(self, found, opts)
   local checked, err = check(self, found)
   if checked and not opts.dry_run then
      err = patience.limit_error(opts.limit) or refused(self, found, opts)
   end
   if err then
      return nil, err
   elseif opts.dry_run then
      found.check = checked
      return found
   elseif #checked.problems > 0 and not opts.partial then
      return nil, refuse(found, checked)
   end
   local _
   _, err = patience.again(function()
      return core.lake_undo_begin(self, found.number, opts.reason, json.encode(overrides_of(found, opts)))
   end)
   err = err or run_batches(self, found, opts)
   if err then
      return nil, err
   end
   return errors.committed(self:retirement(found.id))
end

--- What can be said before anything is done of who would undo a retirement: nothing, or an error.
---@param found table the retirement
---@param opts table `overrides`
---@return table|nil err
function undoing.problem(self, found, opts)
   local err = guards.check_overrides(self, opts.overrides)
   if not err and (not UNDOABLE[found.state] or found.pruned_at) then
      err = select(2, not_undoable(found))
   end
   return err
end

--- Takes a retirement back, whole or part-way applied: its rows go back exactly as they were, their files leave the
--- queue. Unless `partial`, nothing is restored when something cannot be.
---@param id string
---@param opts {reason: string, dry_run: boolean, partial: boolean, limit: integer, on_batch: fun(batch: table),
---   overrides: table<string, string>} a dry run needs no reason and gives the retirement with `check`; of the guards
---   only `copy` is asked
---@return table|nil retirement, table|nil err codes conflict (what cannot be restored, nothing to undo), refused, ...
function lake:undo(id, opts)
   opts = options.check("lake:undo", opts, {reason = "reason?", dry_run = "boolean?", partial = "boolean?",
      limit = "integer?", on_batch = "function?", overrides = "table?"})
   if not opts.reason and not opts.dry_run then
      error("lake:undo: option 'reason' is missing", 2)
   end
   local found, err = retirements.find(self, id)
   err = err or undoing.problem(self, found, opts)
   if err then
      return nil, err
   end
   return undo(self, found, opts)
end

return undoing
