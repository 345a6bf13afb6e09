-- Why applying stops before its end, and the errors that say so.
local errors = require("mm.errors")
local retirements = require("mm.retirements")
local time = require("mm.time")

local stops = {}

local CHANGED_SHARE = 0.01

local function stop(found, done, message, fields)
   local err = errors.new("conflict", message, fields)
   err.done, err.hint = done, err.hint or "mmlua show " .. found.id
   return err
end

--- More rows changed since the plan than a busy lake explains: somebody is writing what is being retired.
function stops.too_many_changed(found, changed, opts)
   local fresh = changed - found.changed_accepted
   return fresh > 0 and (opts.strict or fresh > CHANGED_SHARE * found.partitions)
end

--- Pauses for them.
function stops.for_changes(self, found, changed, done)
   local is_paused, err = retirements.set_state(self, found.number, "paused", {"applying"})
   return stop(found, done, ("%d of %d partitions changed since they were planned: %s"):format(changed,
      found.partitions, is_paused and "paused" or "stopped, but not paused"), {
      detail = err and err.message,
      hint = ("see what writes them (mmlua writers); then mmlua resume %s, or mmlua undo %s"):format(found.id,
         found.id),
   })
end

--- Pauses for a hold that was made while this ran, or for what a guard found.
function stops.for_refusal(self, found, err, done)
   err.done = done > 0 and done or nil
   if err.code == "refused" and retirements.set_state(self, found.number, "paused", {"applying"}) then
      err.hint = ("it is paused; %s; then mmlua resume %s, or mmlua undo %s"):format(err.hint or "see to it", found.id,
         found.id)
   end
   return err
end

--- What a hold kept from a batch; nothing where holds are overridden: what they cover stays, and the rest goes on.
function stops.held(batch, opts)
   if batch.held == 0 or opts.overrides.holds then
      return nil
   end
   local message = "refused by the guard holds: a hold covers %d partitions of the last batch, made while this ran"
   return errors.new("refused", message:format(batch.held), {guard = "holds", hint = "those stay (mmlua hold list)"})
end

local function is_last_hour(now)
   return time.seconds(now.undo_until) - time.seconds(now.now) <= 3600
end

--- A batch found nothing to claim though work is left: somebody paused or undid it, or time is up.
function stops.why_unclaimed(self, found, done)
   local now, err = retirements.get(self, found.number)
   if not now then
      err.done = done > 0 and done or nil
      return err
   elseif now.state == "applied" then
      return nil
   elseif now.state == "applying" and now.now < now.undo_until and not is_last_hour(now) then
      return stop(found, done, "lakehouse_partitions has other columns than when this was planned", {
         hint = ("undo it, and plan the rest anew: mmlua undo %s"):format(found.id), state = now.state})
   elseif now.state == "applying" and now.remaining > 0 then
      return stop(found, done, "less than an hour is left until the first retired file may be deleted", {
         hint = ("undo it or plan the rest anew: mmlua undo %s"):format(found.id)})
   elseif now.remaining > 0 then
      return stop(found, done, ("%s is %s now"):format(found.id, now.state))
   end
end

return stops
