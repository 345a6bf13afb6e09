-- mmlua is lua: every command line here is run by lua5.4 and by mmlua, both called `lua`, and must end the same way.
local as_lua = require("spec.support.as_lua")

local files = {
   ["module.lua"] = "print('loading', ...) return {name = ...}",
   ["broken.lua"] = "error('broken on purpose')",
   ["args.lua"] = "for i = -9, 9 do if arg[i] and i > -1 then print(i, arg[i]) end end print(#arg, select('#', ...), ...)",
   ["before.lua"] = "for i = -9, -2 do print(i, arg[i]) end",
   ["shebang.lua"] = "#!/usr/bin/env lua\nprint('after the shebang', debug.getinfo(1, 'l').currentline)",
   ["bom.lua"] = "\239\187\191print('after the mark')",
   ["empty.lua"] = "",
   ["syntax.lua"] = "print('a')\nfor x in do",
   ["nested.lua"] = "local function f(x) return x.y.z end\nlocal function g(x) local r = f(x) return r end\ng({})",
   ["init.lua"] = "print('from the file', ...)",
   ["returns.lua"] = "return 3, 4",
   ["close.lua"] = [[
local guard <close> = setmetatable({}, {__close = function(_, err) print('closed', err) end})
local other = setmetatable({}, {__gc = function() print('collected') end})
error(arg[1], 0)]],
   ["close_error.lua"] = [[
local guard <close> = setmetatable({}, {__close = function() error('while closing') end})
error('first')]],
   ["exit.lua"] = [[
local guard <close> = setmetatable({}, {__close = function() print('closed') end})
collected = setmetatable({}, {__gc = function() print('collected') end})
os.exit(load('return ' .. arg[1])(), load('return ' .. arg[2])())]],
}

-- What is run: a sentence, a command of sh, and perhaps its input.
local chunks = {
   {"runs a chunk", "lua -e 'print(1, 2)'"},
   {"takes a chunk joined to its option", "lua '-eprint(1)'"},
   {"runs an empty chunk", "lua -e ''"},
   {"keeps globals between chunks", "lua -e 'x = 1' -e 'print(x)'"},
   {"stops at the first chunk that fails", "lua -e 'error(\"a\")' -e 'print(2)'"},
   {"shows where a chunk is wrong", "lua -e 'x ='"},
   {"raises a table", "lua -e 'error({})'"},
   {"raises nothing", "lua -e 'error()'"},
   {"raises a number", "lua -e 'error(42)'"},
   {"raises an object with a text", "lua -e 'error(setmetatable({}, {__tostring = function() return \"a text\" end}))'"},
   {"raises an object whose text is none", "lua -e 'error(setmetatable({}, {__tostring = function() return 1 end}))'"},
   {"raises an object whose text fails", "lua -e 'error(setmetatable({}, {__tostring = function() error(1) end}))'"},
   {"raises a named type", "lua -e 'error(setmetatable({}, {__name = \"my type\"}))'"},
   {"raises without a position", "lua -e 'error(\"bare\", 0)'"},
   {"names the function that failed", "lua -e 'local t = {} function t.f() t.g.h = 1 end t.f()'"},
   {"shows a traceback through a coroutine", "lua -e 'coroutine.wrap(function() error(\"inside\") end)()'"},
   {"collects in generations", "lua -e 'print(collectgarbage(\"incremental\"))'"},
   {"gives a chunk no arguments", "lua -e 'print(select(\"#\", ...))' ./empty.lua a b"},
   {"has no metatable on the globals", "lua -e 'print(getmetatable(_G), mm, lake)'"},
}

local options = {
   {"requires a module", "lua -l module -e 'print(module.name)'"},
   {"requires a module joined to the option", "lua -lmodule -e 'print(module.name)'"},
   {"requires a module into a global", "lua -l g=module -e 'print(g.name, module)'"},
   {"reports a module that is not there", "lua -l nosuch"},
   {"reports a module that fails", "lua -l broken -e 'print(1)'"},
   {"does options in their order", "lua -e 'print(1)' -l module -e 'print(2)'"},
   {"prints the version", "lua -v"},
   {"prints the version before a script", "lua -v ./args.lua"},
   {"prints the version and runs no stdin", "lua -v", "print(1)"},
   {"is silent about warnings", "lua -e 'warn(\"a\")'"},
   {"prints warnings when asked", "lua -W -e 'warn(\"a\", \"b\")'"},
   {"prints warnings from the option on", "lua -e 'warn(\"a\")' -W -e 'warn(\"b\")'"},
   {"turns warnings on and off from within", "lua -e 'warn(\"@on\") warn(\"a\") warn(\"@off\") warn(\"b\")'"},
   {"does not run LUA_INIT with -E", "LUA_INIT='print(1)' lua -E -e 'print(2)'"},
   {"ignores paths with -E", "LUA_PATH=/nowhere lua -E -e 'print(package.path:find(\"nowhere\"))'"},
   {"ends options after two dashes", "lua -- ./args.lua -v"},
   {"takes words after a script for it", "lua ./args.lua -e 'print(1)' -- -"},
   {"runs stdin after nothing but options", "lua -W", "print(arg[0] ~= nil, #arg)"},
   {"reports two dashes and a dash as a missing file", "lua -- -", "print(1)"},
}

