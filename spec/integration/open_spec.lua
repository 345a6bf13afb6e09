-- Opening a lake: which server, which database, which schema, and what is said when there is none.
local mm = require("mm")
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local LUA = os.getenv("SPEC_LUA") or "lua5.4"
local PRINT_DATABASE = [[
   local lake, err = require("mm").open(arg[1])
   print(lake and lake:status().database or err.code .. ": " .. tostring(err))]]
local LISTEN = [[perl -MIO::Socket::UNIX -e '$| = 1;
   my $socket = IO::Socket::UNIX->new(Local => shift, Listen => 1) or die; print "listening\n"; <STDIN>' ]]
local NO_CONNECTION = "no connection to the lake's database"

local db, folder, opened

local function file_with(text)
   local path = os.tmpname()
   local file = assert(io.open(path, "w"))
   file:write(text)
   file:close()
   finally(function()
      os.remove(path)
   end)
   return path
end

-- What a process of its own says, for libpq takes its environment at the start.
local function in_environment(variables, conninfo)
   local path = file_with(PRINT_DATABASE)
   local command = ("env %s %s %s"):format(variables, shell.quote(LUA), shell.quote(path))
   return shell.run(command .. (conninfo and " " .. shell.quote(conninfo) or "")).stdout
end

local function service_file(name)
   return file_with(("[%s]\nhost=%s\nport=5432\nuser=postgres\ndbname=%s\n"):format(name, folder, db.name))
end

local function open(...)
   local lake, err = mm.open(...)
   opened[#opened + 1] = lake
   return lake, err
end

local function database_of(...)
   return assert(open(...)):status().database
end

local function uri(parameters, user)
   return ("postgres://%s@/%s?host=%s&port=5432%s"):format(user or "postgres", db.name, folder, parameters or "")
end

-- The server must have taken the file before anybody connects.
local function demand_password(role)
   local admin = postgres.start().admin
   local hba = admin:value("show hba_file")
   local loaded = admin:value("select pg_conf_load_time()")
   admin:psql(("copy (values ('local all %s scram-sha-256'), ('local all all trust')) to '%s'"):format(role, hba))
   admin:psql("select pg_reload_conf()")
   repeat until admin:value("select pg_conf_load_time()") ~= loaded
end

local function assert_failed(code, text, lake, err)
   assert.is_nil(lake)
   assert.are.equal(text, tostring(err))
   assert.are.equal(code, err.code)
end

describe("a lake is opened", function()
   setup(function()
      db = postgres.database("catalog-v10")
      folder = postgres.start().server.folder
   end)
   before_each(function()
      opened = {}
   end)
   after_each(function()
      for _, lake in ipairs(opened) do
         lake:close()
      end
   end)
   teardown(function()
      db:drop()
   end)

   describe("by", function()
      it("libpq's keywords and values", function()
         assert.are.equal(db.name, database_of(db.conninfo))
      end)

      it("a URI", function()
         assert.are.equal(db.name, database_of(uri()))
         assert.are.equal(db.name, database_of(uri():gsub("^postgres:", "postgresql:"), {}))
      end)

      it("a URI with its socket where sqlx writes it", function()
         local socket = folder:gsub("/", "%%2F")

         assert.are.equal(db.name, database_of(("postgres://postgres@%s/%s"):format(socket, db.name)))
      end)

      it("a URI with parameters that only sqlx knows", function()
         assert.are.equal(db.name, database_of(uri("&ssl-mode=disable&statement-cache-capacity=100&ssl-ca=/none")))
         assert.are.equal(db.name, database_of(uri("&options[statement_timeout]=1&options%5Bsearch_path%5D=x")))
      end)

      it("the name of a service", function()
         local variables = "PGSERVICEFILE=" .. service_file("lake_eu")

         assert.are.equal(db.name .. "\n", in_environment(variables, "lake_eu"))
      end)

      it("the name of a service with a space and a quote", function()
         local variables = "PGSERVICEFILE=" .. service_file("bob's lake")

         assert.are.equal(db.name .. "\n", in_environment(variables, "bob's lake"))
      end)

      it("libpq's environment when nothing is said", function()
         local variables = ("PGHOST=%s PGPORT=5432 PGUSER=postgres PGDATABASE=%s"):format(folder, db.name)

         assert.are.equal(db.name .. "\n", in_environment(variables))
         assert.are.equal(db.name .. "\n", in_environment(variables .. " MICROMEGAS_SQL_CONNECTION_STRING="))
      end)

      it("the services' connection string before libpq's environment", function()
         local variables = "PGDATABASE=elsewhere MICROMEGAS_SQL_CONNECTION_STRING=" .. shell.quote(uri())

         assert.are.equal(db.name .. "\n", in_environment(variables))
      end)

      it("what is said before what the environment says", function()
         local variables = "PGDATABASE=elsewhere MICROMEGAS_SQL_CONNECTION_STRING=postgres:///nowhere"

         assert.are.equal(db.name .. "\n", in_environment(variables, db.conninfo))
      end)

      it("a role with its password", function()
         local role = db:role("select on all tables in schema public")
         db:psql(("alter role %s password 'right'"):format(role.user))
         demand_password(role.user)

         assert.are.equal(db.name, database_of(role.conninfo .. " password=right"))
         assert.are.equal(db.name, database_of(uri("", role.user .. ":right")))
      end)

      it("a role with an at sign in its password, as sqlx takes it", function()
         local role = db:role("select on all tables in schema public")
         db:psql(("alter role %s password 'r@ght@'"):format(role.user))
         demand_password(role.user)

         assert.are.equal(db.name, database_of(uri("", role.user .. ":r@ght@")))
      end)
   end)

   describe("and says who it is", function()
      local function application_name(lake)
         assert(lake)
         return db:rows("select application_name from pg_stat_activity where datname = current_database()"
            .. " and pid <> pg_backend_pid() order by 1")
      end

      it("to the server", function()
         assert.are.same({{"mm " .. mm.version}}, application_name(open(db.conninfo)))
      end)

      it("unless it is told what to say", function()
         assert.are.same({{"nightly"}}, application_name(open(db.conninfo .. " application_name=nightly")))
      end)
   end)

   describe("or not:", function()
      local function server(options)
         return ('connection to server on socket "%s/.s.PGSQL.5432" failed: FATAL:  %s'):format(folder, options)
      end

      it("no server is there", function()
         assert_failed("connection", NO_CONNECTION .. ': connection to server on socket "/nowhere/.s.PGSQL.5432" '
            .. "failed: No such file or directory", open("host=/nowhere port=5432 user=postgres dbname=x"))
      end)

      it("nobody answers in time", function()
         local silent = coprocess.start(LISTEN .. folder .. "/.s.PGSQL.7000")
         assert.are.equal("listening", silent:read())

         local lake, err = open(("host=%s port=7000 user=postgres connect_timeout=1"):format(folder))

         silent:close()
         assert_failed("connection", NO_CONNECTION .. ": no answer within 1 s", lake, err)
      end)

      it("the role is unknown", function()
         assert_failed("connection", NO_CONNECTION .. ": " .. server('role "nobody_here" does not exist'),
            open(uri("", "nobody_here")))
      end)

      it("the database is unknown", function()
         assert_failed("connection", NO_CONNECTION .. ": " .. server('database "nowhere" does not exist'),
            open((db.conninfo:gsub("dbname=.*", "dbname=nowhere"))))
      end)

      it("the password is wrong, and is not repeated", function()
         local role = db:role("select on all tables in schema public")
         db:psql(("alter role %s password 'right'"):format(role.user))
         demand_password(role.user)

         local lake, err = open(uri("", role.user .. ":wrong"))

         local said = ('password authentication failed for user "%s"'):format(role.user)
         assert_failed("connection", NO_CONNECTION .. ": " .. server(said), lake, err)
      end)

      it("the service is unknown", function()
         assert_failed("connection", NO_CONNECTION .. ': definition of service "nosuch" not found', open("nosuch"))
      end)

      it("libpq does not understand the URI", function()
         assert_failed("invalid", 'not a connection: invalid URI query parameter: "no-such"', open(uri("&no-such=1")))
      end)

      it("libpq does not understand the keywords", function()
         assert_failed("invalid", 'not a connection: invalid connection option "hots"', open("hots=/tmp dbname=x"))
      end)

      it("libpq does not understand it, and shows nothing of what may be a password", function()
         local _, of_spaces = open("host=/nowhere password=my secret")
         local _, of_slashes = open("postgres://user:sec/ret@nowhere/db")

         assert.are.equal("invalid", of_spaces.code)
         assert.is_nil(tostring(of_spaces):find("sec", 1, true))
         assert.is_nil(tostring(of_slashes):find("sec", 1, true))
      end)
   end)
end)

describe("a database is no lake", function()
   local empty

   setup(function()
      empty = postgres.database("empty")
   end)
   after_each(function()
      empty:psql("drop schema public cascade; create schema public")
   end)
   teardown(function()
      empty:drop()
   end)

   local function assert_no_lake(message, options)
      local lake, err = mm.open(empty.conninfo, options)

      assert_failed("not_a_lake", message:gsub("DATABASE", empty.name), lake, err)
      return err
   end

   it("when it is empty", function()
      local err = assert_no_lake(
         'database "DATABASE" is not a micromegas lake: it holds no table lakehouse_partitions')

      assert.are.equal("connect to the database of MICROMEGAS_SQL_CONNECTION_STRING, the one that the services use",
         err.hint)
   end)

   it("when it holds other tables", function()
      empty:psql("create table partitions (); create table lakehouse_migration (version integer)")

      assert_no_lake('database "DATABASE" is not a micromegas lake: it holds no table lakehouse_partitions')
   end)

   it("when lakehouse_partitions is a view", function()
      empty:psql("create view lakehouse_partitions as select 1 as one")

      assert_no_lake('database "DATABASE" is not a micromegas lake: it holds no table lakehouse_partitions')
   end)

   it("when lakehouse_partitions is a temporary table of somebody", function()
      local session = empty:session()
      session:run("create temporary table lakehouse_partitions (); ")

      assert_no_lake('database "DATABASE" is not a micromegas lake: it holds no table lakehouse_partitions')
      session:close()
   end)

   it("when it has partitions but no version", function()
      empty:psql("create table lakehouse_partitions ()")

      assert_no_lake('schema "public" holds lakehouse_partitions but no table lakehouse_migration: '
         .. "not a catalog that micromegas made")
   end)

   it("when the schema that was asked for holds none", function()
      assert_no_lake('schema "elsewhere" of database "DATABASE" holds no table lakehouse_partitions',
         {schema = "elsewhere"})
   end)
end)

describe("the schema of a lake", function()
   local ODD = [[Odd "lake", 'été' $1]]
   local lake, two

   before_each(function()
      two = postgres.database("catalog-v10")
   end)
   after_each(function()
      if lake then
         lake:close()
      end
      two:drop()
   end)

   local function quoted(name)
      return '"' .. name:gsub('"', '""') .. '"'
   end

   -- Upstream's tables again, a version apart, in a schema of that name.
   local function add_schema(name, version)
      local catalog = require("spec.support.catalog")
      two:psql("create schema " .. quoted(name))
      two:psql(("set search_path = %s, public;\n"):format(quoted(name))
         .. catalog.create_statements(version):gsub("create type[^\n]*\n", ""))
   end

   it("is found where it is", function()
      two:psql("alter schema public rename to elsewhere")

      lake = assert(mm.open(two.conninfo))

      assert.are.equal("elsewhere", lake:status().schema)
      assert.are.equal(10, lake:status().lakehouse_version)
   end)

   it("may have a name that needs quoting", function()
      two:psql(("alter schema public rename to %s"):format(quoted(ODD)))

      lake = assert(mm.open(two.conninfo))

      assert.are.equal(ODD, lake:status().schema)
      assert.are.same({}, assert(lake:list_partitions()):all())
      assert(lake:init())
      assert.are.same({}, lake:list_outdated_partitions())
   end)

   it("must be said where two hold a catalog", function()
      add_schema("second", 9)

      local refused, err = mm.open(two.conninfo)

      local message = 'two schemas of database "%s" hold a table lakehouse_partitions: "public" and "second"'
      assert_failed("not_a_lake", message:format(two.name), refused, err)
      assert.are.equal("say which: mm.open(lake, {schema = NAME}), --schema NAME", err.hint)
   end)

   it("is the one that was said", function()
      add_schema(ODD, 9)

      lake = assert(mm.open(two.conninfo, {schema = ODD}))
      local other = assert(mm.open(two.conninfo, {schema = "public"}))

      assert.are.equal(9, lake:status().lakehouse_version)
      assert.are.equal(10, other:status().lakehouse_version)
      other:close()
   end)

   it("is compared exactly", function()
      local message = 'schema "PUBLIC" of database "%s" holds no table lakehouse_partitions'

      assert_failed("not_a_lake", message:format(two.name), mm.open(two.conninfo, {schema = "PUBLIC"}))
   end)

   it("is where all tables are taken from, whatever the others hold", function()
      add_schema("second", 9)
      two:psql("insert into second.lakehouse_partitions (view_set_name, num_rows) values ('seen', 0)")
      two:psql("insert into public.temporary_files values ('unseen', 1, now())")

      lake = assert(mm.open(two.conninfo, {schema = "second"}))

      local status = lake:status()
      assert.are.equal(1, status.partitions)
      assert.are.equal(0, status.queued_files)
   end)
end)
