-- What is documented: the manual, `--help`, completion, the reference, the cookbook, the recorded session.
local core = require("mm.core")
local lists = require("mm.lists")
local mm = require("mm")
local shell = require("spec.support.shell")

local build = os.getenv("BUILD") or "build"
local mmlua = "env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 " .. build .. "/bin/mmlua"

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

local function output(command)
   local result = shell.run(command)
   assert.are.equal(0, result.code, result.stderr)
   return result.stdout
end

-- Of two long texts only the first lines that differ are shown.
local function assert_is_current(made, path)
   local new, old = shell.lines(made), shell.lines(read(path))
   for i = 1, math.max(#new, #old) do
      assert.are.equal(new[i], old[i], ("line %d of %s is not up to date: run `make docs`"):format(i, path))
   end
end

local function verbs()
   local names = {}
   for path in io.popen("ls scripts/*.lua"):lines() do
      names[#names + 1] = path:match("([^/]+)%.lua")
   end
   return names
end

local function is_of_one_lua()
   return (os.getenv("SPEC_LUA") or ""):find("luajit$") ~= nil
end

describe("the manual page", function()
   it("is the one that is made from what verbs declare", function()
      assert_is_current(output(mmlua .. " tools/make-manual scripts/*.lua"), "docs/mmlua.1")
   end)

   it("has nothing that man complains about", function()
      local result = shell.run("MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -l docs/mmlua.1 >/dev/null")

      assert.are.same({stdout = "", stderr = "", code = 0}, result)
   end)

   it("has every verb, option and exit code", function()
      local text = output("MANWIDTH=80 LC_ALL=C.UTF-8 man -l docs/mmlua.1 | col -bx")

      for _, name in ipairs(verbs()) do
         assert.is_truthy(text:find("\n   " .. name .. "\n       mmlua " .. name, 1, true), name)
      end
      for code in pairs{[0] = 1, [1] = 1, [2] = 1, [3] = 1, [4] = 1, [5] = 1, [6] = 1, [7] = 1, [8] = 1, [130] = 1} do
         assert.is_truthy(text:find(("\n       %d "):format(code), 1, true), "exit code " .. code)
      end
   end)

   it("is where an installation puts it", function()
      assert_is_current(read(build .. "/share/man/man1/mmlua.1"), "docs/mmlua.1")
   end)
end)

describe("the help of each verb", function()
   for _, name in ipairs(verbs()) do
      it("has examples and fits a terminal: " .. name, function()
         local text = output(mmlua .. " " .. name .. " --help")

         assert.are.equal("usage: mmlua " .. name .. " [options]", text:match("^usage: mmlua [%w-]+ %[options%]"))
         assert.is_truthy(text:find("\nexamples:\n  mmlua " .. name, 1, true))
         for _, line in ipairs(shell.lines(text)) do
            assert.is_true(#line <= 80 or line:find("^  mmlua ") ~= nil, line)
         end
      end)
   end

   it("is listed in lines of 80 columns", function()
      for _, line in ipairs(shell.lines(output(mmlua .. " help"))) do
         assert.is_true(#line <= 80, line)
      end
   end)

   it("has examples that the verb itself understands", function()
      local declarations = require("mm.cli.declarations")
      local parser = require("mm.cli.parser")
      local words = require("mm.shell.words")

      for _, name in ipairs(verbs()) do
         local declared = assert(declarations.of("scripts/" .. name .. ".lua"))
         for _, example in ipairs(declared.examples) do
            local list = words.split((example[1]:gsub(" > .*$", "")))
            assert.are.same({"mmlua", name}, {table.remove(list, 1), table.remove(list, 1)})
            local parsed, err = parser.parse(declared, list)
            assert.is_truthy(parsed, err and err.message)
         end
      end
   end)
end)

describe("completion in bash", function()
   -- What a Tab at the end of these words gives, sorted.
   local function complete(...)
      local words = {}
      for i, word in ipairs({"mmlua", ...}) do
         words[i] = shell.quote(word)
      end
      local script = (". %s/share/bash-completion/completions/mmlua; COMP_WORDS=(%s); COMP_CWORD=%d; _mmlua; "
         .. "printf '%%s\\n' \"${COMPREPLY[@]}\" | sort | tr '\\n' ' '"):format(build, table.concat(words, " "), #words - 1)
      return (output("bash -c " .. shell.quote(script)):gsub(" $", ""))
   end

   it("has the verbs, and what lua takes", function()
      local list = verbs()
      list[#list + 1] = "help"
      table.sort(list)

      assert.are.equal(table.concat(list, " "), (complete("")))
      assert.are.equal("--color --help --lake --registry --schema --timeout --version", complete("--"))
      assert.are.equal("outdated", complete("ou"))
      assert.are.equal("status", complete("-e", "x = 1", "sta"))
      assert.are.equal("always auto never", complete("--color", ""))
      assert.are.equal("status", complete("--lake", "=", "service=prod", "--timeout", "5", "sta"))
      assert.are.equal("undo", complete("help", "und"))
      assert.are.equal("scripts/examples/metrics.lua", complete("scripts/examples/me"))
   end)

   it("has the options of each verb", function()
      local declarations = require("mm.cli.declarations")

      for _, name in ipairs(verbs()) do
         local names = {}
         for i, option in ipairs(assert(declarations.of("scripts/" .. name .. ".lua")).options) do
            names[i] = "--" .. option.name
         end
         table.sort(names)
         assert.are.equal(table.concat(names, " "), (complete(name, "--"):gsub(" $", "")), name)
      end
   end)

   it("has values, after a blank or an equals sign", function()
      assert.are.equal("always auto never", complete("outdated", "--color", ""))
      assert.are.equal("empty", complete("plan", "--verdict", "=", "e"))
      assert.are.equal("always auto never", complete("outdated", "--color", "="))
      assert.are.equal("publish", complete("registry", "p"))
      assert.are.equal("log_entries log_stats", complete("timeline", "log"))
      assert.are.equal("0.30 0.31 0.32 0.33", complete("plan", "--registry", "0.3"))
      assert.are.equal("docs/api.md", complete("partitions", "--output", "docs/a"))
      assert.are.equal("", complete("plan", "--lake", ""))
   end)
end)

describe("completion in zsh", function()
   local has_zsh = shell.run("command -v zsh").code == 0

   -- What the terminal shows after a Tab, and another.
   local function screen_after(words, wanted)
      local tmux = require("spec.support.tmux")
      local term = tmux.open("exec zsh -f", {columns = 100, lines = 40})
      term:enter(("fpath=(%s/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; PS1='z> '; clear"):format(build))
      term:wait("z>")
      term:type(words)
      term:keys("Tab", "Tab")
      local screen = term:wait(wanted)
      term:close()
      return screen
   end

   local check = has_zsh and not is_of_one_lua() and it or pending

   check("has the verbs with what they do", function()
      assert.is_truthy(screen_after("mmlua ", "writers"):find("undo +%-%- Takes a retirement back"))
   end)

   check("has options, and not those that exclude each other", function()
      local screen = screen_after("mmlua outdated --json --", "--registry")

      assert.is_truthy(screen:find("%-%-instances +%-%- a line per view instance"))
      assert.is_nil(screen:find("--csv", 1, true))
   end)

   check("has values", function()
      screen_after("mmlua plan --verdict ", "waits_for_blocks")
   end)
end)

describe("the reference", function()
   local text = read("docs/api.md")

   it("is the one that is made from the comments", function()
      assert_is_current(output(mmlua .. " tools/make-reference"), "docs/api.md")
   end)

   local function assert_documented(name)
      local comment = text:match("\n### " .. name:gsub("%p", "%%%0") .. "%([^\n]*%)\n\n([^\n]+)\n")
      assert.is_truthy(comment and comment:find("%a"), name .. " is in no comment")
   end

   it("has every method of lakes", function()
      for name in pairs(core.lake_methods) do
         if name ~= "close" then
            assert_documented("lake:" .. name)
         end
      end
   end)

   it("has every function of the modules", function()
      for prefix, module in pairs{["mm."] = mm, ["mm.registry."] = mm.registry, ["mm.schema."] = mm.schema,
         ["mm.output."] = require("mm.output"), ["mm.text."] = require("mm.text"), ["mm.time."] = require("mm.time"),
         ["mm.json."] = require("mm.json"), ["mm.cli."] = require("mm.cli"), ["mm.errors."] = require("mm.errors")} do
         for name, value in pairs(module) do
            if type(value) == "function" then
               assert_documented(prefix .. name)
            end
         end
      end
   end)

   it("fails where a public function has no comment", function()
      local folder = output("mktemp -d"):match("%S+")
      shell.run(("cp -r lua tools %s && sed -i '/^--- The lake at a glance/,/^---@return/d' %s/lua/mm/lake.lua"):format(folder, folder))

      local result = shell.run(("cd %s && %s tools/make-reference"):format(folder, mmlua))

      shell.run("rm -r " .. folder)
      assert.are.equal(1, result.code)
      assert.is_truthy(result.stderr:find("lua/mm/lake.lua: status has no comment", 1, true), result.stderr)
   end)
end)

describe("the types", function()
   local types = read("lua/mm/types.lua")

   local function fields(class)
      local names = {}
      for name in types:match("%-%-%-@class " .. class:gsub("%.", "%%.") .. "[^\n]*\n(.-)\n\n"):gmatch("%-%-%-@field ([%w_]+)") do
         names[#names + 1] = name
      end
      table.sort(names)
      return names
   end

   it("have every method of lakes", function()
      assert.are.same(lists.keys(core.lake_methods), fields("mm.lake"))
   end)

   it("have everything that is bound from C", function()
      assert.are.same(lists.keys(core), fields("mm.core"))
   end)
end)

describe("the cookbook", function()
   it("is the one that is made from the scripts", function()
      assert_is_current(output(mmlua .. " tools/make-cookbook scripts/examples/*.lua"), "docs/cookbook.md")
   end)

   it("has ten scripts that are short", function()
      local count = 0
      for path in io.popen("ls scripts/examples/*.lua"):lines() do
         count = count + 1
         assert.is_true(#shell.lines(read(path)) < 40, path)
      end
      assert.are.equal(10, count)
   end)
end)

describe("the page about the HTTP API", function()
   it("has the routes that there are", function()
      assert_is_current(output(mmlua .. " tools/make-routes docs/http.md"), "docs/http.md")
   end)
end)

describe("recorded", function()
   -- Without what differs from one time to the next. Of hashes only which are equal counts.
   local function normalized(text)
      text = text:gsub("%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d UTC", "TIME"):gsub("demo%-(%d+)%-%x+", "demo-%1-ID")
      text = text:gsub("%d[%d ]*/s", "RATE"):gsub("\npostgresql +[%d.]+", "\npostgresql"):gsub("by %S+@%S+ as", "by WHO as")
      local names, count = {}, 0
      return (text:gsub("%x+", function(hash)
         if #hash >= 32 and not names[hash] then
            count = count + 1
            names[hash] = "HASH" .. count
         end
         return names[hash]
      end))
   end

   -- Under sanitizers the terminal's end is another.
   local check = (is_of_one_lua() or build:find("asan")) and pending or it

   for _, page in ipairs{{"record-session", "docs/session.md"}, {"record-week", "docs/upgrade-week.md"}} do
      local tool, path = page[1], page[2]
      check(path .. " is what a terminal shows today, but for times and ids", function()
         local recorded = output(("env LUA_PATH='./?.lua;;' %s/bin/mmlua tools/%s %s"):format(build, tool, build))

         local new, old = shell.lines(normalized(recorded)), shell.lines(normalized(read(path)))
         for i = 1, math.max(#new, #old) do
            assert.are.equal(old[i], new[i], ("line %d of %s is not up to date: run `make docs`"):format(i, path))
         end
      end)
   end
end)

describe("the page of what can go wrong", function()
   it("names tests that are there", function()
      local missing, count = {}, 0
      for file, name in read("docs/what-can-go-wrong.md"):gmatch("| `([%w_]+): ([^`]+)` |\n") do
         count = count + 1
         local specs = io.open(("spec/integration/%s_spec.lua"):format(file))
            or io.open(("spec/torture/%s_spec.lua"):format(file))
         if not (specs and specs:read("*a"):find(('it("%s"'):format(name), 1, true)) then
            missing[#missing + 1] = file .. ": " .. name
         end
      end

      assert.are.same({}, missing)
      assert.is_true(count > 40)
   end)
end)
