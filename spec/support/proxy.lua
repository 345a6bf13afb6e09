-- A proxy before a database that knows the messages of PostgreSQL's protocol, and cuts or holds a connection at one of
-- them; gone with the run. Directions are "frontend" (what the client sends) and "backend".
--
--   local between = proxy.start(db)
--   between.conninfo                        for the code under test
--   between:cut(where, direction, n, [later])    the connection ends just "before" the nth message of that direction from
--                                           now on is forwarded, "inside" it or just "after" it; `later` "refuse": and
--                                           so do all later connections, at once
--   between:hold(direction, n)              from that message on nothing is forwarded
--   between:wait_until_held()               until that message is there, and the server has executed what came before
--   between:release()                       what is held goes on
--   between:drop()                          ends all connections; what was held is not forwarded any more
--   between:pass()                          everything passes from now on
--   between:seen() -> {is_there =, open =, frontend =, backend =}    whether that message came, how many connections are
--                                           open, and the types of the messages that were forwarded since the last cut,
--                                           hold or pass, a character each: as PostgreSQL's manual has them, but "*" for
--                                           the packet that begins a connection, and "r" for the text of a statement
--                                           that begins a transaction which only reads
--   between:stop()
--   proxy.pipelines(seen) -> list of {direction =, from =, types =, is_reading =}: which messages go together, up to a
--                                           Sync of the frontend, a ReadyForQuery of the backend
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local proxy = {}
proxy.__index = proxy

local PROGRAM = (os.getenv("BUILD") or "build") .. "/test/cuts-proxy"

-- `server` is the folder of another server's socket.
function proxy.start(db, server)
   server = server or postgres.start().server.folder
   local folder = shell.lines(shell.run(("mktemp -d %s/cuts.XXXX"):format(server)).stdout)[1]
   local socket = "/.s.PGSQL.5432"
   local process = coprocess.start(("%s %s %s"):format(PROGRAM, shell.quote(folder .. socket),
      shell.quote(server .. socket)))
   local word = process:read()
   assert(word == "listening", word)
   local conninfo = ("host=%s port=5432 user=%s dbname=%s"):format(folder, db.user, db.name)
   return setmetatable({process = process, conninfo = conninfo, name = db.name, user = db.user}, proxy)
end

local function expect(self, word)
   local line = self.process:read()
   assert(line == word, ("the proxy said %s, not %s"):format(tostring(line), word))
end

local function tell(self, ...)
   self.process:write(table.concat({...}, " ") .. "\n")
   expect(self, "ok")
end

function proxy:cut(where, direction, n, later)
   tell(self, where, direction, ("%d"):format(n), later)
end

function proxy:hold(direction, n)
   tell(self, "hold", direction, ("%d"):format(n))
end

function proxy:wait_until_held()
   expect(self, "held")
end

for _, name in ipairs{"release", "drop", "pass"} do
   proxy[name] = function(self)
      tell(self, name)
   end
end

function proxy:seen()
   self.process:write("seen\n")
   local word, open, frontend, backend = self.process:read():match("^(%S+) (%d+) %-(%S*) %-(%S*)$")
   return {is_there = word == "there", open = tonumber(open), frontend = frontend, backend = backend}
end

local ENDS = {frontend = "[^S]*S", backend = "[^Z]*Z"}

function proxy.pipelines(seen)
   local list, is_reading = {}, {}
   for _, direction in ipairs{"frontend", "backend"} do
      local from, number = 1, 0
      for types in seen[direction]:gmatch(ENDS[direction]) do
         number = number + 1
         if direction == "frontend" then
            is_reading[number] = types:sub(1, 1) == "r"
         end
         list[#list + 1] = {direction = direction, from = from, types = types, is_reading = is_reading[number]}
         from = from + #types
      end
   end
   return list
end

function proxy:stop()
   self.process:close()
end

return proxy
