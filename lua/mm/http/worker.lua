-- Asks `mmlua worker` over its Unix socket: one line of JSON there; back come a line of JSON and the body in chunks,
-- each with its length before it. One request for each connection, so that closing it cancels what runs.
local cjson = require("cjson.safe")

local errors = require("mm.errors")
local json = require("mm.json")

local worker = {}

local CONNECT_S = 3       -- how long a worker may be away, as when it is restarted
local PAUSE_S = 0.05
local TIMEOUTS_MS = {1000, 5000, 120000} -- connecting, sending, between two pieces of an answer
local PIECE_BYTES = 65536

local function gone(what, is_sent)
   return errors.fail("no_worker", what, is_sent and {outcome = "unknown",
      hint = "look at what became of it, or send it again with the same Idempotency-Key"} or nil)
end

-- While nothing was sent a failure may be tried again. "again" is what a full queue of connections says.
local function connect(path)
   local deadline = ngx.now() + CONNECT_S
   while true do
      local socket = ngx.socket.tcp()
      socket:settimeouts(TIMEOUTS_MS[1], TIMEOUTS_MS[2], TIMEOUTS_MS[3])
      local is_connected, why = socket:connect("unix:" .. path)
      if is_connected then
         return socket
      end
      ngx.update_time()
      if ngx.now() >= deadline then
         return gone("no worker listens: " .. why)
      end
      ngx.sleep(PAUSE_S)
   end
end

-- What is sent counts only with its end of line, so a line that failed was not heard.
local function connect_and_send(path, line)
   local why
   for _ = 1, 3 do
      local socket, err = connect(path)
      if not socket then
         return nil, err
      end
      local sent
      sent, why = socket:send(line)
      if sent then
         return socket
      end
      socket:close()
   end
   return gone("the worker does not listen: " .. why)
end

local function failure(why, is_changing)
   if why == "timeout" then
      return errors.fail("timeout", "the worker took too long", is_changing and {outcome = "unknown"} or nil)
   end
   return gone("the worker went away before it had answered", is_changing)
end

local function ask_once(path, line, is_changing)
   local socket, err = connect_and_send(path, line)
   if not socket then
      return nil, err, true
   end
   local answer, why = socket:receive("*l")
   local head = answer and cjson.decode(answer)
   if type(head) ~= "table" or type(head.status) ~= "number" or type(head.type) ~= "string" then
      socket:close()
      return failure(why, is_changing)
   end
   head.socket, head.left = socket, 0
   return head
end

--- Sends a request and reads the head of the answer. What only reads is sent once more when the worker went away.
---@param path string of the socket
---@param message table see ask in docs/http.md
---@param is_changing boolean
---@return table|nil head with `status`, `type`, `headers`; table|nil err
function worker.ask(path, message, is_changing)
   local line = json.encode(message) .. "\n"
   local head, err, is_final = ask_once(path, line, is_changing)
   if not head and not is_changing and not is_final and err.code == "no_worker" then
      head, err = ask_once(path, line, is_changing)
   end
   return head, err
end

local function next_chunk(head)
   local line, why = head.socket:receive("*l")
   head.left = tonumber(line)
   if head.left == 0 then
      head.is_whole = true
   elseif not head.left then
      return nil, why or "no length"
   end
   return true
end

--- The next piece of the body, nil at its end: then `head.is_whole` says whether it is the right one.
---@param head table
---@return string|nil
function worker.read(head)
   if head.is_whole or head.left == 0 and not next_chunk(head) or head.is_whole then
      return nil
   end
   local piece = head.socket:receive(math.min(head.left, PIECE_BYTES))
   head.left = piece and head.left - #piece
   return piece
end

--- Ends it; what still runs is cancelled.
---@param head table
function worker.close(head)
   head.socket:close()
end

return worker
