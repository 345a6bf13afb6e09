-- Sends answers: with the headers that all of them have, whole where they are short, else as they come.
local json = require("mm.json")
local metrics = require("mm.http.metrics")
local problems = require("mm.http.problems")
local worker = require("mm.http.worker")

local send = {}

local WHOLE_BYTES = 65536 -- up to this an answer is known to be whole before its status is sent
local SECURITY = {
   ["Cache-Control"] = "no-store",
   ["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
   ["Cross-Origin-Opener-Policy"] = "same-origin",
   ["Cross-Origin-Resource-Policy"] = "same-origin",
   ["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()",
   ["Referrer-Policy"] = "no-referrer",
   ["X-Content-Type-Options"] = "nosniff",
   ["X-Frame-Options"] = "DENY",
}
local STRICT_TRANSPORT = "max-age=31536000"
local FIRST = {"type", "code", "title", "status", "detail"}

local function set_headers(list)
   for name, value in pairs(list or {}) do
      ngx.header[name] = value
   end
end

local function begin(status, kind, headers)
   ngx.status = status
   set_headers(SECURITY)
   if ngx.var.scheme == "https" then
      ngx.header["Strict-Transport-Security"] = STRICT_TRANSPORT
   end
   set_headers(headers)
   ngx.header["Content-Type"] = kind
   ngx.header["X-Request-Id"] = ngx.var.request_id
end

--- An answer that is there.
---@param status integer
---@param kind string its media type
---@param text string
---@param headers? table<string, string>
function send.text(status, kind, text, headers)
   begin(status, kind, headers)
   ngx.header["Content-Length"] = #text
   ngx.print(text)
   ngx.eof()
end

function send.json(status, value, headers)
   send.text(status, "application/json", json.encode(value) .. "\n", headers)
end

--- A problem for an error.
---@param err table
function send.problem(err)
   local status, problem = problems.of(err, ngx.var.request_id)
   problem.status = err.status or status
   if problem.code == "bug" then
      ngx.log(ngx.ERR, "mm: ", tostring(err.code), ": ", tostring(err))
   end
   local headers = {Allow = err.allow, ["Retry-After"] = err.retry_after}
   if status == 401 then
      headers["WWW-Authenticate"] = "Bearer"
   elseif status == 503 then
      headers["Retry-After"] = err.retry_after or 1
   end
   send.text(problem.status, problems.TYPE, json.encode(problem, FIRST) .. "\n", headers)
end

-- The beginning of a body, whether it is all of it or more than is waited for.
local function beginning(head)
   local pieces, size = {}, 0
   repeat
      local piece = worker.read(head)
      pieces[#pieces + 1] = piece
      size = size + #(piece or "")
   until not piece or size > WHOLE_BYTES
   return table.concat(pieces)
end

-- As fast as the client reads. What ends too early must not look like an end: the connection is cut.
local function stream(head, first)
   local piece = first
   while piece do
      if not (ngx.print(piece) and ngx.flush(true)) then
         break
      end
      piece = worker.read(head)
   end
   if not head.is_whole then
      metrics.count("cut")
      ngx.exit(ngx.ERROR)
   end
end

local function is_cut(head)
   return not head.is_whole and not head.left
end

--- The answer of a worker; nothing is sent where it is cut off before that.
---@param head table
---@param add? fun(text: string): string adds to an answer that is short, and right
---@return true|nil
function send.answer(head, add)
   local first = ngx.req.get_method() == "HEAD" and "" or beginning(head)
   if is_cut(head) then
      return nil
   elseif head.is_whole then
      local text = add and head.status == 200 and add(first) or first
      send.text(head.status, head.type, text, head.headers)
      return true
   end
   begin(head.status, head.type, head.headers)
   if ngx.req.get_method() == "HEAD" then
      return true, ngx.send_headers()
   end
   stream(head, first)
   return true
end

return send
