-- How mmlua finds and runs verbs: in an installation of its own, whose verbs are written here.
local shell = require("spec.support.shell")

local build = os.getenv("BUILD") or "build"
local root, bin

local scripts = {
   ["look.lua"] = "-- Look at the arguments.\nprint('look', arg[0], #arg, arg[1], arg[2])\n",
   ["view-sets.lua"] = "-- List nothing.\n",
   ["return.lua"] = "-- Return.\nreturn tonumber(arg[1])\n",
   ["fail.lua"] = [[
-- Fail as a lake does.
error(require("mm.errors").new(arg[1], "a\27 message", {detail = "a detail", hint = "a hint", outcome = arg[2]}))]],
   ["bug.lua"] = "-- Fail as a program does.\nlocal x = nil + 1\n",
   ["print.lua"] = "-- Print much.\nfor i = 1, 1e5 do print(i) end\n",
   ["write.lua"] = "-- Write much.\nrequire('mm.output').rows(function() return {n = 1} end, {'n'}, {csv = true})\n",
   ["module.lua"] = "-- Require a module.\nprint(pcall(require, arg[1]))\n",
   ["paths.lua"] = "-- Show the paths.\nprint(package.path)\nprint(package.cpath)\n",
   ["interrupt.lua"] = "-- Be interrupted.\nio.popen('kill -INT $PPID'):close()\nwhile true do end\n",
   ["confirm.lua"] = [[
-- Ask.
local cli = require("mm.cli")
local options = cli.parse{text = "Asks.", options = {"consent"}}
print(assert(cli.confirm{action = "retire", lake = "prod", summary = {"12 partitions go"}, options = options}))]],
}

local function write(path, text)
   local file = assert(io.open(path, "wb"))
   file:write(text)
   file:close()
end

local function set_up()
   root = shell.run("cd $(mktemp -d) && pwd -P").stdout:match("%S+")
   bin = root .. "/bin/mmlua"
   shell.run(("cd %s && mkdir -p bin share/mm/scripts elsewhere lib/lua/5.4 && cp -L %s/bin/mmlua bin/ && ln -s %s/share/mm/lua share/mm/lua")
      :format(root, build, build))
   for name, text in pairs(scripts) do
      write(root .. "/share/mm/scripts/" .. name, text)
   end
   write(root .. "/elsewhere/look", "print('a script called look', ...)")
   write(root .. "/elsewhere/other", "print('a script called other', ...)")
   write(root .. "/elsewhere/local.lua", "return 'a module beside us'")
end

-- Runs in another folder than the installation, without the paths that specs run with.
local function run(command, input)
   return shell.run(("cd %s/elsewhere && unset LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4; PATH=%s/bin:$PATH; %s")
      :format(root, root, command), input)
end

