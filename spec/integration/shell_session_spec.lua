-- What a session understands: Lua, verbs, commands; most of it piped in, as a terminal makes no difference.
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

local CONNECTIONS = "select string_agg(pid::text, ' ') from pg_stat_activity where application_name like 'mm %' "
   .. "and datname = current_database()"

describe("in a session", function()
   local db

   setup(function()
      db = postgres.database("lake-0.33.0")
   end)
   teardown(function()
      db:drop()
   end)

   local function run(text, words)
      return shells.pipe(db, text .. "\n", words)
   end

   local function says(result, text)
      assert.is_truthy(result.stderr:find(text, 1, true), result.stderr)
   end

   it("an expression prints its values, a statement nothing", function()
      assert.are.equal("3\tnil\tx\n", run("1 + 2, nil, 'x' -- a comment\nlocal y = 1").stdout)
   end)

   it("a result has no second value where all went well", function()
      local result = run("select('#', lake:status()), select('#', lake:list_schema_versions())\nreturn")

      assert.are.same({"1\t1\n", "", 0}, {result.stdout, result.stderr, result.code})
   end)

   it("an equals sign in front is as good as nothing", function()
      assert.are.equal("3\n", run("=1 + 2").stdout)
   end)

   it("globals stay, and a statement may take several lines", function()
      assert.are.equal("12\n", run("function f(a)\n  return a * 2\nend\nf(6)").stdout)
   end)

   it("an expression may take several lines too", function()
      assert.are.equal("ab\n2\n", run("'a' ..\n'b'\n#{\n  1,\n  2}").stdout)
      assert.are.equal("stdin:1: '}' expected near <eof>\n", run("{1").stderr)
      assert.are.equal("stdin:1: unexpected symbol near '}'\n", run("}").stderr)
   end)

   it("`mm` and `lake` are there", function()
      local result = run("mm.version\nlake:info().database")

      assert.are.equal(("%s\n%s\n"):format(shell.run("cat VERSION").stdout:match("%S+"), db.name), result.stdout)
   end)

   it("nil and an error are told as an error", function()
      local result = run("lake:list_outdated_partitions('log_entrys')")

      assert.are.same({"", 1}, {result.stdout, result.code})
      assert.are.equal("error: no view set is called 'log_entrys'; did you mean 'log_entries'?\nhint: mmlua view-sets lists them\n",
         result.stderr)
   end)

   it("a mistake in what was typed is told without a traceback", function()
      assert.are.equal("stdin:1: lake:plan: unknown option 'al'; did you mean 'all'?\n", run("lake:plan{al = 1}").stderr)
   end)

   it("a mistake in a file is told with the way to it, as far as it is the user's", function()
      local result = run("require('mm.text').escape(1)")

      assert.is_truthy(result.stderr:find("mm/text.lua:%d+: attempt to index a number value.*\nstack traceback:\n"))
      assert.is_nil(result.stderr:find("session.lua", 1, true))
   end)

   it("a verb runs on the session's lake, by the same connection", function()
      local term = shells.open(db)
      local pid = db:value(CONNECTIONS)

      term:enter("versions log_entries")

      term:wait("next: outdated\n" .. db.name)
      assert.are.equal(pid, db:value(CONNECTIONS))
      term:close()
   end)

   it("a verb is told its arguments as outside", function()
      local outside = shell.run(shells.command(("outdated log_entries --instances --csv --lake %s"):format(
         shell.quote(db.conninfo))))

      assert.are.equal(outside.stdout, run("outdated log_entries --instances --csv").stdout)
      assert.are.equal(outside.stdout, run("  mmlua outdated 'log_entries' --instances --csv").stdout)
   end)

   it("a verb's next step is one to be typed here", function()
      says(run("versions log_entries"), "\nnext: outdated\n")
   end)

   it("a verb leaves `arg` as it was", function()
      assert.are.equal("--lake\n", run("versions log_entries --csv\narg[1]").stdout:match("[^\n]*\n$"))
   end)

   it("a verb's options may name another registry", function()
      says(run("outdated --registry 0.27"), "registry given: release 0.27 ")
   end)

   it("a variable comes before a verb of its name, unless words follow", function()
      local result = run("status = 'a variable'\nstatus\nstatus .. '!'\nstatus --csv")

      assert.are.equal("a variable\na variable!\n", result.stdout:match("^.-\n.-\n"))
      assert.is_truthy(result.stdout:find("\nname,database,role", 1, true))
   end)

   it("what looks like a verb and is Lua is Lua", function()
      assert.are.equal("4\nx\n4\n", run("plan = {id = 4}\nplan.id\nshow = print\nshow 'x'\nplan = plan.id -- comment\nplan").stdout)
   end)

   it("help is the verbs, and help of one its own", function()
      assert.is_truthy(run("help").stdout:find("Look:\n  status ", 1, true))
      assert.are.equal("usage: mmlua outdated [options] [VIEW_SET]", run("help outdated").stdout:match("[^\n]*"))
   end)

   it("a question mark is a question", function()
      assert.are.equal(run("\\?").stdout, run(" ? ").stdout)
   end)

   it("exit and quit end it, unless they are variables", function()
      assert.are.equal("1\n", run("1\nquit\n2").stdout)
      assert.are.equal("1\n", run("1\nexit\n2").stdout)
      assert.are.equal("1\n2\n", run("exit = 1\nexit\n2").stdout)
   end)

   it("that is piped in the first failure is the last statement", function()
      local result = run("1\nlake:pause('nothing-1-abcdef')\n2")

      assert.are.same({"1\n", 1}, {result.stdout, result.code})
      assert.are.equal(2, run("outdated --nosuch\n2").code)
   end)

   it("that is piped in what is outdated is no failure", function()
      assert.is_truthy(run("outdated --check --csv\n'went on'").stdout:find("\nwent on\n$"))
   end)

   for typed, answer in pairs{
      ["outdatd"] = "error: no verb is called 'outdatd'; did you mean 'outdated'?\n",
      ["outdatd log_entries --instances"] = "error: no verb is called 'outdatd'; did you mean 'outdated'?\n",
      ["view-set"] = "error: no verb is called 'view-set'; did you mean 'view-sets'?\n",
      ["lake:outdatd()"] = "stdin:1: no method 'outdatd'; did you mean 'list_outdated_partitions'?\n",
      ["lake:lst_view_sets()"] = "stdin:1: no method 'lst_view_sets'; did you mean 'list_view_sets'?\n",
      ["mm.opn()"] = "stdin:1: no function 'opn'; did you mean 'open'?\n",
      ["lake:plan{verdict = {}}"] = "stdin:1: lake:plan: unknown option 'verdict'; did you mean 'verdicts'?\n",
      ["prnt(1)"] = "stdin:1: attempt to call a nil value (global 'prnt'); did you mean 'print'?\n",
      ["select * from lakehouse_partitions"] = "error: that is neither Lua nor a verb\nhint: SQL is for psql; help lists the verbs\n",
      ["\\timming"] = "error: no command is called '\\timming'; did you mean '\\timing'?; \\? lists them\n",
      ["\\h list_view_set"] = "error: nothing is documented as 'list_view_set'; did you mean 'list_view_sets'?\n",
   } do
      it(("`%s` is answered with what is meant"):format(typed), function()
         assert.are.equal(answer, run(typed).stderr)
      end)
   end

   it("a name that is nothing at all is nil", function()
      assert.are.equal("nil\n", run("nothing_like_it").stdout)
   end)
end)

