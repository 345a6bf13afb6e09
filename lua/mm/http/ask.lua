-- Hands a request to a worker, and the worker's answer on to who asked.
local admission = require("mm.http.admission")
local errors = require("mm.errors")
local own = require("mm.http.own")
local send = require("mm.http.send")
local sha256 = require("mm.http.sha256")
local worker = require("mm.http.worker")

local ask = {}

local READY_S = 1

-- What makes two requests with one Idempotency-Key the same.
local function fingerprint(request)
   return sha256.hex(table.concat({request.method, request.path, ngx.var.args or "", request.if_match or "",
      request.raw}, "\n"))
end

local function message_of(request)
   local key = request.idempotency_key
   return {route = request.route.name, path = request.path_values, query = request.query, body = request.body,
      key = request.key, request_id = request.id, if_match = request.if_match, idempotency_key = key,
      fingerprint = key and fingerprint(request), accept = request.form, remote = request.remote,
      changes_enabled = request.config.changes}
end

local function ask_once(request)
   local begun = ngx.now()
   local head, err = worker.ask(request.config.worker, message_of(request), request.route.method ~= "GET")
   ngx.var.mm_worker_seconds = ("%.3f"):format(ngx.now() - begun)
   if not head then
      return nil, err
   end
   request.is_asked = true
   local is_sent = send.answer(head, own.additions[request.route.name])
   worker.close(head)
   return is_sent
end

--- Asks, once more where only reading was cut off before anything of it was sent.
---@param request table
local function forward(request)
   local is_sent, err = ask_once(request)
   if not is_sent and not err and request.route.method == "GET" then
      is_sent, err = ask_once(request)
   end
   if not is_sent then
      send.problem(err or errors.new("no_worker", "the worker went away before it had answered",
         {outcome = request.route.method ~= "GET" and "unknown" or nil}))
   end
end

local ready = {} -- by socket: when it was asked, and what it said

local function ask_whether_ready(request)
   local head, err = worker.ask(request.config.worker, message_of(request), false)
   local text = head and worker.read(head)
   if head then
      worker.close(head)
   end
   return {at = ngx.now(), err = err, head = head, text = text or "{}"}
end

-- Everybody may ask this, so workers are asked once a second, by one at a time and past admission.
local function answer_ready(request)
   local socket = request.config.worker
   local known = ready[socket] or {at = 0, text = "{}"}
   if ngx.now() >= math.max(known.at + READY_S, known.asked_until or 0) then
      ready[socket], known.asked_until = known, ngx.now() + 2 * READY_S
      known.asking = known.asking or ngx.now()
      known = ask_whether_ready(request)
      ready[socket] = known
   end
   local is_overdue = known.asking and ngx.now() - known.asking > 2 * READY_S
   if known.head and not is_overdue then
      return send.text(known.head.status, known.head.type, known.text,
         {["Retry-After"] = known.head.status == 503 and 1 or nil})
   end
   send.problem(errors.new("connection", known.err and known.err.message or "not known yet"))
end

--- Answers a request that a worker must hear of.
---@param request table
function ask.worker(request)
   if request.route.name == "get_readyz" then
      return answer_ready(request)
   end
   local is_admitted, err = admission.enter(request)
   if not is_admitted then
      return send.problem(err)
   end
   forward(request)
end

return ask
