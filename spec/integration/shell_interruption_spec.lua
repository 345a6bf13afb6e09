-- Ctrl-C, slow servers, dead servers; and what the prompt tells of the lake.
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

local OURS = "application_name like 'mm %' and datname = current_database()"
local PID = "select pid from pg_stat_activity where " .. OURS
-- Ends when a statement of the session waits for a lock.
local BLOCKED = [[
   do $$ begin
      for look in 1 .. 2000 loop
         perform pg_stat_clear_snapshot();
         exit when exists (select from pg_stat_activity where wait_event_type = 'Lock' and ]] .. OURS .. [[);
         perform pg_sleep(0.005);
      end loop;
   end $$]]

-- Presses Ctrl-C, and again, as long as the screen lacks the text: of signals that come at once one is lost.
local function press_until(term, text)
   local looks = 0
   term:wait_for(function(screen)
      if looks % 10 == 0 and not screen:find(text, 1, true) then
         term:keys("C-c")
      end
      looks = looks + 1
      return screen:find(text, 1, true)
   end, text)
end

describe("while a statement runs", function()
   local db, term, blocker

   setup(function()
      db = postgres.database("lake-0.33.0")
      blocker = db:session()
   end)
   before_each(function()
      term = shells.open(db)
      blocker:run("begin")
      blocker:run("lock table lakehouse_partitions in access exclusive mode")
   end)
   after_each(function()
      blocker:run("rollback")
      term:close()
   end)
   teardown(function()
      blocker:close()
      db:drop()
   end)

   local function begin(statement)
      term:enter(statement)
      db:psql(BLOCKED)
   end

   local function go_on()
      term:enter("'go' .. 'ing'")
      term:wait("\ngoing\n")
   end

   it("Ctrl-C cancels it, and the session stays, on the same connection", function()
      local pid = db:value(PID)
      begin("lake:status()")

      term:keys("C-c")

      term:wait("\nerror: interrupted: the statement status was cancelled\n" .. db.name)
      assert.are.equal(pid, db:value(PID))
      go_on()
   end)

   it("Ctrl-C cancels a verb as a whole", function()
      begin("outdated")

      term:keys("C-c")

      term:wait("\nmmlua outdated: interrupted: the statement schema_versions was cancelled\n" .. db.name)
   end)

   it("a cancellation hits nothing that comes later", function()
      begin("lake:list_view_sets()")
      term:keys("C-c")
      term:wait("was cancelled\n" .. db.name)
      blocker:run("rollback")
      blocker:run("begin")

      term:enter("for i = 1, 20 do assert(lake:list_view_sets()) end 'all'")
      term:enter("for i = 1, 20 do assert(lake:list_view_sets()) end print('all ' .. 20)")

      term:wait("\nall 20\n")
   end)

   it("Ctrl-C twice closes the connection to a server that does not react", function()
      local pid = db:value(PID)
      begin("lake:status()")
      shell.run("kill -STOP " .. pid)

      press_until(term, "error: interrupted twice: the connection was closed before the server had")

      go_on()
      shell.run("kill -CONT " .. pid)
   end)

   it("another connection is there after that", function()
      local pid = db:value(PID)
      begin("lake:status()")
      shell.run("kill -STOP " .. pid)
      press_until(term, "interrupted twice")
      blocker:run("rollback")
      blocker:run("begin")

      term:enter("lake:status().partitions + 0")

      term:wait("\n3082\n")
      shell.run("kill -CONT " .. pid)
   end)

   it("Ctrl-C ends a loop of Lua", function()
      term:enter("io.write('be', 'gun\\n') while true do end")
      term:wait("\nbegun")

      term:keys("C-c")

      term:wait("error: interrupted\n" .. db.name)
   end)

   it("Ctrl-C again and again ends what catches interruptions", function()
      term:enter("io.write('once ', 'more\\n') while true do pcall(function() while true do end end) end")
      term:wait("\nonce more")

      press_until(term, "error: interrupted\n" .. db.name)

      go_on()
   end)

   it("a prompt that cannot know what it shows does not wait for it", function()
      blocker:run("rollback")
      term:enter("init --yes --reason test")
      term:wait("made the schema")
      blocker:run("begin")
      blocker:run("lock table mmadmin.retirement in access exclusive mode")

      term:enter("1 + 1")

      term:wait("\n2\n" .. db.name .. " (no answer)>")
   end)
end)

describe("in doubt", function()
   it("is what a commit was doing when nobody waited for it any more", function()
      local db = postgres.database("lake-0.33.0")
      shell.run(shells.command(("init --yes --reason test --lake %s"):format(shell.quote(db.conninfo))))
      db:psql([[
         create function stop() returns trigger language plpgsql as $$ begin
            perform pg_advisory_xact_lock(1);
            return null;
         end $$;
         create constraint trigger stop after insert on mmadmin.item deferrable initially deferred
            for each row execute function stop()]])
      local blocker = db:session()
      blocker:run("select pg_advisory_lock(1)")
      local term = shells.open(db, {words = "--registry 0.33"})
      local pid = db:value(PID)
      term:enter("plan log_entries")
      db:psql(BLOCKED)
      shell.run("kill -STOP " .. pid)

      press_until(term, "in doubt: whether the last transaction was committed")

      shell.run("kill -CONT " .. pid)
      blocker:close()
      term:close()
      db:drop()
   end)
end)

