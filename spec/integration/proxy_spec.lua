-- The proxy with which other specs cut connections: what it counts, cuts, holds and lets pass.
local coprocess = require("spec.support.coprocess")
local postgres = require("spec.support.postgres")
local proxy = require("spec.support.proxy")
local psql = require("spec.support.psql")
local shell = require("spec.support.shell")

describe("the proxy", function()
   local db, between, through

   setup(function()
      db = postgres.database("empty")
      between = proxy.start(db)
      through = setmetatable({conninfo = between.conninfo}, psql)
   end)
   before_each(function()
      between:pass()
   end)
   teardown(function()
      between:stop()
      db:drop()
   end)

   local function assert_lost(words)
      local is_right, message = pcall(through.psql, through, "select 1")

      assert.is_false(is_right)
      assert.matches(words, message, 1, true)
   end

   it("lets messages pass and counts them in both directions", function()
      assert.are.equal("1", through:psql("select 1"))

      local seen = between:seen()
      assert.are.same({"*QX", "RSKZTDCZ"}, {seen.frontend, (seen.backend:gsub("S+", "S"))})
   end)

   for where, passed in pairs{before = "*", inside = "*", after = "*Q"} do
      it("cuts " .. where .. " a message", function()
         between:cut(where, "frontend", 2)

         assert_lost("server closed the connection unexpectedly")

         local seen = between:seen()
         assert.are.same({true, passed}, {seen.is_there, seen.frontend})
         assert.are.equal("1", through:psql("select 1"))
      end)
   end

   it("refuses later connections when it is told to", function()
      between:cut("before", "frontend", 2, "refuse")
      assert_lost("server closed the connection unexpectedly")

      assert_lost("server closed the connection unexpectedly")

      between:pass()
      assert.are.equal("1", through:psql("select 1"))
   end)

   it("holds a message until it is released", function()
      local session = coprocess.start("psql -X -q -A -t -d " .. shell.quote(between.conninfo))
      between:hold("frontend", 2)
      session:write("select 1;\n")

      between:wait_until_held()
      assert.are.equal("*", between:seen().frontend)
      between:release()

      assert.are.equal("1", session:read())
      session:close()
   end)

   it("lets a request to cancel pass, and does not count it", function()
      local session = coprocess.start("psql -X -q -A -t -d " .. shell.quote(between.conninfo))
      session:write("select 1;\n")
      assert.are.equal("1", session:read())
      session:write("select pg_sleep(600);\n")
      repeat until db:value("select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and state = 'active'") == "2"

      shell.run("kill -INT " .. session.pid)

      repeat
         local line = session:read()
      until line == "ERROR:  canceling statement due to user request"
      assert.matches("^%*QQX?$", between:seen().frontend)
      session:close()
   end)
end)
