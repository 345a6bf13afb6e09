-- A second private PostgreSQL, which can be stopped as if it had crashed and started again; gone with the run.
--
--   local second = cluster.start()          cluster.start{tcp = true} listens on a free port of the loopback interface, too
--   second:database() -> db     with upstream's empty tables, as postgres.database("catalog-v10") is
--   second.folder               of its socket
--   second:over_tcp(db)         the conninfo that leads there over TCP
--   second:crash()              pg_ctl stop -m immediate: what was not written to the log by then is lost
--   second:start_again()
--   second:stop()
-- A transaction that does not ask to be safe in the log at its end is lost then.
local catalog = require("spec.support.catalog")
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local psql = require("spec.support.psql")
local shell = require("spec.support.shell")

local cluster = {}
cluster.__index = cluster

local PORT = 5432 -- of the socket, and nobody listens on it
local FREE_PORT = [[perl -MIO::Socket::INET -e \
   'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport, "\n"']]
local SERVER = "postgres -D %s/data -k %s -p %d -c listen_addresses=%s -c timezone=UTC -c fsync=off "
   .. "-c full_page_writes=off -c synchronous_commit=off -c wal_writer_delay=10s"

local function run(command)
   local result = shell.run(postgres.unprivileged(command))
   assert(result.code == 0, result.stderr)
   return shell.lines(result.stdout)
end

local function handle(self, name)
   local conninfo = ("host=%s port=%d user=postgres dbname=%s"):format(self.folder, self.port, name)
   return setmetatable({name = name, user = "postgres", conninfo = conninfo}, psql)
end

function cluster:start_again()
   local address = self.port ~= PORT and "127.0.0.1" or ""
   local command = postgres.unprivileged(SERVER:format(self.folder, self.folder, self.port, address))
   self.process = coprocess.start("spec/support/until-eof " .. command)
   local lines = {}
   for line in function() return self.process:read() end do
      lines[#lines + 1] = line
      if line:find("ready to accept connections", 1, true) then
         return
      end
   end
   error("postgres did not start:\n" .. table.concat(lines, "\n"))
end

function cluster.start(opts)
   local folder = run(("mktemp -d %s/second.XXXX"):format(postgres.start().server.folder))[1]
   local port = opts and opts.tcp and shell.run(FREE_PORT).stdout or PORT
   local self = setmetatable({folder = folder, port = tonumber(port)}, cluster)
   run(("initdb -D %s/data -U postgres -A trust -E UTF8 --no-locale --no-sync"):format(self.folder))
   self:start_again()
   return self
end

function cluster:database()
   self.databases = (self.databases or 0) + 1
   local db = handle(self, ("spec_%d"):format(self.databases))
   handle(self, "postgres"):psql("create database " .. db.name)
   db:psql(catalog.create_statements(10))
   return db
end

function cluster:over_tcp(db)
   return ("host=127.0.0.1 port=%d user=postgres dbname=%s"):format(self.port, db.name)
end

function cluster:crash()
   run(("pg_ctl -D %s/data stop -m immediate"):format(self.folder))
   self.process:close()
end

cluster.stop = cluster.crash

return cluster
