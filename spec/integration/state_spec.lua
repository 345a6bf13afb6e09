-- mm's state in the lake's database: made, printed for a DBA, used with the least rights, removed; the published registry.
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local RELEASE = assert(mm.registry.release("0.33"))
local TABLES = "answer api_key audit audit_head batch hold item job lake retirement skipped unrestored view_set"

local db, opened

local function open(conninfo, registry)
   local lake = assert(mm.open(conninfo or db.conninfo, {registry = registry}))
   opened[#opened + 1] = lake
   return lake
end

local function close_all()
   for _, lake in ipairs(opened) do
      lake:close()
   end
   opened = {}
end

local function tables()
   return db:psql("select coalesce(string_agg(relname, ' ' order by relname), '') from pg_class where relnamespace = "
      .. "(select oid from pg_namespace where nspname = 'mmadmin') and relkind = 'r'")
end

local function remove()
   db:psql("drop schema if exists mmadmin cascade; truncate lakehouse_partitions, temporary_files")
end

local function assert_failed(code, message, made, err)
   assert.is_nil(made)
   assert.are.same({code, message}, {err.code, err.message})
   return err
end

-- All that makes a table what it is, so that two ways to make it can be compared.
local SHAPE = [[select string_agg(line, e'\n' order by line) from (
   select format('%s.%s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
          pg_get_expr(adbin, adrelid)) as line
     from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid in (select oid from pg_class where relkind = 'r' and relnamespace = 'mmadmin'::regnamespace) and attnum > 0
   union all
   select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'mmadmin'::regnamespace
   union all
   select format('%s %s %s', name, version, database_oid = (select oid from pg_database where datname = current_database())) from mmadmin.lake
   ) x]]

setup(function()
   db, opened = postgres.database("catalog-v10"), {}
end)
teardown(function()
   db:drop()
end)

describe("init", function()
   after_each(function()
      close_all()
      remove()
   end)

   it("makes the schema mmadmin", function()
      local info = assert(open():init{name = "prod"})

      assert.are.same({"prod", 3, TABLES}, {info.name, info.state_version, tables()})
   end)

   it("calls the lake as its database is called unless told otherwise", function()
      assert.are.equal(db.name, assert(open():init()).name)
   end)

   it("makes it so that a plan can be made at once", function()
      local lake = open(nil, RELEASE)
      lake:init()

      assert.are.equal("planned", assert(lake:plan{all = true}).state)
   end)

   it("remembers of which database it is", function()
      open():init()

      assert.are.equal("t", db:psql("select database_oid = (select oid from pg_database where datname = current_database()) from mmadmin.lake"))
   end)

   it("tells the audit why, as publishing and adopting do", function()
      local lake = open()
      assert(lake:init{reason = "first look"})
      assert(lake:publish_registry(RELEASE, {reason = "what runs"}))
      assert(lake:adopt{reason = "restored"})
      assert(lake:publish_registry(RELEASE))

      assert.are.equal("initialized: first look, published: what runs, adopted: restored, published: -", db:psql(
         [[select string_agg(format('%s: %s', body::json ->> 'what', coalesce(body::json ->> 'why', '-')), ', ' order by seq)
             from mmadmin.audit]]))
   end)

   for _, name in ipairs{"", "-x", "a b", "a'b", ("x"):rep(64), "größe"} do
      it(("does not take '%s' as a name"):format(name), function()
         assert_failed("invalid", ("'%s' cannot be a lake's name: 1 to 63 letters, digits, '_', '.', '-'"):format(name),
            open():init{name = name})

         assert.are.equal("", tables())
      end)
   end

   it("is refused where the schema is there already", function()
      local lake = open()
      lake:init{name = "first"}

      assert_failed("conflict", "the schema mmadmin exists already", lake:init{name = "second"})

      assert.are.equal("first", db:psql("select name from mmadmin.lake"))
   end)

   it("is refused where another made the schema since the lake was opened", function()
      local lake = open()
      open():init{name = "first"}

      local made = lake:init{name = "second"}

      assert.is_nil(made)
      assert.are.equal("first", db:psql("select name from mmadmin.lake"))
   end)

   it("leaves nothing behind where the role may not do it", function()
      local role = db:role("select on all tables in schema public")

      local err = select(2, open(role.conninfo):init())

      assert.are.same({"rights", "42501", ""}, {err.code, err.sqlstate, tables()})
   end)

   it("is refused where the catalog is newer than mm knows", function()
      db:psql("update lakehouse_migration set version = 11")
      local made, err = open():init()
      db:psql("update lakehouse_migration set version = 10")

      assert_failed("newer_catalog", err and err.message, made, err)
      assert.are.equal("", tables())
   end)
end)

describe("the schema mmadmin", function()
   setup(function()
      open():init{name = "prod"}
      db:psql("insert into lakehouse_partitions (view_set_name, num_rows) values ('log_entries', 0)")
      assert(open(nil, RELEASE):plan{all = true})
   end)
   teardown(function()
      close_all()
      remove()
   end)

   it("gives every table a primary key", function()
      assert.are.equal("", db:psql([[select string_agg(relname, ' ') from pg_class c where relkind = 'r'
         and relnamespace = 'mmadmin'::regnamespace and not exists (select from pg_index where indrelid = c.oid and indisprimary)]]))
   end)

   it("has no view, function, trigger or rule", function()
      assert.are.equal("0 0 0 0", db:psql([[select concat_ws(' ',
         (select count(*) from pg_class where relkind not in ('r', 'i', 'S', 't') and relnamespace = 'mmadmin'::regnamespace),
         (select count(*) from pg_proc where pronamespace = 'mmadmin'::regnamespace),
         (select count(*) from pg_trigger where not tgisinternal),
         (select count(*) from pg_rewrite join pg_class c on c.oid = ev_class where relnamespace = 'mmadmin'::regnamespace))]]))
   end)

   it("keeps upstream from altering and dropping nothing of its own", function()
      db:psql([[begin;
         do $$ declare name text; begin
            for name in select attname from pg_attribute where attrelid = 'lakehouse_partitions'::regclass and attnum > 0 and not attisdropped loop
               execute format('alter table lakehouse_partitions drop column %I restrict', name);
            end loop;
            for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'groups'
                        order by relname loop
               execute format('drop table %I restrict', name);
            end loop;
         end $$;
         rollback]])
   end)
end)

describe("removing mmadmin", function()
   local lake, id

   before_each(function()
      lake = open(nil, RELEASE)
      lake:init{name = "prod"}
      db:psql([[insert into lakehouse_partitions
         select 'log_entries', 'global', t, t + interval '1 hour', t, t, t, 'p' || n, 1, '\x05', '\x6400000000000000', 10
           from generate_series(1, 3) n, lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '1 hour') as x(t)]])
      id = assert(lake:plan{all = true, verdicts = stage.VERDICTS}).id
   end)
   after_each(function()
      close_all()
      remove()
   end)

   it("leaves nothing of it, and upstream's tables as they are", function()
      assert.is_true(lake:remove_state())

      assert.are.same({"", "3"}, {tables(), db:psql("select count(*) from lakehouse_partitions")})
      assert_failed("not_initialized", "the lake has no schema mmadmin, where mm keeps its plans", lake:plan{all = true})
   end)

   it("is no obstacle to making it again", function()
      lake:remove_state()

      assert.are.equal("again", assert(lake:init{name = "again"}).name)
   end)

   it("is refused while a retirement can be undone", function()
      local done = assert(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))

      assert_failed("refused", ("%s can be undone until %s, but not without mmadmin"):format(id, done.undo_until), lake:remove_state())

      assert.are.equal(TABLES, tables())
   end)

   it("is possible then too where it is insisted on", function()
      lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})

      assert.is_true(lake:remove_state{force = true})

      assert.are.equal("", tables())
   end)

   it("is possible once all is undone", function()
      lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})
      lake:undo(id, {reason = "spec"})

      assert.is_true(lake:remove_state())
   end)

   it("is possible once all is undone that could be", function()
      lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})
      db:psql("delete from temporary_files where file_path = 'p1'")
      lake:undo(id, {reason = "spec", partial = true})

      assert.is_true(lake:remove_state())
   end)

   it("is possible once the undo window is over", function()
      lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})
      db:psql("update mmadmin.retirement set undo_until = now()")

      assert.is_true(lake:remove_state())
   end)

   it("is refused in the middle of an undo", function()
      lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})
      pcall(lake.undo, lake, id, {reason = "spec", limit = 1, on_batch = error})

      assert.is_nil((lake:remove_state()))

      assert.are.equal(TABLES, tables())
   end)

   it("is left to those who may", function()
      local role = db:role("select on all tables in schema public", "usage on schema mmadmin", "select on all tables in schema mmadmin")

      local err = select(2, open(role.conninfo):remove_state())

      assert.are.same({"rights", "42501", TABLES}, {err.code, err.sqlstate, tables()})
   end)
