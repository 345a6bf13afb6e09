-- A batch with the failures that waiting or asking for less cures.
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

-- After a lost connection the claim of the next batch waits for the old backend, and reads what it left.
local function is_curable(err, lost)
   if err.code == "connection" then
      return lost < LOST_ATTEMPTS
   end
   return PASSING[err.sqlstate or ""] or false
end

--- Runs a batch; what passes by itself is tried again, a batch that takes too long is halved.
---@param lake mm.lake
---@param run fun(lake: mm.lake, number: integer, limit: integer, ...): table|nil, table|nil
---@param number integer
---@param limit integer
---@return table|nil batch, table|nil err, integer limit that worked
function patience.batch(lake, run, number, limit, ...)
   local lost, first_lost = 0, nil
   for attempt = 1, ATTEMPTS do
      local batch, err = run(lake, number, limit, ...)
      if batch then
         return batch, nil, limit
      end
      if err.code == "connection" then
         first_lost, lost = first_lost or err, lost + 1
      end
      if err.code == "timeout" and err.sqlstate == STATEMENT_TIMEOUT and limit > 1 then
         limit = math.floor(limit / 2)
      elseif not is_curable(err, lost) or attempt == ATTEMPTS then
         return nil, first_lost or err, limit
      else
         pause(err.code == "connection" and 25 or attempt)
      end
   end
end

--- Runs what may be run twice, and again when the connection was lost: the first time may have been committed.
---@param run fun(): any, table|nil
---@return any result, table|nil err, boolean is_again
function patience.again(run)
   local first_lost
   for attempt = 1, LOST_ATTEMPTS do
      local result, err = run()
      if result or err.code ~= "connection" then
         return result, err, attempt > 1
      end
      first_lost = first_lost or err
      pause(25)
   end
   return nil, first_lost, true
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