local scripts = {
   {"gives a script its arguments", "lua ./args.lua a 'b c' ''"},
   {"gives what comes before the script", "lua -W -e 'x = 1' ./before.lua a"},
   {"skips a first line with a shebang", "lua ./shebang.lua"},
   {"skips a byte order mark", "lua ./bom.lua"},
   {"runs an empty script", "lua ./empty.lua"},
   {"ignores what a script returns", "lua ./returns.lua"},
   {"reports a missing script", "lua ./nosuch.lua"},
   {"reports a folder", "lua ./."},
   {"shows where a script is wrong", "lua ./syntax.lua"},
   {"shows how a script came to its error", "lua ./nested.lua"},
   {"runs a compiled script",
      "lua -e 'io.open(\"./c.out\", \"wb\"):write(string.dump(load(\"print(...)\"))):close()' && lua ./c.out 1"},
   {"reports a compiled script that is cut", "head -c 20 ./c.out > ./cut.out; lua ./cut.out"},
   {"complains when arg is no table", "lua -e 'arg = 1' ./args.lua"},
   {"takes arguments from a changed arg", "lua -e 'arg[1] = \"changed\" arg[2] = \"more\"' ./args.lua a"},
   {"runs stdin", "lua", "print('stdin', ...) print(#arg)"},
   {"runs stdin as a script with arguments", "lua - a b", "print(arg[0], ...)"},
   {"runs stdin after a chunk when asked", "lua -e 'print(1)' -", "print(2)"},
   {"does not run stdin after a chunk", "lua -e 'print(1)'", "print(2)"},
   {"reads the rest of stdin itself", "lua -e 'print(io.read(\"l\", \"n\", \"a\"))'", "line\n 12\nrest"},
   {"shows where stdin is wrong", "lua -", "x = = 1"},
   {"shows how stdin came to its error", "lua - a", "local function f() error('a') end f()"},
   {"finds modules in the folder it stands in", "lua -e 'print(require(\"module\").name)'"},
   {"finds modules by LUA_PATH", "LUA_PATH='./m?e.lua' lua -e 'print(require(\"odul\").name)'"},
   {"finds modules by LUA_PATH_5_4", "LUA_PATH=x LUA_PATH_5_4='./m?e.lua' lua -e 'print(require(\"odul\").name)'"},
}

local init = {
   {"runs LUA_INIT", "LUA_INIT='print(1, ...)' lua -e 'print(2)'"},
   {"runs a file named by LUA_INIT", "LUA_INIT=@init.lua lua ./empty.lua"},
   {"prefers LUA_INIT_5_4", "LUA_INIT='print(1)' LUA_INIT_5_4='print(2)' lua -e ''"},
   {"stops when LUA_INIT fails", "LUA_INIT='error(1)' lua -e 'print(2)'"},
   {"names LUA_INIT_5_4 when it is wrong", "LUA_INIT_5_4='x x' lua -e 'print(2)'"},
   {"stops when the file of LUA_INIT is missing", "LUA_INIT=@nosuch lua -e 'print(2)'"},
   {"shows LUA_INIT the arguments", "LUA_INIT='print(arg[1])' lua ./empty.lua a"},
}

