-- What a request says outside of its body: in the path, the query and two headers.
local errors = require("mm.errors")
local texts = require("mm.http.texts")

local parameters = {}

local function check_query(request)
   local values, why = ngx.req.get_uri_args(50)
   if why then
      return nil, "there are too many parameters"
   end
   request.query, why = texts.values(values, request.route.query or {}, request.route.required)
   return request.query, why
end

local function check_path(request)
   local values, why = texts.values(request.path_values, request.route.path_shapes or {})
   request.path_values = values
   return values, why and why:gsub("^the parameter", "in the path"), nil
end

local function check_match(request)
   local header = request.headers["if-match"]
   if not request.route.needs_match then
      return true
   elseif header == nil then
      return errors.fail("precondition_required", "If-Match with the plan's digest is missing: see its ETag")
   end
   request.if_match = type(header) == "string" and header:match('^"(%x+)"$') or nil
   if not request.if_match then
      return errors.fail("usage", "If-Match must be the plan's digest, in quotes")
   end
   return true
end

local function check_idempotency_key(request)
   local key = request.headers["idempotency-key"]
   if key == nil or request.route.method == "GET" then
      return true
   elseif type(key) ~= "string" or not key:find("^[!-~]+$") or #key > 255 then
      return errors.fail("usage", "Idempotency-Key must be one of 1 to 255 visible characters of ASCII")
   end
   request.idempotency_key = key
   return true
end

--- Checks all of them.
---@param request table
---@return true|nil, table|nil err
function parameters.check(request)
   for _, check in ipairs{check_path, check_query} do
      local values, why = check(request)
      if not values then
         return errors.fail("usage", why)
      end
   end
   local is_right, err = check_match(request)
   if not is_right then
      return nil, err
   end
   return check_idempotency_key(request)
end

return parameters
