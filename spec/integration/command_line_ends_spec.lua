-- mmlua is lua at the edges too: odd files, the environment, warnings, finalizers, signals. As command_line_spec.lua.
local as_lua = require("spec.support.as_lua")

local MARK = "\239\187\191"

local files = {
   ["mark.lua"] = MARK,
   ["mark_comment.lua"] = MARK .. "#!lua\nprint('after both', debug.getinfo(1, 'l').currentline)",
   ["half_mark.lua"] = MARK:sub(1, 2) .. "print('no')",
   ["third_of_mark.lua"] = MARK:sub(1, 1),
   ["only_comment.lua"] = "#! a comment that no line end follows",
   ["paths.lua"] = "print(package.path) print(package.cpath)",
   ["count.lua"] = "n = (n or 0) + 1 print('count', n)",
   ["one.lua"] = "print('one', arg ~= nil) shared = 1 return {value = 'of one'}",
   ["two.lua"] = "print('two', shared, one.value)",
   ["words.lua"] = "for i = -12, 12 do if arg[i] then print(i, arg[i]) end end print(...)",
   ["last.lua"] = "print((select(select('#', ...), ...)))",
   ["controls.lua"] = [[
warn("@nothing known") warn("@off", "in pieces") warn("@off") warn("not heard") warn("@on", " in pieces, not heard")
warn("@on") warn("") warn("", "@off") warn("a", "b", "c") warn("a line\nand another")
print(pcall(warn)) print(pcall(warn, "begun", {})) warn("whole")]],
   ["finalizers.lua"] = [[
warn("@on")
first = setmetatable({}, {__gc = function() print("first made, last collected") end})
second = setmetatable({}, {__gc = function() error("while collecting") end})
third = setmetatable({}, {__gc = function()
   late = setmetatable({}, {__gc = function() print("made too late") end})
   print("collecting while closing", collectgarbage())
   os.exit(9, true)
end})]],
   ["leave_open.lua"] = "io.output('./left_open') io.write('written though nobody closed it')",
   ["leave.lua"] = [[
local outer <close> = setmetatable({}, {__close = function(_, err) print("outer", err) end})
local function inner()
   local variable <close> = setmetatable({}, {__close = function(_, err) print("inner", err) end})
   os.exit(load("return " .. arg[1])(), true)
end
inner()]],
   ["level.lua"] = [[
error(setmetatable({}, {__tostring = function() return "raised in line " .. debug.getinfo(4, "l").currentline end}))]],
   ["catch.lua"] = "print(pcall(function() io.popen('kill -INT $PPID'):close() while true do end end)) print('went on')",
   ["uncaught.lua"] = "io.popen('kill -INT $PPID'):close() while true do end",
}

local odd_files = {
   {"is content with a mark and nothing else", "lua ./mark.lua"},
   {"skips a comment behind a mark", "lua ./mark_comment.lua"},
   {"takes two thirds of a mark for what they are", "lua ./half_mark.lua"},
   {"takes a third of a mark for what it is", "lua ./third_of_mark.lua"},
   {"is content with a comment without an end", "lua ./only_comment.lua"},
   {"runs what is compiled behind a comment", "lua -e 'local f = io.open(\"./commented.out\", \"wb\") f:write(\"#!lua\\n\", "
      .. "string.dump(load(\"print(7, ...)\"))) f:close()' && lua ./commented.out a"},
   {"reads nothing from an empty input", "lua -", ""},
   {"reads a script over several lines from its input", "lua", "print(\n1,\nunknown\n)"},
   {"takes what looks like an option behind a dash as an argument", "lua - -v", "print(arg[1])"},
   {"is content with many arguments", "lua ./last.lua $(seq 1 3000)"},
}

local words = {
   {"has all words in arg", "lua -W '-e ' -l one -- ./words.lua a '' -e"},
   {"has all words in arg without a script", "lua -W -e 'for i = -2, 3 do print(i, arg[i]) end'"},
   {"has all words in arg of its input", "lua -W - a", "for i = -3, 2 do print(i, arg[i]) end"},
   {"joins values to short options", "lua '-eprint(1)' -ex=3 -e 'print(x)' -lstring -lone"},
   {"requires modules in turn, each into its global", "lua -l one -ltwo -lmath -e 'print(one.value, math.pi == nil)'"},
   {"requires a module by another name, joined or not", "lua -l 's=string' -lm=math -e 'print(s.upper(\"a\"), m.abs(-1))'"},
   {"requires nothing under a name", "lua -l g="},
   {"requires a module into no name", "lua -l =string -e 'print(_G[\"\"] == string)'"},
   {"knows arg in modules and in LUA_INIT", "LUA_INIT='print(arg[0], arg[-1])' lua -l one ./words.lua"},
   {"complains of arg before its input", "lua -e 'arg = 1' -", "print(1)"},
   {"gives its input what arg became", "lua -e 'arg[1], arg[2] = 1, nil' - a b", "print(...)"},
   {"says what was not found, and where", "LUA_PATH='./?.none' LUA_CPATH='./?.no' lua -l nosuch.thing"},
}

