local coprocess = require("spec.support.coprocess")
local shell = require("spec.support.shell")

local SCRIPT = "demo/throwaway-postgres"

-- Ends when nothing holds the server's folder or its log any more.
local function is_gone(server)
   shell.run(("tail -s 0.01 -f --pid=%s /dev/null"):format(server.pid))
   return shell.run("test -e " .. shell.quote(server.folder)).code ~= 0
end

local function answers(server)
   local conninfo = ("host=%s port=5432 user=postgres"):format(server.folder)
   return shell.run("psql -X -A -t -c 'select 1' -d " .. shell.quote(conninfo)).code == 0
end

local function read_answer(process)
   local pid, folder = process:read():match("^(%d+) (.+)$")
   return {process = process, pid = pid, folder = folder}
end

local function start()
   return read_answer(coprocess.start(SCRIPT))
end

describe("a throw-away PostgreSQL", function()
   it("listens on its own socket only, in UTC", function()
      local server = start()
      local query = "select current_setting('listen_addresses'), current_setting('timezone'), " ..
         "pg_encoding_to_char(encoding), datcollate from pg_database where datname = 'postgres'"
      local conninfo = ("host=%s port=5432 user=postgres"):format(server.folder)

      local result = shell.run(("psql -X -A -t -d %s"):format(shell.quote(conninfo)), query)

      server.process:close()
      assert.equal("|UTC|UTF8|C\n", result.stdout)
   end)

   it("is gone when its parent ends", function()
      local server = start()

      server.process:close()

      assert.is_true(is_gone(server))
   end)

   it("is gone when its parent is killed", function()
      local chunk = [[
         local server = assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))
         print(server.pid .. " " .. server.folder)
         io.stdout:flush()
         io.read()]]
      local parent = coprocess.start("lua5.4 -e " .. shell.quote(chunk))
      local server = read_answer(parent)

      parent:kill()

      assert.is_true(is_gone(server))
   end)

   it("is gone when its supervisor is killed and its parent ends", function()
      local server = start()

      shell.run("kill -9 " .. server.pid)
      server.process.input:close()
      repeat until not server.process:read()

      assert.is_false(answers(server))
      assert.are_not.equal(0, shell.run("test -e " .. shell.quote(server.folder)).code)
   end)

   it("goes on without its parent when told to, until it is killed", function()
      local server = start()
      server.process:write("keep\n")
      server.process:close()

      local answered = answers(server)

      shell.run("kill " .. server.pid)
      assert.is_true(answered)
      assert.is_true(is_gone(server))
   end)

   it("says how to connect to it and how to stop it", function()
      local text = shell.run(SCRIPT .. " --keep").stdout
      local folder = text:match('connect:          psql "host=(%S+) port=5432 user=postgres dbname=postgres"\n')
      local pid = text:match("stop and remove:  kill (%d+)\n")
      local server = {pid = pid, folder = folder}

      local answered = answers(server)

      shell.run("kill " .. pid)
      assert.is_true(answered)
      assert.is_true(is_gone(server))
   end)
end)
