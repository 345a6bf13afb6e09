-- A process that answers requests, one after the other: who asks, whether he may, and what the call says.
local calls = require("mm.worker.calls")
local channel = require("mm.worker.channel")
local core = require("mm.core")
local errors = require("mm.errors")
local json = require("mm.json")
local pages = require("mm.worker.pages")
local problems = require("mm.http.problems")
local routes = require("mm.http.routes")
local server = require("mm.server")
local session = require("mm.worker.session")

local requests = {}

local RANKS = {viewer = 1, planner = 2, operator = 3, admin = 4}
local by_name = {}
for _, route in ipairs(routes) do
   by_name[route.name] = route
end

local function principal_of(lake, route, request)
   if not route.role then
      return {name = "nobody"}
   elseif type(request.key) ~= "string" then
      return errors.fail("unauthorized", "no key was given")
   end
   local principal, err = lake:principal(request.key)
   if principal then
      core.lake_act_for(lake, principal.name, request.request_id)
   end
   return principal, err
end

-- Of what changes something only what is slow is cancelled when nobody waits for it: the rest, and what is kept of it,
-- must be as it is told, whoever has left.
local function call(lake, route, request, principal, connection)
   if route.is_slow then
      core.lake_watch(lake, connection:descriptor())
   end
   local found, err = calls[route.name](lake, request, principal)
   if route.is_slow then
      core.lake_watch(lake)
   end
   return found, err
end

local function send(answer, found)
   if found.text then
      return answer:send(found.status or 200, found.type, found.headers, found.text)
   end
   return answer:send(found.status or 200, "application/json", found.headers, json.encode(found.body) .. "\n")
end

-- Nothing happened, and in a while it may be otherwise: the same may be asked again.
local function is_repeatable(err)
   local status = problems.of(err, "")
   local passes = status >= 500 and err.code ~= "bug" or status == 409 or status == 412
   return passes and (err.outcome or "aborted") == "aborted" and not err.done
end

local function store(lake, place, found, err, request_id)
   if err and is_repeatable(err) then
      return lake:forget_answer(place)
   end
   local status, body = found and found.status or 200, found and found.body
   if err then
      status, body = problems.of(err, request_id)
   end
   place.status, place.headers, place.body = status, found and found.headers or {}, json.encode(body) .. "\n"
   return lake:store_answer(place)
end

local function bug(message)
   if type(message) == "table" and message.code then
      return message
   end
   return errors.new("bug", "a mistake in mm", {trace = debug.traceback(tostring(message), 2)})
end

local function log_bug(request, err)
   if err.code == "bug" then
      session.log("request %s: %s", request.request_id, err.trace)
   end
end

-- The same Idempotency-Key is answered once, even where that is that mm made a mistake.
local function call_once(lake, route, request, principal, connection)
   local place = {principal = principal.name, idempotency_key = request.idempotency_key,
      fingerprint = request.fingerprint, token = request.request_id}
   local earlier, problem = lake:begin_answer(place)
   if not earlier then
      return nil, problem
   elseif earlier ~= "new" then
      return {stored = earlier}
   end
   local is_right, found, err = xpcall(call, bug, lake, route, request, principal, connection)
   if not is_right then
      core.lake_watch(lake)
      found, err = nil, found
      log_bug(request, err)
   end
   local is_stored, lost = store(lake, place, found, err, request.request_id)
   if not is_stored then
      session.log("request %s: its answer was not kept: %s", request.request_id, tostring(lost))
   end
   return found, err
end

local function send_stored(answer, stored)
   local is_problem = stored.status >= 400
   return answer:send(stored.status, is_problem and problems.TYPE or "application/json", stored.headers, stored.body)
end

local function answer_request(lake, answer, route, request)
   local principal, err = principal_of(lake, route, request)
   local found
   if principal and route.role and RANKS[principal.role] < RANKS[route.role] then
      found, err = calls.deny(lake, request, principal, route)
   elseif principal then
      local is_once = route.method ~= "GET" and request.idempotency_key
      found, err = (is_once and call_once or call)(lake, route, request, principal, answer.connection)
   end
   if found and found.stored then
      return send_stored(answer, found.stored)
   elseif found and found.lines then
      found, err = pages.write_lines(answer, found)
   elseif found then
      return send(answer, found)
   end
   if not found then
      answer:fail(err or error("the call gave neither an answer nor an error", 0))
   end
end

local function handle(self, connection)
   local request = channel.read(connection)
   if not request then
      return
   end
   local answer, route = channel.new(connection, request), by_name[request.route]
   request.path, request.query, request.body = request.path or {}, request.query or {}, request.body or {}
   local is_watched = route and route.method == "GET"
   local lake, err = self:lake_for(request.request_id, is_watched and connection or nil)
   if not route or not calls[request.route] then
      err = errors.new("no_route", "there is no route " .. request.route)
   end
   if err or not lake then
      return answer:fail(err)
   end
   local is_right, problem = xpcall(answer_request, bug, lake, answer, route, request)
   if not is_right then
      log_bug(request, problem)
      answer:fail(problem)
   end
end

--- Answers until the process is asked to stop. Does not return.
---@param listener userdata
---@param open fun(): mm.lake|nil, table|nil
function requests.serve(listener, open)
   local self = session.new(open)
   local connection = listener:accept()
   while connection do
      local is_right, problem = xpcall(handle, bug, self, connection)
      if not is_right then
         session.log("%s", problem.trace or problem.message)
      end
      connection:close()
      self:forget()
      connection = listener:accept()
   end
   server.exit(0)
end

return requests
