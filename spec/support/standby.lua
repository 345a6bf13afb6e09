-- A private PostgreSQL and a hot standby of it, each on its own socket; both end with this process.
--   local pair = standby.start(fill)     fill(primary) makes what both shall have, before the standby is made
--   pair.primary, pair.standby           handles like db, see psql.lua
--   pair:catch_up()                      waits until the standby has what the primary has
--   pair:stop()
local postgres = require("spec.support.postgres")
local psql = require("spec.support.psql")
local shell = require("spec.support.shell")

local standby = {}
standby.__index = standby

local function handle(folder)
   return setmetatable({conninfo = ("host=%s port=5432 user=postgres dbname=postgres"):format(folder)}, psql)
end

local function run(command)
   local result = shell.run(postgres.unprivileged(command))
   assert(result.code == 0, result.stderr)
end

-- `exec`, so that it is this process whose end ends the server.
local function serve(folder)
   local bin = shell.run("pg_config --bindir").stdout:match("%S+")
   local drop = shell.run("id -u").stdout == "0\n" and "--reuid=postgres --regid=postgres --init-groups" or ""
   return assert(io.popen(("exec setpriv %s --pdeathsig QUIT -- %s/postgres -D %s -k %s -c listen_addresses= -c max_wal_senders=3 "
      .. ">%s/log 2>&1"):format(drop, bin, folder, folder, folder), "w"))
end

function standby.start(fill)
   local server = assert(dofile("demo/throwaway.lua").start("spec/support/replicated-postgres"))
   local self = setmetatable({server = server, folder = server.folder .. "/standby", primary = handle(server.folder)}, standby)
   fill(self.primary)
   run(("pg_basebackup -h %s -p 5432 -U postgres -D %s -R -c fast --no-sync"):format(server.folder, self.folder))
   self.process = serve(self.folder)
   run(("timeout 60 sh -c 'until grep -q \"ready to accept read-only\" %s/log; do sleep 0.05; done'"):format(self.folder))
   self.standby = handle(self.folder)
   return self
end

function standby:catch_up()
   local lsn = self.primary:value("select pg_current_wal_flush_lsn()")
   self.standby:psql(("do $$ begin for i in 1 .. 6000 loop exit when pg_last_wal_replay_lsn() >= '%s'; perform pg_sleep(0.01); end loop; end $$")
      :format(lsn))
end

function standby:stop()
   run(("kill -QUIT $(head -n 1 %s/postmaster.pid)"):format(self.folder))
   self.process:close()
   self.server:stop()
end

return standby
