-- Requests without a valid key are counted by address: after LIMIT in a minute the address gets 429, and no worker
-- hears of it. A key that a worker took within the last ten minutes passes nevertheless: somebody else behind the same
-- address, or in front of nginx, cannot lock out who works.
local errors = require("mm.errors")
local metrics = require("mm.http.metrics")
local sha256 = require("mm.http.sha256")

local failures = {}

local LIMIT, WINDOW_S, TRUSTED_S = 10, 60, 600

local function denials_of(key)
   return "denied|" .. sha256.binary(key)
end

-- Each change that is denied to a key is an entry of the audit for ever: a key cannot fill it.
local function is_denied_often(request)
   local denials = request.key and request.method ~= "GET" and ngx.shared.mm_failures:get(denials_of(request.key))
   return denials and denials >= LIMIT
end

local function name_of(key)
   return "key|" .. sha256.binary(key)
end

--- Refuses those that came too often, where a key is needed: who looks whether nginx is there is answered.
---@param request table
---@return true|nil, table|nil err
function failures.check(request)
   if not request.route.role then
      return true
   end
   local dict, name = ngx.shared.mm_failures, "address|" .. request.remote
   if is_denied_often(request) then
      metrics.count("limited")
      return errors.fail("too_many_failures", "too many changes were denied to this key", {retry_after = WINDOW_S})
   elseif (dict:get(name) or 0) < LIMIT or (request.key and dict:get(name_of(request.key))) then
      return true
   end
   metrics.count("limited")
   return errors.fail("too_many_failures", "too many requests without a valid key came from " .. request.remote,
      {retry_after = math.ceil(math.max(1, dict:ttl(name) or 1))})
end

--- Notes what became of a request.
---@param request table
---@param status integer
function failures.note(request, status)
   local dict = ngx.shared.mm_failures
   if status == 401 then
      metrics.count("failures")
      dict:incr("address|" .. request.remote, 1, 0, WINDOW_S)
   end
   if request.key and status == 403 and request.is_asked then
      dict:incr(denials_of(request.key), 1, 0, WINDOW_S)
   end
   if request.key and status == 401 then
      dict:delete(name_of(request.key))
   elseif request.key and request.is_asked and (status < 400 or status == 403) then
      dict:set(name_of(request.key), true, TRUSTED_S)
   end
end

return failures
