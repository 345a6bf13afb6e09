-- The code under test in a process of its own, for specs of concurrency and of sudden death.
--
--   local one = worker.start(db)   in it `mm` is loaded and `conninfo` leads to db
--   one:run("lake = assert(mm.open(conninfo))")
--   one:run("return lake:apply_batch(...)", id) -> what the chunk returns: nil, booleans, numbers, strings,
--                                  plain tables of them; raises what it raises; its globals stay
--   one:send(chunk, ...)           starts a chunk without waiting for it
--   one:settle() -> "done" or "blocked"     waits until the chunk has ended or waits for a lock of the server
--   one:wait() -> values           what the chunk sent returns
--   one:kill()                     SIGKILL
--   one:close()
local coprocess = require("spec.support.coprocess")
local serialize = require("spec.support.serialize")
local shell = require("spec.support.shell")

local worker = {}
worker.__index = worker

local count = 0
local BLOCKED = [[select exists (select from pg_stat_activity
   where application_name = '%s' and cardinality(pg_blocking_pids(pid)) > 0)]]

function worker.start(db)
   count = count + 1
   local self = setmetatable({db = db, name = ("worker_%d"):format(count), sent = 0, progress = os.tmpname()}, worker)
   local conninfo = db.conninfo .. " application_name=" .. self.name
   local lua = os.getenv("SPEC_LUA") or "lua5.4"
   self.process = coprocess.start(("%s spec/support/worker_main.lua %s %s"):format(
      shell.quote(lua), shell.quote(self.progress), shell.quote(conninfo)))
   return self
end

function worker:send(chunk, ...)
   self.sent = self.sent + 1
   self.process:write(serialize.encode({chunk = chunk, n = select("#", ...), ...}) .. "\n")
end

function worker:wait()
   local printed = {}
   for line in function() return self.process:read() end do
      local answer = line:match("^\27(.*)")
      if answer then
         local values = serialize.decode(answer)
         if values.is_error then
            error(values[1], 0)
         end
         return (unpack or table.unpack)(values, 1, values.n) -- luacheck: ignore
      end
      printed[#printed + 1] = line
   end
   error("the worker died:\n" .. table.concat(printed, "\n"), 0)
end

function worker:run(chunk, ...)
   self:send(chunk, ...)
   return self:wait()
end

local function chunks_done(self)
   local file = assert(io.open(self.progress))
   local done = file:read("*a")
   file:close()
   return tonumber(done) or 0
end

function worker:settle()
   while chunks_done(self) < self.sent do
      if self.db:value(BLOCKED:format(self.name)) == "t" then
         return "blocked"
      end
   end
   return "done"
end

function worker:close()
   self.process:close()
   os.remove(self.progress)
end

function worker:kill()
   self.process:kill()
   os.remove(self.progress)
end

return worker
