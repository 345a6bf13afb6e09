-- The Tab key.
local postgres = require("spec.support.postgres")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

-- What is typed up to the cursor, and what Tab adds to it, or, in a list, some of what there is to choose from.
local cases = {
   {"a word of Lua", "whi", "le"},
   {"a global", "tostr", "ing"},
   {"a field", "string.gm", "atch"},
   {"fields", "string.g", {"gmatch", "gsub"}},
   {"a field of a field", "t = {inner = {deep = 1}} t.inner.de", "ep"},
   {"a field that a metatable gives", "o.inher", "ited"},
   {"only functions after a colon", "o:", "call"},
   {"nothing where a function would have to be called", "dynamic.x", nil},
   {"a string's methods", "text:rev", "erse"},
   {"a method of the lake", "lake:list_o", "utdated_partitions"},
   {"methods", "lake:list_", {"list_partitions", "list_view_sets"}, {"plan"}},
   {"a method inside of a statement", "for row in lake:list_pa", "rtitions"},
   {"a function of the module", "mm.op", "en"},
   {"a function of a function's module", "mm.registry.rele", "ase"},
   {"an option", "lake:plan{dry", "_run = "},
   {"options", "x = lake:plan{all = true, ", {"dry_run", "verdicts"}, {"all", "abs"}},
   {"options of a second argument", "lake:apply('x', {rea", "son = "},
   {"options in parentheses", "lake:list_partitions({stat", "us = "},
   {"no options as values", "lake:plan{all = tr", "ue"},
   {"no options of what is not mm's", "os.exit{", nil},
   {"a value that is known", "lake:list_partitions{status = 'outd", "ated'"},
   {"a verdict", 'lake:plan{view_set = "log_entries", verdicts = {"repl', 'aced"'},
   {"a second verdict", 'lake:plan{verdicts = {"empty", "repl', 'aced"'},
   {"a view set of the lake", 'lake:plan{view_set = "log_e', 'ntries"'},
   {"a view set as an argument", 'lake:list_schema_versions("log_e', 'ntries"'},
   {"a view set without parentheses", "lake:list_outdated_partitions'log_e", "ntries'"},
   {"an instance", "lake:plan{view_set = 'log_entries', view_instance = 'glo", "bal'"},
   {"an instance as an argument", "lake:retire_partitions('log_entries', 'glo", "bal'"},
   {"no instance of nothing", "lake:plan{view_instance = 'glo", nil},
   {"nothing in any other string", "print('lak", nil},
   {"nothing in a comment", "-- lak", nil},
   {"nothing in a number", "0x", nil},
   {"nothing after a call", "lake:status().na", nil},
   {"a verb", "outd", "ated "},
   {"verbs and globals", "re", {"registry", "retire", "require"}},
   {"a verb's option", "outdated --inst", "ances "},
   {"a verb's options", "outdated --", {"--instances", "--check", "--json"}},
   {"a view set for a verb", "outdated log_e", "ntries "},
   {"an instance for a verb", "plan log_entries --instance glo", "bal "},
   {"a known value of a verb", "retirements --state ", {"applied", "applying"}},
   {"a verb behind mmlua", "mmlua outdated --inst", "ances "},
   {"a verb to be helped with", "help outd", "ated "},
   {"a command", "\\tim", "ing "},
   {"commands", "\\", {"\\timing", "\\watch"}},
   {"a folder for a command", "\\i spec/integ", "ration/"},
   {"a file for a command", "\\o spec/integration/shell_comple", "tion_spec.lua "},
   {"files for a verb", "partitions --output spec/unit/progress", "_spec.lua "},
   {"a registry for a verb", "outdated --registry spec/data/list_view_sets-0.2", "7.0.json "},
   {"no file that stands for others", "\\i spec/[iu]nit", nil},
   {"what there is to read about", "\\h list_o", "utdated_partitions "},
}

local PREPARE = [[
o = setmetatable({call = print}, {__index = {inherited = 1}})
dynamic = setmetatable({}, {__index = function() error("called") end})
text = "text"
t = {inner = {deep = 1}}
local step = require("mm.shell.complete").step
]]

