local shell = require("spec.support.shell")

local function run(command)
   local result = shell.run(command)
   assert.equal(0, result.code, result.stderr)
   return result.stdout
end

local function make(target, assignments)
   return run(("make -s %s BUILD=%s %s"):format(target, shell.quote(os.getenv("BUILD")), assignments))
end

-- What the stock interpreter finds under /usr/local, had that been the prefix.
local function stock(interpreter, version, prefix, chunk)
   local path = ("%s/share/lua/%s/?.lua;%s/share/lua/%s/?/init.lua;;"):format(prefix, version, prefix, version)
   local cpath = ("%s/lib/lua/%s/?.so;;"):format(prefix, version)
   local command = "cd / && env -i PATH=/usr/bin:/bin LUA_PATH=%s LUA_CPATH=%s %s -e %s"
   return run(command:format(shell.quote(path), shell.quote(cpath), interpreter, shell.quote(chunk)))
end

describe("an installation", function()
   local prefix
   local chunk = "io.write(require('mm').registry.release('0.33'):list_view_sets()[1].view_set_name)"

   setup(function()
      prefix = run("mktemp -d"):gsub("\n", "")
      make("install", "PREFIX=" .. prefix)
   end)

   teardown(function()
      run("rm -rf " .. prefix)
   end)

   it("is found by a stock lua5.4 under /usr/local", function()
      local paths = run("env -i PATH=/usr/bin:/bin lua5.4 -e 'print(package.path, package.cpath)'")

      assert.matches("/usr/local/share/lua/5.4/?/init.lua", paths, 1, true)
      assert.matches("/usr/local/lib/lua/5.4/?.so", paths, 1, true)
      assert.equal("async_events", stock("lua5.4", "5.4", prefix, chunk))
   end)

   it("is found by a stock luajit under /usr/local", function()
      local paths = run("env -i PATH=/usr/bin:/bin luajit -e 'print(package.path, package.cpath)'")

      assert.matches("/usr/local/share/lua/5.1/?/init.lua", paths, 1, true)
      assert.matches("/usr/local/lib/lua/5.1/?.so", paths, 1, true)
      assert.equal("async_events", stock("luajit", "5.1", prefix, chunk))
   end)

   it("holds copies, none of which leads back to the checkout", function()
      assert.equal("", run("find " .. prefix .. " -type l -lname '/*'"))
      assert.equal("", run("grep -rlF " .. shell.quote(run("pwd"):gsub("\n", "")) .. " " .. prefix ..
         "/share || true"))
   end)

   it("has a mmlua that works from any folder, wherever the prefix was moved", function()
      run(("mv %s %s.moved"):format(prefix, prefix))
      local command = "cd / && env -i PATH=/usr/bin:/bin %s.moved/bin/mmlua -e %s"

      local first = run(command:format(prefix, shell.quote(chunk)))

      run(("mv %s.moved %s"):format(prefix, prefix))
      assert.equal("async_events", first)
   end)

   it("has a manual page", function()
      assert.matches("MMLUA", run(("head -n 3 %s/share/man/man1/mmlua.1"):format(prefix)))
   end)

   it("goes below DESTDIR, with the prefix inside it", function()
      make("install", ("DESTDIR=%s/stage PREFIX=/opt/mm"):format(prefix))

      run(("test -x %s/stage/opt/mm/bin/mmlua"):format(prefix))
      run(("rm -rf %s/stage"):format(prefix))
   end)

   it("is removed by uninstall, which leaves what others put there", function()
      make("install", "PREFIX=" .. prefix .. "/other")
      run(("touch %s/other/bin/keep"):format(prefix))

      make("uninstall", "PREFIX=" .. prefix .. "/other")

      assert.equal(prefix .. "/other/bin/keep\n", run(("find %s/other ! -type d"):format(prefix)))
   end)
end)
