-- Real PostgreSQL for specs: one private cluster per run, started at its first use and gone with the run. Where
-- MM_SPEC_SERVER is the folder of a throw-away one that lives longer, that one, after what earlier runs left there.
--
--   local postgres = require("spec.support.postgres")
--   local db = postgres.database("lake-0.33.0")   a fresh copy of a lake: lake-0.27.0, lake-rolling, lake-0.33.0
--   local db = postgres.database("catalog-v7")    upstream's empty tables of that lakehouse version, 1 to 10
--   local db = postgres.database("empty")         a database without any table
--   local db = postgres.database(NAME, OPTIONS)   filled anew after CREATE DATABASE with these options
--
--   db.conninfo                for the code under test
--   db:psql(sql)     -> text   unaligned, tuples only; raises psql's message; several statements are fine
--   db:rows(sql)     -> list of lists of strings, NULL is false; one statement
--   db:value(sql)    -> string, NULL is nil; the statement must return exactly one value
--   db:file(path)              runs a file in one transaction
--   db:session()     -> a connection to step through transactions, see session.lua
--   db:role(...)     -> a handle like db, connected as a new role with these grants only, its name in `.user`:
--                         db:role("select on lakehouse_partitions, temporary_files", "usage on schema mmadmin")
--   db:watch()                 from now on one psql that stays runs db:psql, quickly; a COPY must not come last in it
--   db:drop()                  also with connections open; at the end of a spec file all its databases go
--
--   rows.lua adds made-up partitions and blocks to any of them, pgbouncer.lua puts PgBouncer before one,
--   worker.lua runs the code under test in a process of its own.
local catalog = require("spec.support.catalog")
local observer = require("spec.support.observer")
local psql = require("spec.support.psql")
local shell = require("spec.support.shell")

local postgres = {}
local cluster -- the handle on database postgres, whose pipe keeps the server alive
local count = 0
local live = {} -- the databases made for specs, by name

local database = setmetatable({}, psql)
database.__index = database

local function handle(name, user)
   local conninfo = ("host=%s port=5432 user=%s dbname=%s"):format(cluster.server.folder, user, name)
   return setmetatable({name = name, user = user, conninfo = conninfo}, database)
end

local LEFT_BEHIND = [[
   select format('drop database %I with (force)', datname) from pg_database where datname like 'spec\_%' \gexec
   select format('drop role %I', rolname) from pg_roles where rolname like 'spec\_role\_%' \gexec]]

-- The cluster; `.server.folder` holds its socket and is removed with it.
function postgres.start()
   if not cluster then
      local folder = os.getenv("MM_SPEC_SERVER")
      cluster = {server = folder and {folder = folder} or assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))}
      cluster.admin = handle("postgres", "postgres")
      cluster.admin:psql(folder and LEFT_BEHIND or "")
   end
   return cluster
end

local function exists(path)
   local file = io.open(path)
   return file ~= nil and file:close()
end

local function fill_template(db, name)
   local version = name:match("^catalog%-v(%d+)$")
   if version then
      return db:psql(catalog.create_statements(tonumber(version)))
   end
   local path = ("demo/%s.sql"):format(name)
   db:file(exists(path) and path or ("spec/data/%s.sql"):format(name))
end

local function template(name)
   local found = "select count(*) from pg_database where datname = '%s'"
   if name ~= "empty" and cluster.admin:value(found:format(name)) == "0" then
      cluster.admin:psql(('create database "%s"'):format(name))
      fill_template(handle(name, "postgres"), name)
      handle(name, "postgres"):psql("vacuum analyze")
   end
   return name == "empty" and "template1" or name
end

function postgres.database(name, options)
   postgres.start()
   count = count + 1
   local db = handle(("spec_%d"):format(count), "postgres")
   cluster.admin:psql(("create database %s %s"):format(db.name, options or ('template "%s"'):format(template(name))))
   live[db.name] = db
   if options then
      fill_template(db, name)
   end
   return db
end

function database:role(...)
   count = count + 1
   local role = ("spec_role_%d"):format(count)
   local statements = {"create role " .. role .. " login;"}
   for _, grant in ipairs({...}) do
      statements[#statements + 1] = ("grant %s to %s;"):format(grant, role)
   end
   self:psql(table.concat(statements, "\n"))
   return handle(self.name, role)
end

function database:watch()
   self.eye = observer.open(self)
   self.eye:psql("set client_min_messages = warning")
   self.psql = function(_, sql)
      return self.eye:psql(sql)
   end
end

function database:drop()
   if self.eye then
      self.eye:close()
      self.eye, self.psql = nil, nil
   end
   live[self.name] = nil
   cluster.admin:psql(("drop database if exists %s with (force)"):format(self.name))
end

function postgres.drop_all()
   for _, db in pairs(live) do
      db:drop()
   end
end

-- `command` as the server's user, for what refuses root.
function postgres.unprivileged(command)
   if shell.run("id -u").stdout == "0\n" then
      return "setpriv --reuid=postgres --regid=postgres --init-groups -- " .. command
   end
   return command
end

return postgres
