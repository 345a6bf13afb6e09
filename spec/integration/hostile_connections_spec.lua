-- Connection strings that are none, nearly none, or far too long; several hosts; passwords of special characters; what a
-- server does with them.
local mm = require("mm")
local hostile = require("spec.support.hostile")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local HINT = "connections are keywords (host=db dbname=lake), URIs (postgres://user@db/lake), or the name of a service"
local NO_CONNECTION = "no connection to the lake's database: "

local db, folder

setup(function()
   db = postgres.database("catalog-v10")
   folder = postgres.start().server.folder
end)
teardown(function()
   db:drop()
end)

local function database_of(conninfo)
   local lake = assert(mm.open(conninfo))
   local name = lake:info().database
   lake:close()
   return name
end

local function uri(authority, parameters)
   return ("postgres://%s/%s?port=5432%s"):format(authority, db.name, parameters or "")
end

local function encoded(path)
   return (path:gsub("/", "%%2F"))
end

describe("what is no connection string", function()
   local none = {
      {"=", 'invalid connection option ""'}, {"a=b", 'invalid connection option "a"'},
      {"host=x y", 'missing "=" after "y" in connection info string'},
      {"dbname='", "unterminated quoted string in connection info string"},
      {"postgres://u@h/%zz", 'invalid percent-encoded token: "%zz"'}, {"postgres://u@h/%", 'invalid percent-encoded token: "%"'},
      {"postgres://u@/db?host=%00", 'forbidden value %00 in percent-encoded value: "%00"'},
      {"postgresql://[::1", 'end of string reached when looking for matching "]" in IPv6 host address in URI: "postgresql://[::1"'},
      {"postgres://[]/db", "IPv6 host address may not be empty in URI: \"postgres://[]/db\""},
      {"postgres://h/db?nonsense", 'missing key/value separator "=" in URI query parameter: "nonsense"'},
      {"postgres://h/db?a=b=c", 'extra key/value separator "=" in URI query parameter: "a"'},
      {"postgres://h/db?\27[31m=x", 'invalid URI query parameter: "\27[31m"'},
      {"mysql://h/db?user=x", 'invalid connection option "mysql://h/db?user"'},
   }

   for _, case in ipairs(none) do
      it("is refused, with what it looks like: " .. case[1]:gsub("%c", "?"), function()
         local err = hostile.assert_failed("invalid", "not a connection: " .. case[2], mm.open(case[1]))

         assert.are.equal(HINT, err.hint)
      end)
   end

   it("is taken for a service where it is a single word, and it is said what else there is", function()
      for _, name in ipairs{"localhost", "   ", "\255", "\27[31m", "x' OR true --", "%s", "$1", "db.example.org:5432", "host"} do
         local err = hostile.assert_failed("connection", NO_CONNECTION .. ('definition of service "%s" not found'):format(name), mm.open(name))

         assert.are.equal(HINT, err.hint)
      end
   end)

   it("is escaped by the verbs", function()
      hostile.assert_said(8, "mmlua status: no connection to the lake's database\ndetail: definition of service \"\\x1b]0;x\\x07\\xff\" not found"
         .. "\nhint: " .. HINT, hostile.verb({db = db}, "status --lake " .. shell.quote("\27]0;x\7\255")))
   end)

   it("shows nothing of a password, however it is wrong", function()
      for _, conninfo in ipairs{"postgres://u:s%zzecret@h/db", "postgres://u:secret@h/db?nonsense", "password=secret x", "password='secret",
         "postgres://u:sec?ret@h/db", "postgres://u:sec/ret@h/db", "postgres://u:p@sec/ret@h/%zz", "sslpassword=secret =",
         "postgres://h/db?password=secret&x", "PGPASSWORD=secret host=h", "password = secret x y"} do
         local _, err = mm.open(conninfo)

         assert.are.equal("invalid", err.code)
         assert.is_nil((tostring(err) .. (err.hint or "")):find("sec", 1, true), conninfo)
      end
   end)
end)

