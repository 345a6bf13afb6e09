-- A private nginx with the HTTP API, on a free port of the loopback interface, gone with the run.
--
--   local server = nginx.start{worker = SOCKET, changes = true, replace = {["permits = 2"] = "permits = 1"}}
--   server:ask(PATH, OPTIONS) -> {status=, headers= (lower case), body=, json=}       with curl
--      OPTIONS: method, headers (a list), body, key, address (from where it is), curl (more of its options), seconds
--   server:later(PATH, OPTIONS) -> a request that is under way: request:wait() -> the answer, request:abandon()
--   server:send(TEXT, [SECONDS]) -> what came back for these bytes
--   server.port  server.folder  server.pid (the master's)
--   server:log(REQUEST_ID) -> its entry in the access log, its line      server:errors() -> the error log
--   server:stop()
local background = require("spec.support.background")
local json = require("mm.json")
local serve = require("mm.serve")
local shell = require("spec.support.shell")

local nginx = {}
nginx.__index = nginx

local FREE_PORT = [[perl -MIO::Socket::INET -e \
   'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport, "\n"']]

-- Specs say from where a request comes in a header, which only their own nginx believes.
local FROM_ELSEWHERE = "set_real_ip_from 127.0.0.1;\n    real_ip_header X-Spec-Address;\n    listen 127.0.0.1:8700;"

local function user()
   return shell.run("id -u").stdout == "0\n" and "root" or nil
end

local CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout %s/tls.key "
   .. "-out %s/tls.crt"

-- As the comment in mm.conf has it.
local function listen(self, opts)
   local text = FROM_ELSEWHERE:gsub("8700", self.port)
   if not opts.tls then
      return text
   end
   assert(shell.run(CERTIFICATE:gsub("%%s", self.folder)).code == 0)
   return text:gsub("(:%d+);$", "%1 ssl http2;") .. ("ssl_certificate %s/tls.crt;ssl_certificate_key %s/tls.key;")
      :gsub("%%s", self.folder)
end

local function configure(self, opts)
   local replace = {["listen 127.0.0.1:8700;"] = listen(self, opts)}
   for old, new in pairs(opts.replace or {}) do
      replace[old] = new
   end
   local path = serve.configure(self.folder, {listen = "127.0.0.1:8700", worker = opts.worker, user = user(),
      changes = opts.changes, log = "stderr notice", processes = opts.processes, main = opts.main,
      lua_path = opts.lua_path, replace = replace})
   return path
end

function nginx.start(opts)
   local self = setmetatable({scheme = opts.tls and "https" or "http"}, nginx)
   self.port = shell.run(FREE_PORT).stdout:match("%d+")
   self.folder = shell.run("mktemp -d").stdout:match("%S+")
   local path, log = configure(self, opts), self.folder .. "/error.log"
   local command = (opts.nice or "") .. " nginx -e stderr -c " .. path
   self.process = background.start(command, log, "start worker process [0-9]")
   self.pid = self.process.pid
   return self
end

local function parse(text)
   local head, body = text:match("^(.-)\r\n\r\n(.*)$")
   while head and head:find("^HTTP/%S+ 100") do
      head, body = body:match("^(.-)\r\n\r\n(.*)$")
   end
   local answer = {headers = {}, body = body, status = tonumber((head or ""):match("^HTTP/%S+ (%d+)"))}
   for name, value in (head or ""):gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do
      answer.headers[name:lower()] = value
   end
   if (answer.headers["content-type"] or ""):find("json$") then
      answer.json = json.decode(body)
   end
   return answer
end

local function command(self, path, opts, is_later)
   local words = {"curl -ksSi --path-as-is --max-time", opts.seconds or 20, opts.curl or "",
      opts.method == "HEAD" and "-I" or opts.method and "-X " .. opts.method or ""}
   local function header(text)
      words[#words + 1] = "-H " .. shell.quote(text)
   end
   for _, text in ipairs(opts.headers or {}) do
      header(text)
   end
   if opts.key then
      header("Authorization: Bearer " .. opts.key)
   end
   if opts.address then
      header("X-Spec-Address: " .. opts.address)
   end
   if opts.body then
      header("Content-Type: " .. (opts.content_type or "application/json"))
      words[#words + 1] = "--data-binary " .. (is_later and shell.quote(opts.body) or "@-")
   end
   words[#words + 1] = shell.quote(("%s://127.0.0.1:%s%s"):format(self.scheme, self.port, path))
   return table.concat(words, " ")
end

function nginx:ask(path, opts)
   opts = opts or {}
   local result = shell.run(command(self, path, opts), opts.body)
   local answer = parse(result.stdout)
   answer.code, answer.message = result.code, result.stderr
   return answer
end

local later = {}
later.__index = later

function nginx:later(path, opts)
   local pipe = assert(io.popen("echo $$; exec " .. command(self, path, opts or {}, true) .. " 2>/dev/null"))
   return setmetatable({pipe = pipe, pid = pipe:read("*l")}, later)
end

function later:wait()
   local answer = parse(self.pipe:read("*a"))
   self.pipe:close()
   return answer
end

function later:abandon()
   shell.run("kill " .. self.pid)
   self.pipe:close()
end

function nginx:send(text, seconds)
   return parse(shell.run(("spec/support/send-raw %s %s"):format(self.port, seconds or ""), text).stdout)
end

-- It is written when the answer is sent already.
function nginx:log(request_id)
   for _ = 1, 100 do
      for line in io.lines(self.folder .. "/access.log") do
         if line:find(request_id, 1, true) then
            return assert(json.decode(line)), line
         end
      end
      shell.run("sleep 0.02")
   end
   error("nothing was logged of " .. request_id, 0)
end

function nginx:errors()
   return self.process:log()
end

function nginx:stop()
   self.process:stop()
   shell.run("rm -r " .. self.folder)
end

return nginx
