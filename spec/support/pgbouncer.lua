-- Debian's PgBouncer in transaction mode before a database, on a private Unix socket; gone with the run.
--
--   local bouncer = pgbouncer.start(db, {pool_size = 2})
--   bouncer.conninfo    for the code under test; two clients share two server connections
--   bouncer:stop()
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local pgbouncer = {}
pgbouncer.__index = pgbouncer

local count = 0
local INI = [[
[databases]
* = host=%s port=5432 user=%s
[pgbouncer]
listen_addr =
listen_port = %d
unix_socket_dir = %s
auth_type = any
pool_mode = transaction
default_pool_size = %d
log_connections = 0
log_disconnections = 0
log_stats = 0
]]

local function write_ini(folder, user, port, pool_size)
   local path = ("%s/pgbouncer-%d.ini"):format(folder, port)
   local file = assert(io.open(path, "w"))
   file:write(INI:format(folder, user, port, folder, pool_size))
   file:close()
   return path
end

-- Reads its log until it says that it is up; then it is silent.
local function wait_until_up(process)
   local lines = {}
   for line in function() return process:read() end do
      lines[#lines + 1] = line
      if line:match("process up") then
         return
      end
   end
   error("pgbouncer did not start:\n" .. table.concat(lines, "\n"))
end

function pgbouncer.start(db, options)
   local folder = postgres.start().server.folder
   count = count + 1
   local port = 6400 + count
   local ini = write_ini(folder, db.user, port, options and options.pool_size or 2)
   local command = postgres.unprivileged("/usr/sbin/pgbouncer " .. shell.quote(ini))
   local process = coprocess.start("spec/support/until-eof " .. command)
   wait_until_up(process)
   local conninfo = ("host=%s port=%d user=%s dbname=%s"):format(folder, port, db.user, db.name)
   return setmetatable({process = process, conninfo = conninfo}, pgbouncer)
end

function pgbouncer:stop()
   self.process:close()
end

return pgbouncer
