-- A connection that is lost, waits, is interrupted or closed, and whatever the server was told to do by default.
local mm = require("mm")
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")
local shell = require("spec.support.shell")
local worker = require("spec.support.worker")

local NEWEST = assert(mm.registry.release("0.33"))
local MMLUA = (os.getenv("BUILD") or "build") .. "/bin/mmlua"
local OURS = "datname = current_database() and application_name like 'mm %'"
local LISTEN = [[perl -MIO::Socket::UNIX -e '$| = 1; my $socket = IO::Socket::UNIX->new(Local => shift, Listen => 1);
   print "listening\n"; my $client = $socket->accept; print "connected\n"; <STDIN>' ]]

local db, lake

local function make_database()
   db = postgres.database("catalog-v10")
   rows.one_of_each(db)
end

local function drop_database()
   db:drop()
end

local function open()
   lake = assert(mm.open(db.conninfo, {registry = NEWEST, timeout = 1}))
end

local function close()
   lake:close()
end

local function assert_failed(code, text, result, err)
   assert.is_nil(result)
   assert.are.equal(text, tostring(err))
   assert.are.equal(code, err.code)
   return err
end

local function terminate(condition)
   local sql = "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where "
   assert.are.equal("1", db:value(sql .. (condition or OURS)))
end

-- Somebody who holds the lake's partitions until `release`.
local function hold_partitions()
   local holder = db:session()
   holder:run("begin")
   holder:run("lock table lakehouse_partitions")
   return holder
end

local function release(holder)
   holder:run("rollback")
   holder:close()
end

describe("a connection that is lost", function()
   setup(make_database)
   before_each(open)
   after_each(close)
   teardown(drop_database)

   it("while nothing runs is made again by the next call", function()
      terminate()

      assert.are.equal(1, #assert(lake:list_outdated_partitions()))
      assert.are.equal(12, #assert(lake:list_partitions()):all())
   end)

   it("while a statement runs is an error of that call, and the next connects again", function()
      local one = worker.start(db)
      one:run("lake = assert(mm.open(conninfo))")
      local holder = hold_partitions()
      one:send("local ok, err = lake:status() return ok, err.code, err.message, err.sqlstate, err.outcome")
      assert.are.equal("blocked", one:settle())

      terminate(("application_name = '%s'"):format(one.name))

      local result = {one:wait()}
      release(holder)
      assert.are.same({nil, "connection", "status: terminating connection due to administrator command", "57P01",
         "aborted"}, result)
      assert.are.equal(12, one:run("return lake:status().partitions"))
      one:close()
   end)

   it("inside a loop, between two pages, is made again for the next one", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', 'b', '2026-01-01', n from generate_series(1, 1500) n]])
      local list, count = assert(lake:list_partitions()), 0
      terminate()

      for _ in list do
         count = count + 1
      end

      assert.are.equal(1512, count)
      db:psql("delete from lakehouse_partitions where view_set_name = 'a'")
   end)

   it("and cannot be made again is an error until it can", function()
      local admin = postgres.start().admin
      terminate()
      admin:psql(("alter database %s rename to away"):format(db.name))
      lake:list_outdated_partitions()

      assert_failed("connection", ("no connection to the lake's database: connection to server on socket "
         .. '"%s/.s.PGSQL.5432" failed: FATAL:  database "%s" does not exist'):format(postgres.start().server.folder,
         db.name), lake:list_outdated_partitions())

      admin:psql(("alter database away rename to %s"):format(db.name))
      assert.are.equal(1, #assert(lake:list_outdated_partitions()))
   end)

   it("while something is changed leaves nothing behind", function()
      local one = worker.start(db)
      one:run("lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')})) assert(lake:init())")
      local holder = hold_partitions()
      one:send("local ok, err = lake:plan{all = true} return ok, err.code")
      assert.are.equal("blocked", one:settle())

      terminate(("application_name = '%s'"):format(one.name))

      local result = {one:wait()}
      release(holder)
      assert.are.same({nil, "connection"}, result)
      assert.are.equal("0", db:value("select count(*) from mmadmin.retirement"))
      one:close()
   end)
end)

describe("a statement that waits too long", function()
   setup(make_database)
   before_each(open)
   after_each(close)
   teardown(drop_database)

   it("is given up, and the error says which it was and how to allow more time", function()
      local holder = hold_partitions()

      local err = assert_failed("timeout", "status: canceling statement due to statement timeout", lake:status())

      release(holder)
      assert.are.equal("allow more time: mm.open(lake, {timeout = seconds}), --timeout", err.hint)
      assert.are.equal("57014", err.sqlstate)
   end)

   it("leaves the lake as good as before", function()
      local holder = hold_partitions()
      lake:status()
      release(holder)

      assert.are.equal(12, lake:status().partitions)
      assert.are.same({{"idle"}}, db:rows("select state from pg_stat_activity where " .. OURS))
   end)

   it("is given the time that mm allows, not what the database allows by default", function()
      db:psql(("alter database %s set statement_timeout = '100ms'; alter database %s set lock_timeout = '100ms'")
         :format(db.name, db.name))
      local one = worker.start(db)
      one:run("lake = assert(mm.open(conninfo))")
      local holder = db:session()
      holder:run("set statement_timeout = 0")
      holder:run("begin")
      holder:run("lock table lakehouse_partitions")
      one:send("return lake:status().partitions")
      repeat until db:value("select now() - query_start > interval '300 ms' from pg_stat_activity where "
         .. ("application_name = '%s' and cardinality(pg_blocking_pids(pid)) > 0"):format(one.name)) == "t"

      release(holder)

      assert.are.equal(12, one:wait())
      one:close()
   end)
end)

describe("an interruption", function()
   local path, process

   setup(make_database)
   before_each(function()
      path = os.tmpname()
   end)
   after_each(function()
      process:close()
      os.remove(path)
   end)
   teardown(drop_database)

   -- A script in mmlua, with `lake` and `mm` open; at its end comes `exit CODE`.
   local function start(script, arguments)
      local file = assert(io.open(path, "w"))
      file:write("local mm = require('mm')\n", script)
      file:close()
      local command = ("echo $$; exec %s %s"):format(MMLUA, arguments or path .. " " .. shell.quote(db.conninfo))
      process = coprocess.start("sh -c " .. shell.quote(("sh -c %s; echo exit $?"):format(shell.quote(command))))
      return process:read()
   end

   local function interrupt_blocked(pid)
      repeat until db:value("select count(*) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0") == "1"
      shell.run("kill -INT " .. pid)
   end

   local function read_all()
      local lines = {}
      for line in function() return process:read() end do
         lines[#lines + 1] = line
      end
      return lines
   end

   it("cancels the statement that runs, which ends with the code cancelled", function()
      local holder = hold_partitions()
      local pid = start("local lake = assert(mm.open(arg[1])) local _, err = lake:status() "
         .. "print(err.code, err, err.sqlstate)")

      interrupt_blocked(pid)

      assert.are.same({"cancelled\tinterrupted: the statement status was cancelled\t57014", "exit 0"}, read_all())
      assert.are.equal("0", db:value("select count(*) from pg_stat_activity where state = 'active' and " .. OURS))
      release(holder)
   end)

   it("leaves the lake as good as before", function()
      local holder = hold_partitions()
      local pid = start("local lake = assert(mm.open(arg[1])) print(lake:status()) io.read() "
         .. "print(lake:status().partitions)")
      interrupt_blocked(pid)
      assert.matches("^nil\t", process:read())

      release(holder)
      process:write("\n")

      assert.are.same({"12", "exit 0"}, read_all())
   end)

   it("that nobody handles ends mmlua with 130", function()
      local holder = hold_partitions()
      local pid = start("assert(assert(mm.open(arg[1])):status())")

      interrupt_blocked(pid)

      local lines = read_all()
      assert.are.equal("exit 130", lines[#lines])
      assert.matches("interrupted: the statement status was cancelled", lines[1], 1, true)
      release(holder)
   end)

   it("ends a verb with 130, and says what it was doing", function()
      local holder = hold_partitions()
      local pid = start("", "status --registry 0.33 --lake " .. shell.quote(db.conninfo))

      interrupt_blocked(pid)

      assert.are.same({"mmlua status: interrupted: the statement status was cancelled", "exit 130"}, read_all())
      release(holder)
   end)

   it("ends waiting for a server that does not answer", function()
      local folder = postgres.start().server.folder
      local silent = coprocess.start(LISTEN .. folder .. "/.s.PGSQL.7001")
      assert.are.equal("listening", silent:read())
      local pid = start("local _, err = mm.open('host=' .. arg[1]:match('host=(%S+)') .. ' port=7001') "
         .. "print(err.code, err)")
      assert.are.equal("connected", silent:read())

      shell.run("kill -INT " .. pid)

      assert.are.same({"cancelled\tinterrupted while connecting", "exit 0"}, read_all())
      silent:close()
   end)
end)

describe("a lake that is closed", function()
   setup(make_database)
   before_each(open)
   after_each(close)
   teardown(drop_database)

   local function connections()
      return db:value("select count(*) from pg_stat_activity where " .. OURS)
   end

   local function wait_for(count)
      repeat until connections() == count
   end

   it("closes its connection", function()
      wait_for("1")

      lake:close()

      wait_for("0")
   end)

   it("may be closed again", function()
      lake:close()

      assert.has_no.errors(function()
         lake:close()
      end)
   end)

   it("may have been forgotten instead", function()
      assert(mm.open(db.conninfo))
      collectgarbage()
      collectgarbage()

      wait_for("1")
   end)

   it("may be one of Lua's variables that close", function()
      if not math.type then -- luacheck: ignore
         return
      end
      local scope = assert(load("local mm, conninfo = ... local lake <close> = mm.open(conninfo) return lake:status()"))

      assert.are.equal(12, scope(mm, db.conninfo).partitions)

      wait_for("1")
   end)
end)

describe("whatever the database sets by default", function()
   after_each(function()
      close()
      drop_database()
   end)

   local function open_with(...)
      db = postgres.database("lake-0.33.0")
      for _, setting in ipairs{...} do
         db:psql(("alter database %s set %s"):format(db.name, setting))
      end
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
   end

   it("about texts, answers are the same", function()
      open_with("standard_conforming_strings = off", "escape_string_warning = off", "bytea_output = 'escape'",
         "quote_all_identifiers = on", "backslash_quote = on", "array_nulls = off", "transform_null_equals = on")

      local groups = assert(lake:list_outdated_partitions())

      local total = {0, 0}
      for _, group in ipairs(groups) do
         total = {total[1] + group.partition_count, total[2] + group.replaced}
      end
      assert.are.same({1184, 4}, total)
      assert.are.equal(3082, #assert(lake:list_partitions()):all())
   end)

   it("about times, answers are the same", function()
      open_with("timezone = 'America/New_York'", "datestyle = 'SQL, DMY'", "intervalstyle = 'iso_8601'")

      local expected = db:value("select count(*) from lakehouse_partitions where begin_insert_time >= '2026-11-17 00:00Z'")
      assert.are.equal(expected, tostring(#assert(lake:list_partitions{from = "2026-11-17"}):all()))
   end)

   it("about transactions, answers are the same", function()
      open_with("default_transaction_isolation = 'serializable'", "default_transaction_deferrable = on",
         "search_path = 'nowhere'", "enable_hashjoin = off", "client_min_messages = debug5")

      assert.are.equal(1184, assert(lake:list_view_sets()) and #assert(lake:list_partitions{status = "outdated"}):all())
   end)
end)