describe("the command line of a session", function()
   local db

   setup(function()
      db = postgres.database("lake-0.33.0")
   end)
   teardown(function()
      db:drop()
   end)

   it("may give a registry", function()
      local result = shells.pipe(db, "outdated log_entries\n", "--registry 0.33")

      assert.is_truthy(result.stderr:find("registry given: release 0.33 ", 1, true))
   end)

   it("may follow options of lua", function()
      local result = shell.run(shells.command(("-e 'x = 5' --lake=%s"):format(shell.quote(db.conninfo))), "x, lake:info().name\n")

      assert.are.equal("5\t" .. db.name .. "\n", result.stdout)
   end)

   it("is refused when it is wrong", function()
      local result = shell.run(shells.command("--lake x outdated"), "")

      assert.are.same({2, ""}, {result.code, result.stdout})
      assert.are.equal("unexpected argument 'outdated'", result.stderr:match(": ([^\n]*)"))
   end)

   it("is refused with a password, which others could see", function()
      local result = shell.run(shells.command("--lake postgres://me:geheim@host/lake"), "lake\n")

      assert.are.equal(2, result.code)
      assert.is_truthy(result.stderr:find("a password on the command line is shown to everybody by ps", 1, true))
      assert.is_nil(result.stderr:find("geheim", 1, true))
   end)

   it("may name a lake that cannot be reached: that is said when it is needed", function()
      local result = shell.run(shells.command("--lake host=/nowhere"), "1 + 1\nlake:info()\n3\n")

      assert.are.same({"2\n", 8}, {result.stdout, result.code})
      assert.is_truthy(result.stderr:find("^error: no connection to the lake's database\ndetail: "))
   end)
end)
