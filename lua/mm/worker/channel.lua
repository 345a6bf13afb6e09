-- One request of nginx and its answer: a line of JSON comes, and what goes back is a line of JSON with status, type and
-- headers, then the body in chunks, each its length on a line and so many bytes. A chunk of length 0 ends it: an answer
-- without one was cut short.
local errors = require("mm.errors")
local json = require("mm.json")
local problems = require("mm.http.problems")
local session = require("mm.worker.session")

local channel = {}

local MOST_BYTES, READ_S, CHUNK_BYTES = 1048576, 5, 65536

local methods = {}
methods.__index = methods

--- The request on a connection, decoded.
---@return table|nil request, table|nil err
function channel.read(connection)
   local line, why = connection:read_line(MOST_BYTES, READ_S)
   if not line then
      return errors.fail("io", "no request: " .. why)
   end
   local request, err = json.decode(line)
   if type(request) ~= "table" or type(request.route) ~= "string" or type(request.request_id) ~= "string" then
      return errors.fail("syntax", "not a request of nginx", {detail = err and err.message})
   end
   return request
end

--- An answer for the request on that connection.
function channel.new(connection, request)
   return setmetatable({connection = connection, request = request}, methods)
end

-- A reader that went away is no error: nobody is left to be told.
function methods:write(text)
   self.is_lost = self.is_lost or not self.connection:write(text)
   return not self.is_lost
end

--- Begins it. Only once.
function methods:begin(status, content_type, headers)
   self.is_begun = true
   local head = {status = status, type = content_type, headers = headers}
   return self:write(json.encode(head) .. "\n")
end

function methods:chunk(text)
   return #text == 0 or self:write(("%d\n%s"):format(#text, text))
end

function methods:finish()
   return self:write("0\n")
end

--- The whole of it at once.
function methods:send(status, content_type, headers, body)
   self:begin(status, content_type, headers)
   for at = 1, #body, CHUNK_BYTES do
      if not self:chunk(body:sub(at, at + CHUNK_BYTES - 1)) then
         return false
      end
   end
   return self:finish()
end

--- The problem of an error, unless an answer has begun: then that is cut short.
function methods:fail(err)
   if self.is_begun then
      return session.log("request %s: its answer was cut short: %s", self.request.request_id, tostring(err))
   end
   local status, problem = problems.of(err, self.request.request_id)
   self:send(status, problems.TYPE, err.headers, json.encode(problem) .. "\n")
end

return channel
