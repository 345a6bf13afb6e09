-- Who may come in at all, before a worker is asked whose key it is.
local errors = require("mm.errors")

local guard = {}

-- From this machine: over loopback, or a Unix socket. What a proxy says in a header does not count.
local function is_local(address)
   return address == "unix:" or address == "::1" or address:find("^127%.") ~= nil
end

local function authority(origin)
   return origin:lower():match("^https?://([^/]+)$")
end

--- A page of another origin has no business here: there are no cookies to misuse, and no CORS headers.
---@param request table
---@return true|nil, table|nil err
function guard.check_origin(request)
   local origin, site = request.headers["origin"], request.headers["sec-fetch-site"]
   local host = request.headers["host"]
   local is_other = origin and (type(origin) ~= "string" or type(host) ~= "string" or authority(origin) ~= host:lower())
   if request.route.role and (is_other or (site and site ~= "same-origin" and site ~= "none")) then
      return errors.fail("cross_origin", "a page of another origin asked")
   end
   return true
end

--- What changes something is taken only where that was enabled, and never in the clear from elsewhere.
---@param request table
---@return true|nil, table|nil err
function guard.check_changes(request)
   if request.route.method == "GET" then
      return true
   elseif not request.config.changes then
      return errors.fail("changes_disabled", "changes are not enabled in the configuration of this server")
   elseif request.scheme ~= "https" and not is_local(request.remote) then
      return errors.fail("insecure", "changes are taken over TLS or from this machine only")
   end
   return true
end

--- A key is needed, in the header Authorization and nowhere else.
---@param request table
---@return true|nil, table|nil err
function guard.check_key(request)
   if request.route.role and not request.key then
      return errors.fail("unauthorized", request.headers["authorization"]
         and "the header Authorization is not `Bearer` and a key of mm"
         or "the header Authorization with a key is missing")
   end
   return true
end

--- The key that the header Authorization holds, if it looks like one.
---@param headers table
---@return string|nil
function guard.key_of(headers)
   local header = headers["authorization"]
   local key = type(header) == "string" and header:match("^[Bb][Ee][Aa][Rr][Ee][Rr] +(mm_%w+_%x+)$")
   return key and #key == 76 and key or nil
end

return guard