local exits = {
   {"exits well", "lua ./exit.lua nil nil"},
   {"exits with true", "lua ./exit.lua true false"},
   {"exits with false", "lua ./exit.lua false false"},
   {"exits with a number", "lua ./exit.lua 7 false"},
   {"exits with a number beyond a byte", "lua ./exit.lua 257 false"},
   {"closes the state on exit when asked", "lua ./exit.lua 7 true"},
   {"closes variables when a script fails", "lua ./close.lua 'a message'"},
   {"reports an error while closing", "lua ./close_error.lua"},
   {"collects at the end", "lua -e 'x = setmetatable({}, {__gc = function() print(\"collected\") end})'"},
   {"warns of an error while collecting", "lua -W -e 'x = setmetatable({}, {__gc = function() error(\"gc\") end})'"},
   {"prints bytes as they are", "lua -e 'print(\"\\xff\\0\\xe9\", \"\\0\")'"},
   {"gets bytes as they are", "lua ./args.lua \"$(printf '\\377\\351')\""},
   {"cuts an error at a zero", "lua -e 'error(\"before\\0after\", 0)'"},
   {"raises bytes", "lua -e 'error(\"\\xff\\27\", 0)'"},
   {"overflows the stack", "lua -e 'local function f() return 1 + f() end f()'"},
   {"overflows the C stack", "lua -e 'local function f() return (\"x\"):gsub(\"x\", f) end f()'"},
   {"overflows the C stack with pcall", "lua -e 'local f f = function() return pcall(f) end print(f())'"},
   {"overflows the parser", "lua -e \"load(('('):rep(1000))\" -e \"print(load(('('):rep(1000)))\""},
   {"overflows in a message handler", "lua -e 'print(xpcall(error, function(e) error(e) end, 1))'"},
   {"recurses in tostring", "lua -e 't = setmetatable({}, {__tostring = function(t) return tostring(t) end}) error(t)'"},
   {"ends when nobody reads", "{ lua -e 'for i = 1, 1e6 do print(i) end'; echo $? >&2; } | head -n 1"},
   {"writes where nobody listens", "lua -e 'print(1)' >&-"},
   {"runs a program", "lua -e 'print(os.execute(\"exit 3\"))'"},
}

local loop = {
   {"prints expressions", "1 + 1\n'a', nil, 2\nnil\n"},
   {"prints with an equals sign", "=1, 2\n= 'a'\n"},
   {"runs statements", "x = 5\nprint(x)\nlocal y = 1\nprint(y)\n"},
   {"reads on until a statement is complete", "if true then\nprint('yes')\nend\nfor i = 1, 2 do\nprint(i) end\n"},
   {"reads on in a string", "x = [[a\nb]]\nprint(x)\n"},
   {"goes on after errors", "error('a')\n1 +\n* 2\nerror({})\nerror(setmetatable({}, {__tostring = print}))\nprint(1)\n"},
   {"skips empty lines and comments", "\n\n-- nothing\n1\n"},
   {"takes return", "return 1, 2\nreturn\n"},
   {"takes a prompt", "_PROMPT = 'p '\n_PROMPT2 = 'q '\nif 1\nthen print(1) end\n_PROMPT = 12\n2\n"},
   {"asks an object for the prompt", "_PROMPT = setmetatable({}, {__tostring = function() return 'o ' end})\n1\n"},
   {"prints through print", "print = function(...) io.write('<', ..., '>\\n') end\n1, 2\nprint = nil\n3\nprint = error\n4\n"},
   {"exits from within", "os.exit(3)\nprint('not here')\n"},
   {"ends without a last newline", "1\n2"},
   {"warns", "warn('@on')\nwarn('a')\n"},
   {"has its own name in tracebacks", "function f() error('in f') end\nf()\n"},
}

local compare = as_lua.comparer(describe, it)

describe("mmlua as lua", function()
   setup(function()
      as_lua.set_up(files)
   end)
   teardown(as_lua.tear_down)

   compare("runs chunks: it", chunks)
   compare("has options: it", options)
   compare("runs scripts: it", scripts)
   compare("prepares itself: it", init)
   compare("ends: it", exits)

   local in_loop = as_lua.in_loop(loop)
   in_loop[#in_loop + 1] = {"follows a script", "lua -i ./args.lua a", "arg[1]\n"}
   in_loop[#in_loop + 1] = {"does not follow a script that failed", "lua -i ./broken.lua", "1\n"}
   in_loop[#in_loop + 1] = {"follows a chunk", "lua -e 'x = 1' -i", "x\n"}
   compare("reads, evaluates and prints: it", in_loop)

   it("fails when stdin without arguments fails, where lua says that all is well", function()
      local reference = as_lua.run("reference", "lua", "error('a')")

      local ours = as_lua.run("ours", "lua", "error('a')")

      assert.are.equal(reference.stderr, ours.stderr)
      assert.are.same({0, 1}, {reference.code, ours.code})
   end)

   it("says why a statement is not complete when the input ends, where lua says (null)", function()
      local ours = as_lua.run("ours", "lua -i", "for i = 1")

      assert.are.equal("stdin:1: ',' expected near <eof>\n", ours.stderr)
   end)

   for _, words in ipairs{"-q", "-vv", "-Ex", "-Wx", "-ix", "--nosuch", "-e", "-l", "-e -v", "-l -"} do
      it("says first what is wrong with " .. words, function()
         local reference = as_lua.run("reference", "lua " .. words)

         local ours = as_lua.run("ours", "lua " .. words)

         assert.are.equal(reference.stderr:match("[^\n]*"), ours.stderr:match("[^\n]*"))
         assert.are.same({"", 1}, {ours.stdout, ours.code})
      end)
   end
end)