end)

describe("the SQL for a DBA", function()
   after_each(function()
      close_all()
      remove()
   end)

   it("makes the same schema as init", function()
      local lake = open()
      local sql = assert(lake:init_sql{name = "prod"})
      lake:init{name = "prod"}
      local by_init = db:psql(SHAPE)
      remove()

      db:psql(sql)

      assert.are.equal(by_init, db:psql(SHAPE))
   end)

   it("changes nothing by being printed", function()
      assert(open():init_sql{name = "prod"})

      assert.are.equal("", tables())
   end)

   it("gives everything to the owner", function()
      local owner = db:role()

      db:psql(assert(open():init_sql{name = "prod", owner = owner.user}))

      assert.are.equal(owner.user, db:psql([[select string_agg(distinct owner, ' ') from (
         select relowner::regrole::text as owner from pg_class where relnamespace = 'mmadmin'::regnamespace
         union all select nspowner::regrole::text from pg_namespace where nspname = 'mmadmin') o]]))
   end)

   it("quotes the names of roles and schemas", function()
      db:psql('create role "o\'p ""x"; create schema "odd ""name"; alter table lakehouse_partitions set schema "odd ""name"; '
         .. 'alter table temporary_files set schema "odd ""name"; alter table lakehouse_migration set schema "odd ""name"')
      finally(function()
         db:psql('alter table "odd ""name".lakehouse_partitions set schema public; alter table "odd ""name".temporary_files set schema public;'
            .. 'alter table "odd ""name".lakehouse_migration set schema public; drop schema "odd ""name"; drop owned by "o\'p ""x"; drop role "o\'p ""x"')
      end)

      db:psql(assert(open():init_sql{name = "prod", operator = "o'p \"x", viewer = "o'p \"x"}))

      assert.are.equal("t", db:psql([[select has_table_privilege('o''p "x', '"odd ""name".lakehouse_partitions', 'delete')]]))
   end)

   it("is the rights alone where the schema is there", function()
      local lake, role = open(), db:role()
      lake:init{name = "prod"}
      local before = db:psql(SHAPE)

      local sql = assert(lake:init_sql{name = "prod", viewer = role.user})
      db:psql(sql)

      assert.is_nil(sql:find("create", 1, true))
      assert.are.equal(before, db:psql(SHAPE))
      assert.are.equal("prod", open(role.conninfo):info().name)
   end)

   it("is not printed for a name that is none", function()
      assert_failed("invalid", "'x'); drop table lakehouse_partitions; --' cannot be a lake's name: 1 to 63 letters, digits, '_', '.', '-'",
         open():init_sql{name = "x'); drop table lakehouse_partitions; --"})
   end)
end)

