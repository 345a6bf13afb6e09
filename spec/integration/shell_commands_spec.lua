-- Commands of the shell: a backslash and a word.
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

local db, folder

local function run(text, words)
   return shells.pipe(db, text .. "\n", words)
end

local function write(name, text)
   local file = assert(io.open(folder .. "/" .. name, "w"))
   file:write(text)
   file:close()
   return folder .. "/" .. name
end

local function set_up()
   db = postgres.database("lake-0.33.0")
   folder = shell.run("mktemp -d").stdout:match("%S+")
end

local function tear_down()
   shell.run("rm -r " .. folder)
   db:drop()
end

describe("commands of the shell:", function()
   setup(set_up)
   teardown(tear_down)

   it("\\? lists them", function()
      local result = run("\\?")

      for _, name in ipairs{"x", "timing", "watch", "i", "o", "e", "c", "conninfo", "h", "q"} do
         assert.is_truthy(result.stdout:find("\n  \\" .. name .. " ", 1, true), name)
      end
   end)

   it("\\? fits on a terminal of 80 columns and 24 lines", function()
      local lines = shell.lines(run("\\?").stdout)

      assert.is_true(#lines < 24)
      for _, line in ipairs(lines) do
         assert.is_true(#line <= 80, line)
      end
   end)

   it("\\q leaves", function()
      assert.are.equal("1\n", run("1\n\\q\n2").stdout)
   end)

   it("\\x shows rows one below the other, and as tables again", function()
      local rows = "{{a = 1, b = 2}, {a = 3, b = 4}}"

      local result = run(("%s\n\\x\n%s\n\\x off\n%s"):format(rows, rows, rows))

      assert.are.equal("a  b\n1  2\n3  4\n-[ 1 ]", result.stdout:sub(1, 21))
      assert.are.equal("\na  b\n1  2\n3  4\n", result.stdout:sub(-16))
   end)

   it("\\x takes on, off and auto, and nothing else", function()
      assert.are.equal("rows are shown as they fit\n", run("\\x auto").stderr)
      assert.are.equal("error: 'upright' is neither on nor off\n", run("\\x upright").stderr)
   end)

   it("\\exact shows numbers as they are", function()
      local result = run("{{bytes = 2048}}\n\\exact\n{{bytes = 2048}}")

      assert.are.equal("  bytes\n2.0 KiB\nbytes\n 2048\n", result.stdout)
   end)

   it("\\timing tells how long each statement takes", function()
      local result = run("\\timing\n1 + 1\nview-sets --csv\n\\timing off\n2")

      assert.are.equal(2, select(2, result.stderr:gsub("time: %d+%.%d ms\n", "")))
   end)

   it("\\i runs a .lua file as a script", function()
      local path = write("script.lua", "local a = 1\nlocal b = a + 1\nprint(b)\nreturn 'given'\n")

      assert.are.equal("2\ngiven\n", run("\\i " .. path).stdout)
   end)

   it("\\i runs any other file as if it were typed, up to what fails", function()
      local path = write("typed", "x = {\n  5}\nx[1]\nversions log_entries --csv\n\\nosuch\nprint('not here')\n")

      local result = run("\\i " .. path)

      assert.are.equal("5\nview_set_name,schema_hash", result.stdout:sub(1, 27))
      assert.is_nil(result.stdout:find("not here"))
      assert.are.equal(2, result.code)
   end)

   it("\\i says what is wrong with a file", function()
      local path = write("wrong.lua", "x = = 1\n")

      assert.are.equal(path .. ":1: unexpected symbol near '='\n", run("\\i " .. path).stderr)
      assert.are.equal(("error: %s/no such: No such file or directory\n"):format(folder),
         run(("\\i '%s/no such'"):format(folder)).stderr)
   end)

   it("\\o writes all results to a file, and back", function()
      local path = folder .. "/out put"

      local result = run(("\\o '%s'\n'value'\nprint('printed')\nos.execute('echo executed')\nversions log_entries --csv\n\\o\n'back'"):format(path))

      local written = shell.run(("cat '%s'"):format(path)).stdout
      assert.are.equal("back\n", result.stdout)
      assert.are.equal("value\nprinted\nexecuted\ntrue\texit\t0\nview_set_name", written:sub(1, 48))
   end)

   it("\\o leaves things as they are when the file cannot be written", function()
      local result = run("\\o /nowhere/file\n1")

      assert.are.same({"", "error: /nowhere/file: No such file or directory\n"}, {result.stdout, result.stderr})
   end)

   it("\\c opens another lake", function()
      local other = postgres.database("catalog-v7")

      local result = run(("lake:info().name\n\\c '%s'\nlake:info().name\nstatus --csv"):format(other.conninfo))

      assert.are.equal(("%s\n%s\n"):format(db.name, other.name), result.stdout:match("^.-\n.-\n"))
      assert.is_truthy(result.stdout:find("\n" .. other.name .. "," .. other.name, 1, true))
      other:drop()
   end)

   it("\\c takes a connection string of several words, and options", function()
      local result = run(("\\c %s --registry 0.27\noutdated --csv\n\\conninfo"):format(db.conninfo))

      assert.is_truthy(result.stdout:find("\ndatabase +" .. db.name .. "\n.*\nregistry +given: release 0.27 "), result.stderr)
   end)

   it("\\c refuses a password", function()
      local result = run("\\c postgres://me:geheim@host/lake")

      assert.is_truthy(result.stderr:find("^error: a password on the command line"))
   end)

   it("\\conninfo tells where the connection leads to", function()
      local result = run("\\conninfo")

      assert.is_truthy(result.stdout:find("\ndatabase +" .. db.name .. "\nrole +postgres\n"))
      assert.is_truthy(result.stdout:find("\nserver +on this machine, through a socket\nencrypted +no\n"))
   end)

   it("\\h tells what is written about a method", function()
      local result = run("\\h lake:list_schema_versions")

      assert.are.equal("lake:list_schema_versions(view_set)\n  Each schema hash that partitions have: ", result.stdout:sub(1, 77))
      assert.are.equal(result.stdout, run("\\h list_schema_versions").stdout)
   end)

   it("\\h breaks lines between words, and puts each parameter on its own", function()
      local result = run("\\h lake:plan")

      assert.is_truthy(result.stdout:find("\n    opts {view_set: string, ", 1, true))
      assert.is_truthy(result.stdout:find("\n    gives table|nil retirement, table|nil err\n", 1, true))
      for _, line in ipairs(shell.lines(result.stdout)) do
         assert.is_true(#line <= 100, line)
      end
   end)

   it("\\h tells of a verb and a method of one name", function()
      local result = run("\\h plan")

      assert.are.equal("usage: mmlua plan", result.stdout:sub(1, 17))
      assert.is_truthy(result.stdout:find("\nlake:plan(opts)\n  Plans which ", 1, true))
   end)

   it("\\h lists all that is documented", function()
      local result = run("\\h")

      for _, name in ipairs{"lake:undo", "mm.open", "mm.registry.release", "mm.schema.parse", "rows:all"} do
         assert.is_truthy(result.stdout:find("%f[^\n\0]" .. name:gsub("%p", "%%%0") .. " +%u"), name)
      end
   end)

   it("\\watch needs something to repeat, and a time", function()
      assert.are.equal("error: there is no statement to repeat yet\n", run("\\watch").stderr)
      assert.are.equal("error: \\watch takes 0.1 to 86400 seconds, not 'x'\n", run("1\n\\watch x").stderr)
   end)

   for _, statement in ipairs{"plan log_entries --registry 0.33", "lake:plan{view_set = 'log_entries'}",
      "registry publish --yes --reason test", "retire log_entries --yes --reason test --registry 0.33"} do
      it(("\\watch refuses `%s`"):format(statement), function()
         shells.pipe(db, "init --yes --reason test\n")
         local before = db:value("select count(*) from mmadmin.retirement")

         local result = run(statement .. "\n\\watch 0.1", "--registry 0.33")

         local made = tonumber(db:value("select count(*) from mmadmin.retirement")) - before
         assert.is_truthy(made <= 1)
         assert.are.equal(1, select(2, result.stderr:gsub("\\watch repeats only what changes nothing", "")))
      end)
   end
end)

describe("on a terminal", function()
   local term

   setup(set_up)
   before_each(function()
      term = shells.open(db, {environment = "EDITOR='sed -i s/1/40/'"})
   end)
   after_each(function()
      term:close()
   end)
   teardown(tear_down)

   it("\\watch repeats a statement until Ctrl-C", function()
      term:enter("n = 0")
      term:enter("(function() n = n + 1 return 'round ' .. n end)()")

      term:enter("\\watch 0.1")
      term:wait("\nround 4")
      term:keys("C-c")

      term:wait_for(function(screen)
         return screen:find("%^C\n?[^\n]*\n" .. db.name .. " [^\n]*>$")
      end, "the prompt")
      term:enter("'af' .. 'ter'")
      term:wait("\nafter")
   end)

   it("\\c stays where it was when the other lake cannot be opened", function()
      term:enter("\\c host=/nowhere")
      term:wait("error: no connection to the lake's database")

      term:enter("lake:info().name .. ' it is'")

      term:wait("\n" .. db.name .. " it is\n")
   end)

   it("\\watch ends when the statement fails", function()
      term:enter("n = 0")
      term:enter("(function() n = n + 1 return n < 3 and 'round ' .. n or error('enough') end)()")

      term:enter("\\watch 0.1")

      term:wait_for(function(screen)
         return screen:find("enough\n" .. db.name .. " [^\n]*>$")
      end, "the prompt")
   end)

   it("\\watch repeats a verb", function()
      term:enter("versions log_stats --csv")
      term:wait("log_stats,")

      term:enter("\\watch 0.1")

      term:wait_for(function(screen)
         return select(2, screen:gsub("view_set_name,", "")) >= 3
      end, "three answers")
      term:keys("C-c")
   end)

   it("\\e gives the statement to an editor, and back to be run", function()
      term:enter("1 + 2")
      term:wait("\n3\n")

      term:enter("\\e")
      term:wait("> 40 + 2")
      assert.is_nil(term:screen():find("\n42"))
      term:keys("Enter")

      term:wait("\n42\n")
   end)

   it("\\e says when the editor fails, and leaves the line empty", function()
      local other = shells.open(db, {environment = "EDITOR=false"})
      other:enter("1 + 2")
      other:wait("\n3\n")

      other:enter("\\e")

      other:wait("error: the editor 'false' failed; $EDITOR names another\n" .. db.name .. " (no registry)>")
      other:close()
   end)
end)