describe("a connection string of 100 kB", function()
   local long = ("x"):rep(100000)

   it("is an error that can be read", function()
      for _, case in ipairs{{long, "connection", 'definition of service "xxx'}, {"host=" .. long, "connection", 'could not translate host name "xxx'},
         {long .. "=1", "invalid", 'not a connection: invalid connection option "xxx'},
         {"postgres://h/db?" .. long .. "=1", "invalid", 'not a connection: invalid URI query parameter: "xxx'},
         {"host=/" .. long, "connection", "no connection to the lake's database"},
         {"port=" .. long, "connection", "invalid integer value"}} do
         local opened, err = mm.open(case[1])

         assert.is_nil(opened)
         assert.are.equal(case[2], err.code)
         assert.matches(case[3], tostring(err), 1, true)
         assert.is_true(#tostring(err) < 1100)
      end
   end)

   it("is not sent to the server in vain", function()
      for _, parameter in ipairs{"dbname=", "user=", "application_name="} do
         local opened, err = mm.open(("host=%s port=5432 user=postgres %s%s"):format(folder, parameter, long))

         assert.is_nil(opened)
         assert.are.equal("connection", err.code)
      end
      assert.are.equal(db.name, database_of(db.conninfo .. (" "):rep(100000)))
   end)
end)

describe("a connection", function()
   it("goes to the host of several that is there", function()
      assert.are.equal(db.name, database_of(("host=/nowhere,%s port=5432 user=postgres dbname=%s"):format(folder, db.name)))
      assert.are.equal(db.name, database_of(("host=/nowhere,%s port=1,5432 user=postgres dbname=%s"):format(folder, db.name)))
      assert.are.equal(db.name, database_of(uri("postgres@%2Fnowhere," .. encoded(folder))))
   end)

   it("to several hosts says what was wrong with the ports, or with the last host", function()
      hostile.assert_failed("connection", NO_CONNECTION .. "could not match 3 port numbers to 2 hosts", mm.open("host=/a,/b port=1,2,3"))
      local _, err = mm.open("host=/nowhere,/elsewhere user=postgres")
      assert.matches('"/nowhere/.s.PGSQL.5432" failed: No such file or directory', tostring(err), 1, true)
   end)

   it("with a number that is none, or out of range, names it", function()
      for _, case in ipairs{{"port=0", 'invalid port number: "0"'}, {"port=65536", 'invalid port number: "65536"'},
         {"port=-1", 'invalid port number: "-1"'}, {"port=1e3", 'invalid integer value "1e3" for connection option "port"'},
         {"sslmode=rubbish", 'invalid sslmode value: "rubbish"'},
         {"target_session_attrs=rubbish", 'invalid target_session_attrs value: "rubbish"'}} do
         hostile.assert_failed("connection", NO_CONNECTION .. case[2], mm.open("host=/nowhere user=postgres " .. case[1]))
      end
   end)

   it("may be given any time", function()
      for _, seconds in ipairs{"0", "-1", "1", "2147483647", "9223372036854775807", "99999999999999999999999"} do
         assert.are.equal(db.name, database_of(db.conninfo .. " connect_timeout=" .. seconds))
      end
   end)

   it("that wants a server of another kind is told so", function()
      local said = ('connection to server on socket "%s/.s.PGSQL.5432" failed: '):format(folder)

      hostile.assert_failed("connection", NO_CONNECTION .. said .. "server is not in hot standby mode",
         mm.open(db.conninfo .. " target_session_attrs=standby"))
      hostile.assert_failed("connection", NO_CONNECTION .. said .. "FATAL:  number of requested standby connections exceeds "
         .. "max_wal_senders (currently 0)", mm.open(db.conninfo .. " replication=database"))
   end)

   it("with options for the session is made, and they change nothing", function()
      for _, options in ipairs{"-csearch_path=nowhere", "-cdefault_transaction_isolation=serializable", "-cdatestyle=German",
         "-cstandard_conforming_strings=off"} do
         assert.are.equal(db.name, database_of(db.conninfo .. " options=" .. options))
      end
      hostile.assert_failed("connection", NO_CONNECTION .. ('connection to server on socket "%s/.s.PGSQL.5432" failed: FATAL:  '):format(folder)
         .. 'unrecognized configuration parameter "nonsense"', mm.open(db.conninfo .. " options=-cnonsense=1"))
   end)
end)

describe("parameters that only sqlx knows", function()
   it("are dropped or translated wherever they stand", function()
      local at = "postgres@" .. encoded(folder)
      for _, parameters in ipairs{"&statement-cache-capacity=1", "&statement-cache-capacity=", "&ssl-mode=disable", "&ssl-mode=prefer&ssl-ca=%2Fx",
         "&options[a]=b&options[c]=d", "&options%5Ba%5D=b", "&&", "&"} do
         assert.are.equal(db.name, database_of(uri(at, parameters)))
      end
      assert.are.equal(db.name, database_of(("postgres://%s/%s?statement-cache-capacity=100"):format(at, db.name)))
      assert.are.equal(db.name, database_of(("postgres://%s/%s?"):format(at, db.name)))
   end)

   it("that are misspelt are named", function()
      for _, name in ipairs{"statement_cache_capacity", "ssl-modes", "Ssl-Mode", "optionsx"} do
         hostile.assert_failed("invalid", ('not a connection: invalid URI query parameter: "%s"'):format(name),
            mm.open(uri("postgres@" .. encoded(folder), "&" .. name .. "=1")))
      end
   end)
end)

describe("a password", function()
   local passwords = {"p@ss", "a:b", ":", "@", "a@b:c@d", "%41", "p%40", "'", "\\", " ", "a b", "a=b", "$1", "%s", "\195\169", "#", "a&b", "\"", ";--"}

   it("of special characters opens a lake, as sqlx takes it or escaped", function()
      local role = db:role("select on all tables in schema public")
      local admin = postgres.start().admin
      local hba, loaded = admin:value("show hba_file"), admin:value("select pg_conf_load_time()")
      admin:psql(("copy (values ('local all %s scram-sha-256'), ('local all all trust')) to '%s'; select pg_reload_conf()"):format(role.user, hba))
      repeat until admin:value("select pg_conf_load_time()") ~= loaded

      for _, password in ipairs(passwords) do
         db:psql(("alter role %s password '%s'"):format(role.user, password:gsub("'", "''")))
         local percent = password:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
         local quoted = password:gsub("[\\']", "\\%0")

         assert.are.equal(db.name, database_of(uri(("%s:%s@%s"):format(role.user, percent, encoded(folder)))), password)
         assert.are.equal(db.name, database_of(("%s password='%s'"):format(role.conninfo, quoted)), password)
      end
      for _, password in ipairs{"p@ss", "a:b", ":", "@", "a@b:c@d"} do
         db:psql(("alter role %s password '%s'"):format(role.user, password))
         assert.are.equal(db.name, database_of(uri(("%s:%s@%s"):format(role.user, password, encoded(folder)))), password)
      end
   end)

   it("on the command line is refused, whatever it looks like", function()
      local stage = hostile.stage("catalog-v10")
      stage.db = db
      for _, lake in ipairs{"postgres://u:p@ss@h/db", "postgresql://u::@h", "postgres://h/db?p%61ssword=x", "host=h password=", "host=h\tpassword='x'"} do
         local result = hostile.verb(stage, "status --lake " .. shell.quote(lake))
         assert.are.same({2, "mmlua status: a password on the command line is shown to everybody by ps"},
            {result.code, result.stderr:match("[^\n]*")}, lake)
      end
   end)
end)