describe("publishing a registry", function()
   local lake

   before_each(function()
      lake = open()
      lake:init{name = "prod"}
   end)
   after_each(function()
      close_all()
      remove()
   end)

   it("gives it to whoever opens the lake without one", function()
      local answer = assert(mm.registry.read("demo/list_view_sets-0.33.0.json"))

      assert.are.equal(12, assert(lake:publish_registry(answer)))

      local registry, kind = open():registry()
      assert.are.equal("published", kind)
      assert.are.same(answer:list_view_sets(), registry:list_view_sets())
   end)

   it("puts it in the place of the one before", function()
      lake:publish_registry(assert(mm.registry.new{{view_set_name = "a", current_schema_hash = "01"}, {view_set_name = "b", current_schema_hash = "02"}}))

      assert.are.equal(2, lake:publish_registry(assert(mm.registry.new{
         {view_set_name = "b", current_schema_hash = "0123456789abcdef", schema = "a \"\\{}, ü", source = "s", has_view_maker = true},
         {view_set_name = "c", current_schema_hash = "03"}})))

      assert.are.same({{"b", "\\x0123456789abcdef", "a \"\\{}, ü", "t", "f", "s"}, {"c", "\\x03", false, "f", "f", "given"}},
         db:rows("select view_set_name, schema_hash, schema, has_view_maker, global_instance_available, source from mmadmin.view_set order by 1"))
   end)

   it("tells who did it last, and when", function()
      lake:publish_registry(RELEASE)
      db:psql("update mmadmin.view_set set published_at = '2000-01-01', published_by = 'x'")

      lake:publish_registry(RELEASE)

      assert.are.equal("t postgres", db:psql("select concat_ws(' ', bool_and(published_at > now() - interval '1 minute'), max(published_by)) from mmadmin.view_set"))
   end)

   it("is seen by a lake that is open already", function()
      local other = open()
      lake:publish_registry(RELEASE)

      assert.are.equal("published", (select(2, other:registry())))
   end)

   it("needs mmadmin", function()
      lake:remove_state()

      assert_failed("not_initialized", "the lake has no schema mmadmin, where mm keeps its plans", lake:publish_registry(RELEASE))
   end)

   it("leaves the one before where it fails", function()
      lake:publish_registry(RELEASE)
      db:psql("alter table mmadmin.view_set add constraint no_b check (view_set_name <> 'b')")

      local published = lake:publish_registry(assert(mm.registry.new{{view_set_name = "b", current_schema_hash = "02"}}))

      assert.is_nil(published)
      assert.are.equal("11", db:psql("select count(*) from mmadmin.view_set"))
   end)
end)