-- Each case runs in one session, as nothing is left behind by any.
local function run_all(db)
   local lines = {}
   for i, case in ipairs(cases) do
      lines[i] = ("do local added, choices = step('', %q) print('<' .. tostring(added) .. '>', choices) print('<end>') end"):format(
         case[2])
   end
   local script = PREPARE .. table.concat(lines, "\n") .. "\n"
   local path = os.tmpname()
   local file = assert(io.open(path, "w"))
   file:write(script)
   file:close()
   os.rename(path, path .. ".lua")
   local result = shells.pipe(db, ("lake:info().name\n\\i %s.lua\n"):format(path))
   os.remove(path .. ".lua")
   return result
end

local function has_word(text, word)
   return (" " .. text:gsub("%s+", " ") .. " "):find(" " .. word .. " ", 1, true) ~= nil
end

describe("completion of", function()
   local db, answers

   setup(function()
      db = postgres.database("lake-0.33.0")
      answers = {}
      local result = run_all(db)
      assert(result.stderr == "", result.stderr)
      for answer in result.stdout:gsub("^[^\n]*\n", ""):gmatch("(.-)<end>\n") do
         answers[#answers + 1] = answer
      end
   end)
   teardown(function()
      db:drop()
   end)

   for i, case in ipairs(cases) do
      it(case[1], function()
         local wanted, unwanted = case[3], case[4] or {}

         if type(wanted) ~= "table" then
            assert.are.equal(("<%s>\tnil\n"):format(tostring(wanted)), answers[i])
            return
         end
         for _, word in ipairs(wanted) do
            assert.is_true(has_word(answers[i], word), word .. " in " .. answers[i])
         end
         for _, word in ipairs(unwanted) do
            assert.is_false(has_word(answers[i], word), word .. " in " .. answers[i])
         end
      end)
   end
end)

describe("the Tab key", function()
   local db, term

   setup(function()
      db = postgres.database("lake-0.33.0")
   end)
   before_each(function()
      term = shells.open(db)
   end)
   after_each(function()
      term:close()
   end)
   teardown(function()
      db:drop()
   end)

   it("completes what is clear", function()
      term:type("versions log_e")
      term:keys("Tab")

      term:wait("> versions log_entries")
   end)

   it("shows what there is to choose from, and leaves the line as it is", function()
      term:type("lake:list_partitions{view_set = 'log_")

      term:keys("Tab")

      term:wait("\nlog_entries  log_stats\n" .. db.name .. " (no registry)> lake:list_partitions{view_set = 'log_")
   end)

   it("knows the lines before", function()
      term:enter("= lake:plan{")
      term:wait("\n>>")
      term:type("dry_")
      term:keys("Tab")

      term:wait(">> dry_run =")
   end)

   it("shows no more than the screen has room for", function()
      db:psql([[insert into lakehouse_partitions
         select 'many', 'instance-' || n, now(), now(), now(), now(), now(), 'f' || n, 1, '\x07', '\x00', 1, 2
           from generate_series(1, 150) n]])
      term:type("partitions many --instance instance-")

      term:keys("Tab")

      term:wait("150 in all")
      assert.is_truthy(term:screen():find("--instance instance-\ninstance-1 ", 1, true))
   end)
end)

describe("the Tab key, while the lake does not answer,", function()
   local WAITS = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
   local db, term, blocker

   setup(function()
      db = postgres.database("lake-0.33.0")
      term = shells.open(db)
      blocker = db:session()
   end)
   before_each(function()
      blocker:run("begin")
      blocker:run("lock table lakehouse_partitions in access exclusive mode")
   end)
   after_each(function()
      blocker:run("rollback")
   end)
   teardown(function()
      blocker:close()
      term:close()
      db:drop()
   end)

   it("holds nobody up, and leaves nothing waiting", function()
      term:type("#'log_e' + #lake:list_schema_versions('log_e")
      term:keys("Tab", "C-u")
      term:enter("'going' .. ' on'")

      term:wait("\ngoing on\n")
      assert.are.equal("0", db:value(WAITS))
   end)

   it("still knows what it has learnt", function()
      blocker:run("rollback")
      term:enter("lake = mm.open(arg[2])")
      term:wait("arg[2])\n" .. db.name)
      term:type("versions log_e")
      term:keys("Tab")
      term:wait("> versions log_entries")
      blocker:run("begin")
      blocker:run("lock table lakehouse_partitions in access exclusive mode")

      term:keys("C-u")
      term:type("versions blo")
      term:keys("Tab")

      term:wait("> versions blocks")
   end)
end)
