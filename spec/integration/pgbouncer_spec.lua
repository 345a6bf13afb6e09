-- Through PgBouncer in transaction mode: everything works, and nothing is left on the server connection that the next
-- client gets.
local mm = require("mm")
local pgbouncer = require("spec.support.pgbouncer")
local postgres = require("spec.support.postgres")
local psql = require("spec.support.psql")
local rows = require("spec.support.rows")
local stage = require("spec.support.stage")

local NEWEST = assert(mm.registry.release("0.33"))
local SESSION = [[
   select 'pid', pg_backend_pid()::text
   union all select 'setting ' || name, setting from pg_settings
   union all select 'statement ' || name, statement from pg_prepared_statements
   union all select 'cursor ' || name, statement from pg_cursors
   union all select 'temporary ' || relname, null from pg_class where pg_my_temp_schema() = relnamespace
   union all select 'channel ' || channel, null from pg_listening_channels() channel
   union all select 'advisory lock', objid::text from pg_locks where locktype = 'advisory'
   order by 1, 2]]
local CONTENT = [[select md5(string_agg(p::text, ' ' order by p::text)) from lakehouse_partitions p]]

local db, bouncer, lakes

local function open()
   local lake = assert(mm.open(bouncer.conninfo, {registry = NEWEST}))
   lakes[#lakes + 1] = lake
   return lake
end

local function start(pool_size, name)
   db = postgres.database(name or "lake-0.33.0")
   bouncer = pgbouncer.start(db, {pool_size = pool_size})
   lakes = {}
end

local function stop()
   for _, lake in ipairs(lakes) do
      lake:close()
   end
   if bouncer then
      bouncer:stop()
   end
   db:drop()
end

-- Another client of the same server connection.
local function neighbour()
   return setmetatable({conninfo = bouncer.conninfo}, psql)
end

local function retire_all(lake)
   local plan = assert(lake:plan{all = true, verdicts = {"replaced", "empty"}})
   return assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES, limit = 200}))
end

describe("through PgBouncer in transaction mode", function()
   after_each(stop)

   it("a lake is looked at, planned, applied and undone", function()
      start(1)
      local before = db:value(CONTENT)
      local lake = open()
      assert(lake:init())

      local applied = retire_all(lake)
      assert.are.equal(736, applied.retired)
      assert.are.equal("2346", db:value("select count(*) from lakehouse_partitions"))
      local undone = assert(lake:undo(applied.id, {reason = "spec"}))

      assert.are.equal("undone", undone.state)
      assert.are.equal(before, db:value(CONTENT))
   end)

   it("nothing stays on the session", function()
      start(1)
      local before = neighbour():rows(SESSION)
      local lake = open()
      assert(lake:init())
      local applied = retire_all(lake)
      assert(lake:undo(applied.id, {reason = "spec"}))
      assert(lake:status())
      lake:list_partitions{view_set = "nosuch"}

      local after = neighbour():rows(SESSION)

      assert.is_true(#before > 300)
      assert.are.same(before, after)
   end)

   it("nothing stays on the session after a statement failed", function()
      start(1, "catalog-v10")
      local lake = open()
      local before = neighbour():rows(SESSION)
      db:psql("alter table lakehouse_partitions rename to elsewhere")

      local list, err = lake:list_partitions()

      assert.are.same({nil, "query"}, {list, err.code})
      assert.are.same(before, neighbour():rows(SESSION))
   end)

   it("several clients share one server connection, each in the middle of its work", function()
      start(1)
      local one = open()
      assert(one:init())
      local two = open()
      local plan = assert(one:plan{all = true, verdicts = {"replaced", "empty"}})
      local seen, batches = 0, 0
      local list = assert(two:list_partitions{view_set = "measures"})

      assert(one:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES, limit = 100, on_batch = function()
         batches = batches + 1
         assert(two:status())
         seen = list() and seen + 1 or seen
         assert.are.equal("1", neighbour():value("select 1"))
      end}))

      assert.is_true(batches > 5)
      assert.are.equal(batches, seen)
      assert.are.equal("1", db:value("select count(distinct pid) from pg_stat_activity where pid <> pg_backend_pid()"
         .. " and datname = current_database() and backend_type = 'client backend'"))
   end)

   it("each transaction may run on another server connection", function()
      start(2)
      local lake = open()
      assert(lake:init())
      -- Holds one of the two, so that it is the other's turn.
      local holder = psql.session(neighbour())
      holder:run("begin")

      local applied = retire_all(lake)

      holder:run("rollback")
      holder:close()
      assert.are.equal(736, applied.retired)
   end)

   it("a neighbour's temporary tables do not stand before the lake's", function()
      start(1, "catalog-v10")
      rows.one_of_each(db)
      neighbour():psql([[create temporary table lakehouse_partitions (like lakehouse_partitions);
         create temporary table lakehouse_migration (version integer); insert into lakehouse_migration values (99);
         create temporary table settings (key text, value jsonb); create temporary table temporary_files (a text);
         create temporary table pg_class (a text)]])

      local lake = open()

      local status = assert(lake:status())
      assert.are.same({12, 10, "public"}, {status.partitions, status.lakehouse_version, status.schema})
      assert.are.equal(6, assert(lake:list_outdated_partitions())[1].partition_count)
      assert.are.equal(12, #assert(lake:list_partitions()):all())
   end)

   it("a neighbour's settings make no difference", function()
      start(1, "catalog-v10")
      rows.one_of_each(db)
      local lake = open()
      neighbour():psql([[set search_path = nowhere; set statement_timeout = '2s'; set lock_timeout = 1;
         set enable_hashjoin = off; set row_security = on; set bytea_output = escape; set quote_all_identifiers = on;
         set default_transaction_isolation = serializable; set synchronous_commit = off]])

      assert.are.equal(6, assert(lake:list_outdated_partitions())[1].partition_count)
      assert(lake:init())

      assert.are.equal("2s", neighbour():value("show statement_timeout"))
   end)

   it("a server connection that is lost is an error once", function()
      start(1, "catalog-v10")
      local lake = open()
      db:psql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()"
         .. " and pid <> pg_backend_pid()")

      local status, err = lake:status()

      if not status then
         assert.are.equal("connection", err.code)
         status = assert(lake:status())
      end
      assert.are.equal(0, status.partitions)
   end)

   it("a PgBouncer that is gone is an error", function()
      start(1, "catalog-v10")
      local lake = open()
      bouncer:stop()
      bouncer = nil

      local status, err = lake:status()

      assert.are.same({nil, "connection"}, {status, err.code})
      local again, second = lake:status()
      assert.are.same({nil, "connection", "no connection to the lake's database"}, {again, second.code, second.message})
   end)
end)