describe("a server", function()
   local db, term

   before_each(function()
      db = postgres.database("lake-0.33.0")
   end)
   after_each(function()
      term:close()
      db:drop()
   end)

   it("that ends the connection between two statements is asked again", function()
      term = shells.open(db)
      db:psql("select pg_terminate_backend(pid) from pg_stat_activity where " .. OURS)

      term:enter("lake:status().partitions + 0")

      term:wait("\n3082\n")
   end)

   it("that ends the connection within a statement is reported, and asked again", function()
      term = shells.open(db)
      local blocker = db:session()
      blocker:run("begin")
      blocker:run("lock table lakehouse_partitions in access exclusive mode")
      term:enter("lake:status()")
      db:psql(BLOCKED)

      db:psql("select pg_terminate_backend(pid) from pg_stat_activity where " .. OURS)

      term:wait("\nerror: ")
      blocker:close()
      term:enter("lake:status().partitions + 0")
      term:wait("\n3082\n")
   end)

   it("that is gone does not end the session", function()
      term = shells.open(db)
      local admin = postgres.start().admin
      admin:psql(("alter database %s allow_connections false"):format(db.name))
      admin:psql(("select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'"):format(db.name))

      term:enter("lake:status()")

      term:wait("error: no connection to the lake's database\n")
      admin:psql(("alter database %s allow_connections true"):format(db.name))
      term:enter("lake:status().partitions + 0")
      term:wait("\n3082\n")
   end)

   it("that takes connections and says nothing is given up, and the session begins", function()
      local postmaster = shell.run(("head -n 1 %s/data/postmaster.pid"):format(postgres.start().server.folder)).stdout
      shell.run("kill -STOP " .. postmaster)

      local is_right, problem = pcall(function()
         term = shells.open({name = ">", conninfo = db.conninfo .. " connect_timeout=2"})
         term:wait("detail: no answer within 2 s\nno lake is open; \\c LAKE opens one\n>")
      end)

      shell.run("kill -CONT " .. postmaster)
      assert.is_true(is_right, problem)
   end)

   it("that says nothing is not waited for after Ctrl-C", function()
      local postmaster = shell.run(("head -n 1 %s/data/postmaster.pid"):format(postgres.start().server.folder)).stdout
      term = shells.open(db)
      shell.run("kill -STOP " .. postmaster)

      local is_right, problem = pcall(function()
         term:enter("io.write('be', 'gun\\n') print(mm.open(arg[2]))")
         term:wait("\nbegun")
         term:keys("C-c")
         term:wait("interrupted while connecting")
      end)

      shell.run("kill -CONT " .. postmaster)
      assert.is_true(is_right, problem)
   end)
end)

describe("the prompt", function()
   local db, term

   setup(function()
      db = postgres.database("lake-0.33.0")
      term = shells.open(db)
   end)
   teardown(function()
      term:close()
      db:drop()
   end)

   local function in_lake(words)
      local result = shell.run(shells.command(("%s --lake %s"):format(words, shell.quote(db.conninfo))))
      assert(result.code == 0, result.stderr)
      return result.stdout
   end

   it("says that no registry is published, and when one is", function()
      term:wait("\n" .. db.name .. " (no registry)>")
      term:enter("init --yes --reason test")
      term:wait("made the schema mmadmin")

      term:enter("registry publish --registry 0.33 --yes --reason test")

      term:wait("\n" .. db.name .. ">")
   end)

   it("says that a retirement is under way, or paused", function()
      local id = in_lake("plan log_entries --quiet"):match("plan (%S+):")

      db:psql("update mmadmin.retirement set state = 'applying', applied_at = now(), undo_until = now() + interval '1 day'")
      term:enter("1")
      term:wait(("\n%s (applying %s)>"):format(db.name, id))
      db:psql("update mmadmin.retirement set state = 'paused'")
      term:enter("1")

      term:wait(("\n%s (paused %s)>"):format(db.name, id))
   end)

   it("is what `_PROMPT` says, and again its own", function()
      term:enter("_PROMPT, _PROMPT2 = setmetatable({}, {__tostring = function() return 'mine: ' end}), 'more: '")
      term:wait("\nmine:")
      term:enter("(")
      term:wait("\nmore:")
      term:keys("C-c")

      term:enter("_PROMPT = nil")

      term:wait("mine: _PROMPT = nil\n" .. db.name)
   end)

   it("says that the lake was closed", function()
      term:enter("lake:close()")

      term:wait("\n(lake closed)>")
   end)
end)