describe("verbs", function()
   setup(set_up)
   teardown(function()
      shell.run("rm -r " .. root)
   end)

   it("are run with their arguments", function()
      local result = run("mmlua look a --b")

      assert.are.same({stdout = "look\tmmlua look\t2\ta\t--b\n", stderr = "", code = 0}, result)
   end)

   it("win over a script of the same name", function()
      assert.are.equal("look\tmmlua look\t0\tnil\tnil\n", run("mmlua look").stdout)
   end)

   it("leave a script to be named with a slash, or after two dashes", function()
      assert.are.equal("a script called look\t1\n", run("mmlua ./look 1").stdout)
      assert.are.equal("a script called look\t1\n", run("mmlua -- look 1").stdout)
   end)

   it("leave a script to be named with a dot", function()
      assert.are.equal("", run("mmlua local.lua").stderr)
   end)

   it("follow options of lua", function()
      assert.are.equal("1\nlook\tmmlua look\t1\ta\tnil\n", run("mmlua -W -e 'print(1)' look a").stdout)
   end)

   it("get a suggestion when mistyped", function()
      local result = run("mmlua view-set")

      assert.are.equal(2, result.code)
      assert.are.equal([[
mmlua: unknown verb 'view-set'; did you mean 'view-sets'?
verbs: bug confirm fail interrupt look module paths print return view-sets write
hint: a script is named with a slash, a dot, or after `--`: mmlua ./view-set
]], result.stderr)
   end)

   it("are not guessed from a file of that name", function()
      assert.are.same({2, ""}, {run("mmlua other").code, run("mmlua other").stdout})
   end)

   it("do not run LUA_INIT", function()
      assert.are.equal("look\tmmlua look\t0\tnil\tnil\n", run("LUA_INIT='print(1)' mmlua look").stdout)
   end)

   it("find modules in the installation and the system's folders only", function()
      local paths = run("LUA_PATH='/nowhere/?.lua;;' LUA_CPATH='./?.so;;' mmlua paths").stdout

      assert.are.equal("", run("LUA_PATH=/nowhere/?.lua LUA_CPATH=./?.so mmlua paths").stderr)
      for folder in paths:gmatch("[^;\n]+") do
         assert.is_truthy(folder:find("^/usr/"), folder)
      end
   end)

   it("and scripts find no others in place of those of mm", function()
      run("mkdir -p mm && echo 'return {}' > mm.lua && cp mm.lua mm/text.lua && cp mm.lua mm/own.lua")

      assert.are.equal("7d\n", run("mmlua -l t=mm.text -e 'print(t.duration(604800))'").stdout)
      assert.are.equal("true", run("mmlua -e 'print(pcall(require, \"mm.own\"))'").stdout:match("^%a+"))
      run("rm -r mm mm.lua")
   end)

   it("and scripts are told where mm has no such module", function()
      local result = run("mmlua -l mm.nosuch").stderr

      for _, name in ipairs{"/share/mm/lua/mm/nosuch.lua", "/share/mm/lua/mm/nosuch/init.lua", "/lib/lua/5.4/mm/nosuch.so"} do
         assert.is_truthy(result:find(("\n\tno file '%s%s'"):format(root, name), 1, true), result)
      end
   end)

   it("do not find modules in the folder one stands in, as scripts do", function()
      assert.are.equal("false", run("mmlua module local").stdout:match("^%a+"))
      assert.are.equal("true\ta modu", run("mmlua -e 'print(pcall(require, \"local\"))'").stdout:sub(1, 11))
   end)

   it("and scripts find the modules of mm", function()
      assert.are.equal("true", run("mmlua module mm.text").stdout:match("^%a+"))
      assert.are.equal("7d\n", run("mmlua -l t=mm.text -e 'print(t.duration(604800))'").stdout)
   end)
end)

describe("verbs end", function()
   setup(set_up)
   teardown(function()
      shell.run("rm -r " .. root)
   end)

   it("with the number that they return", function()
      assert.are.equal(3, run("mmlua return 3").code)
      assert.are.equal(0, run("mmlua return").code)
   end)

   it("with a message of a line each for error, detail and hint", function()
      local result = run("mmlua fail refused")

      assert.are.equal("mmlua fail: a\\x1b message\ndetail: a detail\nhint: a hint\n", result.stderr)
      assert.are.equal(4, result.code)
   end)

   it("with the exit code of the error", function()
      for code, exit_code in pairs{connection = 8, conflict = 5, usage = 2, query = 1, cancelled = 130} do
         assert.are.equal(exit_code, run("mmlua fail " .. code).code, code)
      end
   end)

   it("with 7 when nobody knows what became of it", function()
      assert.are.equal(7, run("mmlua fail connection unknown").code)
   end)

   it("with a traceback when they are wrong themselves", function()
      local result = run("mmlua bug")

      assert.are.equal(1, result.code)
      assert.is_truthy(result.stderr:find("^mmlua bug: .*/bug.lua:2: attempt to perform arithmetic on a nil value\nstack"))
   end)

   it("with 130 when interrupted", function()
      local result = run("mmlua interrupt")

      assert.are.same({130, "mmlua interrupt: interrupted\n"}, {result.code, result.stderr})
   end)

   it("with 141 and no word when nobody reads on", function()
      local printing = run("{ mmlua print; echo $? >&2; } | head -n 1")
      local writing = run("{ mmlua write; echo $? >&2; } | head -n 1")

      assert.are.same({"1\n", "141\n"}, {printing.stdout, printing.stderr})
      assert.are.same({"n\n", "141\n"}, {writing.stdout, writing.stderr})
   end)

   it("with 1 when the output cannot be written", function()
      local printing, writing = run("mmlua print > /dev/full"), run("mmlua write > /dev/full")

      assert.are.same({1, "mmlua: the output could not be written\n"}, {printing.code, printing.stderr})
      assert.are.equal(1, writing.code)
      assert.is_truthy(writing.stderr:find("^mmlua write: the output could not be written: No space left on device"))
   end)

   it("as scripts do: with 130 when interrupted or cancelled", function()
      local script = root .. "/share/mm/scripts/interrupt.lua"

      assert.are.equal(130, run("mmlua " .. script).code)
      assert.are.equal(130, run("mmlua -e 'error{code = \"cancelled\"}'").code)
      assert.are.equal(1, run("mmlua -e 'error{code = \"query\"}'").code)
   end)

   it("not with 130 when the interruption was caught", function()
      local caught = "pcall(function() io.popen('kill -INT $PPID'):close() while true do end end)"

      assert.are.equal(0, run("mmlua -e " .. shell.quote(caught)).code)
      assert.are.equal(1, run("mmlua -e " .. shell.quote(caught .. " error('other')")).code)
   end)
end)

