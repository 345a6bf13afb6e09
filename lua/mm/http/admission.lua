-- How many requests each nginx process asks of workers at a time, and how many may wait for that, and how long. The
-- rest is told to come again: nothing queues without bounds.
local semaphore = require("ngx.semaphore")

local errors = require("mm.errors")
local metrics = require("mm.http.metrics")

local admission = {}

local gates = {} -- by the worker's socket

local function gate_of(config)
   local gate = gates[config.worker]
   if not gate then
      gate = {semaphore = assert(semaphore.new(config.permits)), waiting = 0}
      gates[config.worker] = gate
   end
   return gate
end

local function refused(config)
   metrics.count("refused")
   return errors.fail("overloaded", "all workers are busy", {retry_after = math.ceil(config.wait_s)})
end

--- Takes a permit, at once or when one is given back. Where the request ends meanwhile, `leave` knows it.
---@param request table
---@return true|nil, table|nil err
function admission.enter(request)
   local config, gate = request.config, gate_of(request.config)
   request.gate = gate
   request.has_permit = gate.semaphore:wait(0)
   if request.has_permit then
      return true
   elseif gate.waiting >= config.waiters then
      return refused(config)
   end
   gate.waiting, request.is_waiting = gate.waiting + 1, true
   request.has_permit = gate.semaphore:wait(config.wait_s)
   gate.waiting, request.is_waiting = gate.waiting - 1, false
   if not request.has_permit then
      return refused(config)
   end
   return true
end

--- Gives back what the request still holds; called when it has ended, however it did.
---@param request table
function admission.leave(request)
   local gate = request.gate
   if request.is_waiting then
      gate.waiting, request.is_waiting = gate.waiting - 1, false
   end
   if request.has_permit then
      request.has_permit = false
      gate.semaphore:post(1)
   end
end

return admission
