-- Changes with the failures that waiting, asking again, or asking for less cures.
local core = require("mm.core")
local errors = require("mm.errors")

local patience = {}

-- deadlock_detected, serialization_failure, lock_not_available
local PASSING = {["40P01"] = true, ["40001"] = true, ["55P03"] = true}
local STATEMENT_TIMEOUT = "57014"
local ATTEMPTS = 40
local LOST_ATTEMPTS = 5

-- Up to half a second, with jitter, so that two operators do not keep step.
local function pause(attempt)
   core.sleep(math.min(0.5, 0.02 * attempt) * (0.5 + math.random()))
end

local function ask(self, from, ...)
   local batch, err = core[("lake_%s_batch"):format(self.kind)](self.lake, self.number, self.limit, from, ...)
   self.doubt = err and err.outcome == "unknown" and err or nil
   self.was_lost = self.was_lost or self.doubt ~= nil
   return batch, err
end

local function find(self)
   return core.lake_find_batch(self.lake, self.number, self.kind, self.from)
end

-- `doubt` is the error after which nobody knows yet whether its batch was committed: that is looked for before another
-- one is run, and after it, for the server may come to a transaction later than to the one that takes its place. Only
-- one of them begins at `from`. Where neither does, others have come in between: then it begins where they ended.
local function try(self, ...)
   if self.doubt then
      local batch, err = find(self)
      if err or batch.is_claimed then
         return batch, err
      end
   end
   local batch, err = ask(self, self.from, ...)
   if batch and not batch.is_claimed and self.was_lost then
      batch, err = find(self)
   end
   if batch and not batch.is_claimed then
      batch, err = ask(self, nil, ...)
   end
   return batch, err
end

-- Does what may cure the error; false when there is nothing.
local function cure(self, err, attempt)
   if err.code == "connection" then
      self.lost = self.lost + 1
      if self.lost == LOST_ATTEMPTS then
         return false
      end
      pause(25)
   elseif err.sqlstate == STATEMENT_TIMEOUT and err.code == "timeout" and self.limit > 1 and not self.doubt then
      self.limit = math.floor(self.limit / 2)
   elseif PASSING[err.sqlstate or ""] then
      pause(attempt)
   else
      return false
   end
   return attempt < ATTEMPTS
end

--- Runs a batch; what passes by itself is tried again, a batch that takes too long is halved. When the connection is
--- lost and it was committed, it is that batch.
---@param lake mm.lake
---@param kind "apply"|"undo"
---@param number integer
---@param limit integer
---@param from integer where the batch begins
---@return table|nil batch, table|nil err, integer limit that worked
function patience.batch(lake, kind, number, limit, from, ...)
   local self = {lake = lake, kind = kind, number = number, limit = limit, from = from, lost = 0}
   local attempt, batch, err = 0
   repeat
      attempt = attempt + 1
      batch, err = try(self, ...)
   until batch or not cure(self, err, attempt)
   return batch, not batch and (self.doubt or err) or nil, self.limit
end

-- What tells nothing of a change that was tried before.
local SILENT = {connection = true, timeout = true, cancelled = true}

--- Runs a change that may be made twice, and again when the connection was lost: the first time may have been
--- committed. An error of the second time is one of the first, too, when the server did not come to it.
---@param run fun(is_again: boolean): any, table|nil
---@return any result, table|nil err
function patience.again(run)
   local doubt, result, err
   for attempt = 1, LOST_ATTEMPTS do
      result, err = run(attempt > 1)
      if not err or err.code ~= "connection" then
         break
      end
      doubt = doubt or err.outcome == "unknown" and err
      if attempt < LOST_ATTEMPTS then
         pause(25)
      end
   end
   return result, err and SILENT[err.code] and doubt or err
end

--- What is wrong with the size of batches that was asked for; nothing is begun with it.
---@param limit integer|nil
---@return table|nil err
function patience.limit_error(limit)
   return limit and limit < 1 and errors.new("invalid", ("a batch of %d partitions: at least one"):format(limit)) or nil
end

--- The size of the next batch: one that was cut grows again bit by bit.
---@param limit integer
---@param wanted integer
---@return integer
function patience.more(limit, wanted)
   return math.min(wanted, limit + math.ceil(wanted / 20))
end

return patience