local environment = {
   {"has the same paths", "lua ./paths.lua"},
   {"has the same paths without any environment", "PATH=$PATH; exec env -i \"$(command -v lua)\" ./paths.lua"},
   {"has the same paths with -E", "LUA_INIT='error(1)' LUA_PATH=x LUA_CPATH=y LUA_PATH_5_4=z lua -E ./paths.lua"},
   {"has no path but LUA_PATH and LUA_CPATH", "LUA_PATH=x LUA_CPATH=y lua ./paths.lua"},
   {"has no path but those of the version", "LUA_PATH=x LUA_CPATH=y LUA_PATH_5_4=z LUA_CPATH_5_4=w lua ./paths.lua"},
   {"puts the default where two semicolons are", "for path in ';' ';;' 'a;;b' ';;b' 'a;;' 'a;b;;c' 'a;;b;;c'; do "
      .. "LUA_PATH=$path LUA_CPATH=$path lua ./paths.lua; done"},
   {"runs no empty LUA_INIT", "LUA_INIT= lua -e 'print(1)'"},
   {"prefers an empty LUA_INIT_5_4", "LUA_INIT='print(1)' LUA_INIT_5_4= lua -e 'print(2)'"},
   {"runs a file of LUA_INIT before the script, in one state", "LUA_INIT=@count.lua lua ./count.lua"},
   {"runs LUA_INIT before the options", "LUA_INIT='x = 1' lua -e 'print(x)'"},
   {"raises an object in LUA_INIT", "LUA_INIT='error{}' lua ./paths.lua"},
}

local warnings = {
   {"heeds controls, and only whole ones", "lua -W ./controls.lua"},
   {"heeds controls when it was silent", "lua ./controls.lua"},
   {"tells of warnings in its input", "lua -W", "warn('a', 'b') warn('@off') warn('c')"},
   {"finalizes in order when it ends, and only once", "lua ./finalizers.lua"},
   {"writes what was left open", "lua ./leave_open.lua && cat ./left_open"},
   {"prints its version before anything else", "lua -v -e 'print(1)' 2>&1"},
   {"prints its version once", "lua -v -i -v -e ''"},
   {"asks the debugger's questions on stderr", "lua -e 'debug.debug()'", "io.stderr:write('here ')\nx =\ncont\n"},
}

local ends = {
   {"closes variables on exit", "lua ./leave.lua nil"},
   {"closes variables on exit with false", "lua ./leave.lua false"},
   {"closes variables on exit with a number", "lua ./leave.lua 3"},
   {"asks an object for its text where it was raised", "lua ./level.lua"},
   {"asks no object without a text", "lua -e 'error(print)' 2>&1 | sed s/0x.*//"},
   {"goes on when an interruption was caught", "lua ./catch.lua"},
   -- lua ends with 1, mmlua with 130; in which call it was is chance
   {"tells where it was interrupted", "lua ./uncaught.lua 2>&1 >/dev/null | sed '/in function\\|in method/d'"},
}

local loop = {
   {"takes a statement of many lines", "function f(\nx)\nlocal s = [[\na\n\n]]\nlocal t = \"\\\nb\"\nreturn #s +\n#t + x\n"
      .. "end\nf(\n1)\nreturn f(2), --[[\na comment ]] nil\n"},
   {"prints texts of many lines", "a = [[x\ny]]\n=a\n=a, a\n"},
   {"prints no value of statements and calls without one", "local x = 1\n(function() end)()\n;\n"},
   -- No line is wider than a terminal: readline would move it.
   {"asks the prompt of each line anew", "c, m = 0, {}\nfunction m.__tostring() c = c + 1 return c .. '> ' end\n"
      .. "_PROMPT = setmetatable({}, m)\n(\n1)\nc\n"},
   {"has a prompt that is false", "_PROMPT = false\n1\n"},
   {"keeps nothing of a statement that was wrong", "x = = 1\nx\n"},
   {"sees its own name as the chunk's", "debug.getinfo(1, 'S').source\n"},
   {"has locals for a line only", "local a = 1 print(a)\na\n"},
}

local compare = as_lua.comparer(describe, it)

describe("mmlua as lua", function()
   setup(function()
      as_lua.set_up(files)
   end)
   teardown(as_lua.tear_down)

   compare("runs odd files: it", odd_files)
   compare("reads words: it", words)
   compare("heeds the environment: it", environment)
   compare("warns and cleans up: it", warnings)
   compare("ends: it", ends)

   local in_loop = as_lua.in_loop(loop)
   compare("reads, evaluates and prints: it", in_loop)
end)
