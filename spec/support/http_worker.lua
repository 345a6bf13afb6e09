-- `mmlua worker` as nginx talks to it.
--
--   local served = http_worker.start(db, [options])     options of the command line; ready when it returns
--   served:key(role, [name]) -> a key
--   served:ask(route, request) -> {head =, text =, body = (decoded), is_whole =}; request: path, query, body, key, ...
--   served:send(request) -> a client that has asked and waits: client:leave() goes away
--   served:wait_for_job(number, is_enough) -> the job, when is_enough(job) is true
--   served:processes(pattern) -> pids of its processes whose command line has this text
--   served:stop() -> lines it has written; served:kill()
local coprocess = require("spec.support.coprocess")
local json = require("mm.json")
local shell = require("spec.support.shell")

local http_worker = {}
http_worker.__index = http_worker

local count = 0
local CLIENT = [[use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => shift) or die "$!\n";
   $s->print(scalar(<STDIN>)); $s->flush; binmode STDOUT; if (@ARGV) { print "asked\n"; $| = 1; <STDIN> }
   else { print while sysread($s, $_, 65536) }]]

local function program()
   return (os.getenv("BUILD") or "build") .. "/bin/mmlua"
end

function http_worker.start(db, options)
   count = count + 1
   local self = setmetatable({db = db, path = os.tmpname(), lines = {}}, http_worker)
   os.remove(self.path)
   self.process = coprocess.start(("%s worker --lake %s --listen %s %s"):format(program(), shell.quote(db.conninfo),
      self.path, options or ""))
   self:read_until("listening on")
   return self
end

function http_worker:read_until(text)
   for line in function() return self.process:read() end do
      self.lines[#self.lines + 1] = line
      if line:find(text, 1, true) then
         return line
      end
   end
   error("the worker ended:\n" .. table.concat(self.lines, "\n"), 0)
end

function http_worker:key(role, name)
   local made = shell.run(("%s key add %s --lake %s --role %s --reason spec --yes"):format(program(), name or role,
      shell.quote(self.db.conninfo), role))
   assert(made.code == 0, made.stderr)
   return (made.stdout:gsub("%s+$", ""))
end

local function line_of(route, request)
   local line = {route = route, request_id = ("%032d"):format(count)}
   for name, value in pairs(request or {}) do
      line[name] = value
   end
   return json.encode(line) .. "\n"
end

-- The text of the chunks, and whether the last one was there.
local function read_chunks(rest)
   local pieces = {}
   while true do
      local length, start = rest:match("^(%d+)\n()")
      if not length or tonumber(length) == 0 then
         return table.concat(pieces), length ~= nil
      end
      pieces[#pieces + 1] = rest:sub(start, start + tonumber(length) - 1)
      rest = rest:sub(start + tonumber(length))
   end
end

function http_worker:ask(route, request)
   local answer = shell.run(("perl -e %s %s"):format(shell.quote(CLIENT), self.path), line_of(route, request))
   assert(answer.code == 0, answer.stderr)
   local head, rest = answer.stdout:match("^([^\n]*)\n(.*)$")
   if not head then
      return {is_whole = false}
   end
   local text, is_whole = read_chunks(rest)
   head = assert(json.decode(head))
   return {head = head, status = head.status, text = text, is_whole = is_whole,
      body = head.type:find("[/+]json$") and assert(json.decode(text)) or nil}
end

function http_worker:send(route, request)
   local client = coprocess.start(("perl -e %s %s wait"):format(shell.quote(CLIENT), self.path))
   client:write(line_of(route, request))
   assert(client:read() == "asked")
   function client.leave()
      client:kill()
   end
   return client
end

function http_worker:wait_for_job(number, is_enough)
   for _ = 1, 1200 do
      local job = self:ask("get_job", {path = {job = number}, key = self.viewer}).body
      if is_enough(job) then
         return job
      end
      os.execute("sleep 0.1")
   end
   error("the job did not come so far", 0)
end

-- Those that hear of this socket, by what Linux knows of processes.
function http_worker:processes(pattern)
   local found = {}
   for _, pid in ipairs(shell.lines(shell.run("ls /proc").stdout)) do
      local file = pid:match("^%d+$") and io.open("/proc/" .. pid .. "/cmdline")
      local words = file and file:read("*a"):gsub("%z", " ") or ""
      if file then
         file:close()
      end
      if words:find(self.db.conninfo, 1, true) and words:find(pattern, 1, true) and words:find("mmlua worker", 1, true) then
         found[#found + 1] = pid
      end
   end
   return found
end

function http_worker:stop()
   os.execute("kill -TERM " .. self.process.pid)
   for line in function() return self.process:read() end do
      self.lines[#self.lines + 1] = line
   end
   self.process:close()
   return self.lines
end

function http_worker:kill()
   self.process:kill()
end

return http_worker
