-- An nginx with the HTTP API, as http/nginx.conf and http/mm.conf say, but for where it listens and what it writes; and
-- what `mmlua serve` makes of it: a worker and nginx for as long as somebody looks.
local errors = require("mm.errors")
local word = require("mm.text").word

local serve = {}

local SHARE = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("[^/]*$", "") .. "../.."
local FIRST_PORT, LAST_PORT = 8700, 8799
local READY = [[

   page:  http://127.0.0.1:%d/
   key:   %s

   URL=http://127.0.0.1:%d KEY=%s
   curl -H "Authorization: Bearer $KEY" $URL/v1/status

The key may do everything, for a day. Ctrl-C ends it all.
]]
local FOLDERS = {"/run/mm%-nginx", "/var/log/mm"}

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

local function write(path, text)
   local file = assert(io.open(path, "w"))
   assert(file:write(text))
   file:close()
end

-- What is replaced must be there: the files in http/ may have been edited.
local function replaced(text, old, new)
   local first, last = text:find(old, 1, true)
   assert(first, "http/mm.conf or http/nginx.conf has no `" .. old .. "`")
   return text:sub(1, first - 1) .. new .. text:sub(last + 1)
end

local function main_file(folder, opts)
   local text = read(SHARE .. "/http/nginx.conf")
   for _, path in ipairs(FOLDERS) do
      text = text:gsub(path, folder)
   end
   text = replaced(text, "daemon off;", ("daemon off;\n%s%s"):format(
      opts.user and ("user %s;\n"):format(opts.user) or "", opts.main or ""))
   text = replaced(text, "error_log stderr warn;", ("error_log %s;"):format(opts.log or "stderr warn"))
   text = replaced(text, "worker_processes 2;", ("worker_processes %d;"):format(opts.processes or 2))
   return replaced(text, "include mm.conf;", ('lua_package_path "%s%s/lua/?.lua;;";\n    include mm.conf;'):format(
      opts.lua_path or "", SHARE))
end

local function api_file(folder, opts)
   local text = read(SHARE .. "/http/mm.conf"):gsub(FOLDERS[2], folder)
   text = replaced(text, "127.0.0.1:8700", opts.listen)
   text = replaced(text, "/run/mm/worker.sock", opts.worker)
   text = replaced(text, "changes = false", "changes = " .. tostring(opts.changes == true))
   for old, new in pairs(opts.replace or {}) do
      text = replaced(text, old, new)
   end
   return text
end

--- Writes the configuration into a folder, which is to hold all that this nginx writes.
---@param folder string
---@param opts {listen: string, worker: string, changes?: boolean, user?: string, main?: string, lua_path?: string,
---   log?: string, processes?: integer, replace?: table<string, string>}
---@return string path of nginx.conf
function serve.configure(folder, opts)
   write(folder .. "/mm.conf", api_file(folder, opts))
   write(folder .. "/nginx.conf", main_file(folder, opts))
   return folder .. "/nginx.conf"
end

local function output_of(command)
   local pipe = assert(io.popen(command))
   local line = pipe:read("*l")
   pipe:close()
   return line
end

-- Whether somebody listens there; the kernel lists ports in hex.
local function is_taken(port)
   for _, path in ipairs{"/proc/net/tcp", "/proc/net/tcp6"} do
      local file = io.open(path)
      for line in function() return file and file:read("*l") end do
         local address, state = line:match("^%s*%d+: %x+:(%x+) %S+ (%x+)")
         if address and tonumber(address, 16) == port and state == "0A" then
            return true
         end
      end
   end
   return false
end

local function free_port(wanted)
   for port = wanted or FIRST_PORT, wanted or LAST_PORT do
      if not is_taken(port) then
         return port
      end
   end
   return errors.fail("io", wanted and ("port %d is taken"):format(wanted) or "no port is free")
end

local function program()
   local path = output_of("PATH=\"$PATH:/usr/sbin:/usr/local/openresty/nginx/sbin\" command -v nginx")
   if not path then
      return errors.fail("io", "there is no nginx",
         {hint = "on Debian: apt-get install nginx libnginx-mod-http-lua lua-cjson"})
   end
   return path
end

-- True when the file is there, nothing when a child ended before.
local function wait_for(server, path)
   for _ = 1, 200 do
      local child = server.wait(0.05)
      if os.rename(path, path) then -- io.open opens no sockets
         return true
      elseif child or server.is_stopping() then
         return nil
      end
   end
end

-- In another process, for what it writes belongs to its own output: that is shown where there is no key.
local function new_key(mmlua, folder)
   local said = folder .. "/key.log"
   local key = output_of(mmlua .. " key add " .. word(os.getenv("USER") or "serve")
      .. " --role admin --expires 1d --yes --reason 'mmlua serve' 2>" .. word(said))
   if not key then
      io.stderr:write(read(said))
      return errors.fail("io", "no key could be made")
   end
   return key
end

local function start(self, server, nginx)
   local socket = self.folder .. "/worker.sock"
   self.children = {server.spawn{"/bin/sh", "-c", ("exec env %s worker --listen %s"):format(self.mmlua, socket)}}
   if not wait_for(server, socket) then
      return errors.fail("io", "the worker did not start")
   end
   local path = serve.configure(self.folder, {listen = "127.0.0.1:" .. self.port, worker = socket, changes = true,
      user = output_of("id -u") == "0" and "root" or nil})
   self.children[2] = server.spawn{nginx, "-e", self.folder .. "/error.log", "-c", path}
   if not wait_for(server, self.folder .. "/nginx.pid") then
      return errors.fail("io", "nginx did not start: see the log in " .. self.folder)
   end
   return true
end

local function stop(self, server)
   local left, deadline = #(self.children or {}), os.time() + 10
   for i = left, 1, -1 do
      server.kill(self.children[i], "TERM")
   end
   while left > 0 and os.time() < deadline do
      left = left - (server.wait(1) and 1 or 0)
   end
   os.execute("rm -rf " .. word(self.folder))
end

--- Serves until it is asked to end. `mmlua` is the command line that finds the lake; what it prints names URL and key.
---@param mmlua string
---@param opts {port?: integer}
---@return true|nil, table|nil err
function serve.run(mmlua, opts)
   local server = require("mm.server")
   local port, err = free_port(opts.port)
   local nginx, missing = program()
   if not (port and nginx) then
      return nil, err or missing
   end
   local self = {mmlua = mmlua, port = port, folder = output_of("mktemp -d")}
   local key, is_started
   key, err = new_key(mmlua, self.folder)
   if key then
      server.lead()
      is_started, err = start(self, server, nginx)
   end
   if is_started then
      io.stdout:write(READY:format(port, key, port, key))
      io.stdout:flush()
      repeat until server.wait(3600) or server.is_stopping()
   end
   stop(self, server)
   return is_started, err
end

return serve