describe("help", function()
   setup(set_up)
   teardown(function()
      shell.run("rm -r " .. root)
   end)

   it("lists the verbs with what they do, known groups first", function()
      local result = run("mmlua help")

      assert.are.equal(0, result.code)
      assert.is_truthy(result.stdout:find("Look:\n  view%-sets     List nothing\n\nOthers:\n  bug           Fail as a program"))
   end)

   it("is the same by any name", function()
      assert.are.equal(run("mmlua help").stdout, run("mmlua --help").stdout)
      assert.are.equal(run("mmlua help").stdout, run("mmlua -h").stdout)
   end)

   it("of a verb is the verb's own", function()
      assert.are.equal("look\tmmlua look\t1\t--help\tnil\n", run("mmlua help look").stdout)
      assert.are.equal(run("mmlua confirm --help").stdout, run("mmlua help confirm").stdout)
   end)

   it("of an unknown verb is a suggestion", function()
      assert.are.equal(2, run("mmlua help lok").code)
   end)

   it("of a verb goes to stdout", function()
      local result = run("mmlua confirm --help")

      assert.are.equal("usage: mmlua confirm [options]", result.stdout:match("[^\n]*"))
      assert.are.same({0, ""}, {result.code, result.stderr})
   end)

   it("has versions", function()
      assert.is_truthy(run("mmlua --version").stdout:find("^mmlua %d+%.%d+%.%d+, Lua 5%.4%.%d+\n$"))
   end)
end)

describe("the installation is found", function()
   setup(set_up)
   teardown(function()
      shell.run("rm -r " .. root)
   end)

   it("through a link", function()
      assert.are.equal(0, run("ln -s ../bin/mmlua link && ./link look").code)
   end)

   -- Started by the loader, /proc/self/exe names that.
   local loader = "$(ls /lib64/ld-linux-*.so.? /lib/ld-linux-*.so.? 2>/dev/null | head -n 1) "

   it("without /proc", function()
      assert.are.equal(0, run(loader .. "../bin/mmlua look").code)
      assert.are.equal(0, run(loader .. bin .. " look").code)
   end)

   it("or said to be missing", function()
      local result = run("mkdir -p far/away && cp ../bin/mmlua far/away/lost && far/away/lost look")

      assert.are.equal("far/away/lost: no installation: verbs and modules are looked for in ../share/mm from here\n", result.stderr)
      assert.are.equal(1, result.code)
   end)
end)

describe("consent", function()
   setup(set_up)
   teardown(function()
      shell.run("rm -r " .. root)
   end)

   -- Runs on a terminal, whose keys are the input.
   local function on_terminal(words, keys)
      return run(("script -qec 'mmlua confirm %s' /dev/null"):format(words), keys)
   end

   it("needs --yes and --reason without a terminal", function()
      local result = run("mmlua confirm", "prod\n")

      assert.are.equal(2, result.code)
      assert.is_truthy(result.stderr:find("retire needs --yes and --reason where there is no terminal", 1, true))
      assert.are.same({0, "tidy\n"}, {run("mmlua confirm --yes --reason tidy").code, run("mmlua confirm --yes --reason tidy").stdout})
   end)

   it("is the lake's name on a terminal, after what goes was shown", function()
      local result = on_terminal("--reason tidy", "prod\n")

      assert.are.equal(0, result.code)
      assert.is_truthy(result.stdout:find("12 partitions go\r\nType the lake's name (prod) to retire: ", 1, true))
   end)

   it("is not another name, or nothing", function()
      assert.are.equal(1, on_terminal("--reason tidy", "production\n").code)
      assert.are.equal(1, on_terminal("--reason tidy", "\n").code)
   end)

   it("asks for the reason when none is given", function()
      local result = on_terminal("", "prod\ntidy up\n")

      assert.are.equal(0, result.code)
      assert.is_truthy(result.stdout:find("Reason, for the audit: .*tidy up"))
      assert.are.equal(1, on_terminal("", "prod\n\n").code)
   end)
end)
