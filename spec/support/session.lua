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
   create or replace function pg_temp.settled(process int, quiet_since timestamptz) returns text language plpgsql as $$
   declare
      is_blocked bool;
   begin
      for look in 1 .. 1000000000 loop
         perform pg_stat_clear_snapshot();
         is_blocked := cardinality(pg_blocking_pids(process)) > 0;
         exit when is_blocked or not exists (select from pg_stat_get_activity(process)
                                              where state not like 'idle%' or state_change = quiet_since);
         if look > 50 then
            perform pg_sleep(0.001);
         end if;
      end loop;
      return case when is_blocked then 'blocked' else 'done' end || ' '
             || coalesce((select state_change from pg_stat_get_activity(process))::text, '');
   end $$]]
local SETTLE = "select pg_temp.settled(%d, '%s')"

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

-- A statement without the semicolon and the line ends behind it.
function session.without_end(sql)
   return sql:sub(1, sql:find("[;%s]*$", -20) - 1)
end

function session:send(sql)
   self.quiet_since = self.changed or last_change(self)
   self.changed = nil
   self.process:write(session.without_end(sql) .. ";\n\\echo " .. MARK .. "\n")
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

-- An observer whose connection stays makes the function once.
local function settled(self)
   local observer, call = self.observer, SETTLE:format(self.pid, self.quiet_since)
   if not observer.is_connected then
      return observer:value(SETTLED .. ";" .. call)
   elseif not observer.has_settled then
      observer:psql(SETTLED)
      observer.has_settled = true
   end
   return observer:value(call)
end

function session:settle()
   local outcome, changed = settled(self):match("^(%a+) (.*)$")
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
