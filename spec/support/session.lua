-- A psql that stays connected, to step through concurrent transactions.
--   local one = db:session()      one.pid is the pid of its server process
--   one:run(sql) -> text          one statement, and its outcome; raises the server's message
--   one:send(sql)                 starts one statement without waiting for it
--   one:settle() -> "done" or "blocked"    waits until the statement has ended or waits for a lock
--   one:wait() -> text            the outcome of what was sent
--   one:is_blocked()  one:close()
local coprocess = require("spec.support.coprocess")
local shell = require("spec.support.shell")

local session = {}
session.__index = session

local MARK = "<<end of statement>>"
-- Most statements end at once: it looks again a while before it begins to sleep in between.
local SETTLED = [[
   do $$ begin
      for look in 1 .. 1000000000 loop
         perform pg_stat_clear_snapshot();
         exit when cardinality(pg_blocking_pids(%d)) > 0 or not exists (
            select from pg_stat_get_activity(%d) where state not like 'idle%%' or state_change = '%s');
         if look > 100 then
            perform pg_sleep(0.001);
         end if;
      end loop;
   end $$;
   select case when cardinality(pg_blocking_pids(%d)) > 0 then 'blocked' else 'done' end || ' '
          || coalesce((select state_change from pg_stat_get_activity(%d))::text, '')]]

function session.open(observer)
   local process = coprocess.start("psql -X -q -A -t -d " .. shell.quote(observer.conninfo))
   local self = setmetatable({process = process, observer = observer}, session)
   process:write("select pg_backend_pid();\n\\echo " .. MARK .. "\n")
   self.pid = tonumber(self:wait())
   return self
end

local function last_change(self)
   return self.observer:value("select state_change from pg_stat_get_activity(" .. self.pid .. ")")
end

function session:send(sql)
   self.quiet_since = self.changed or last_change(self)
   self.changed = nil
   self.process:write(sql:match("^(.-)[;%s]*$") .. ";\n\\echo " .. MARK .. "\n")
end

function session:wait()
   local lines, failed = {}, false
   for line in function() return self.process:read() end do
      if line == MARK then
         break
      end
      failed = failed or line:match("^%u+:  ") and not line:match("^NOTICE") and not line:match("^WARNING")
      lines[#lines + 1] = line
   end
   local text = table.concat(lines, "\n")
   if failed then
      error(text, 0)
   end
   return text
end

function session:run(sql)
   self:send(sql)
   return self:wait()
end

function session:settle()
   local observer, pid = self.observer, self.pid
   local outcome, changed = observer:value(SETTLED:format(pid, pid, self.quiet_since, pid, pid)):match("^(%a+) (.*)$")
   self.changed = outcome == "done" and changed ~= "" and changed or nil
   return outcome
end

function session:is_blocked()
   return self.observer:value("select cardinality(pg_blocking_pids(" .. self.pid .. ")) > 0") == "t"
end

function session:close()
   self.process:close()
end

return session
