-- Arguments at and beyond their ends: numbers, times, undo windows, sizes of batches, reasons, paths, registries and what
-- the environment says. Each is an error that names it, changes nothing and leaves the lake as good as before.
local mm = require("mm")
local hostile = require("spec.support.hostile")
local shell = require("spec.support.shell")

local RELEASE = assert(mm.registry.release("0.33"))
local NAN, INF = 0 / 0, 1 / 0
local TIME_HINT = "hint: times are 2026-11-16, 2026-11-16T10:00Z or 2026-11-16T11:00:00+01:00, of the years 1 to 9999; a time "
   .. "of day needs its zone"

local stage = hostile.stage("catalog-v10")
local lake, id, before, folder

local function everything()
   return stage:fingerprint() .. stage:value("select string_agg(r::text, ' ') from mmadmin.retirement r")
end

setup(function()
   folder = shell.run("mktemp -d").stdout:match("%S+")
   stage:set{{"old", 0, 1, "05"}, {"new", 0, 1, "07"}, {"left", 1, 2, "05"}}
   lake = stage:open()
   id = assert(hostile.plan(lake)).id
   before = everything()
end)
after_each(function()
   assert.are.equal(before, everything())
   assert.are.equal("", stage:troubles())
end)
teardown(function()
   stage:drop()
   shell.run("rm -r " .. folder)
end)

local function verb(words, environment)
   return hostile.verb(stage, words, environment)
end

-- The message of the mistake without the line that it blames.
local function mistake(call)
   local is_right, message = pcall(call)

   assert.is_false(is_right)
   return message:match("%.lua:%d+: (.*)")
end

describe("a number that is none of", function()
   local wholes = {
      {"mm.open: option 'timeout'", "integer", function(value) mm.open("", {timeout = value}) end},
      {"mm.open: option 'retention_days'", "integer", function(value) mm.open("", {retention_days = value}) end},
      {"lake:timeline: option 'buckets'", "integer", function(value)
         lake:timeline{view_set = "log_entries", buckets = value} end},
      {"lake:plan: option 'undo_for'", "string or integer", function(value) lake:plan{all = true, undo_for = value} end},
      {"lake:apply: option 'undo_for'", "string or integer", function(value)
         lake:apply(id, {reason = "spec", undo_for = value}) end},
      {"lake:apply: option 'limit'", "integer", function(value) lake:apply(id, {reason = "spec", limit = value}) end},
      {"lake:apply_batch: option 'limit'", "integer", function(value) lake:apply_batch(id, {limit = value}) end},
      {"lake:undo: option 'limit'", "integer", function(value) lake:undo(id, {reason = "spec", limit = value}) end},
      {"rows:all: option 'max'", "integer", function(value) assert(lake:list_partitions()):all(value) end},
   }
   local odd = {
      {1.5, "1.5"}, {NAN, "nan"}, {-NAN, "nan"}, {INF, "inf"}, {-INF, "-inf"}, {2 ^ 62, "4.6116860184274e+18"},
      {2 ^ 63, "9.2233720368548e+18"}, {-2 ^ 63, "-9.2233720368548e+18"}, {2 ^ 53 + 2, "9.007199254741e+15"},
      {1e300, "1e+300"},
   }

   for _, whole in ipairs(wholes) do
      it("the whole numbers to 2^53 is refused: " .. whole[1], function()
         for _, value in ipairs(odd) do
            assert.are.equal(("%s must be of type %s, not %s"):format(whole[1], whole[2], value[2]),
               mistake(function() whole[3](value[1]) end))
         end
      end)
   end

   it("all numbers is refused", function()
      assert.are.equal("lake:list_writers: option 'within' must be of type number, not nan",
         mistake(function() lake:list_writers{within = NAN} end))
      assert.are.equal("lake:list_writers: option 'within' must be of type number, not string",
         mistake(function() lake:list_writers{within = "1"} end))
   end)

   it("what is possible is refused where it is a whole number", function()
      hostile.assert_failed("invalid", "a timeout of 9007199254740992 seconds: it must be 0 (none) to 86400",
         mm.open("", {timeout = 2 ^ 53}))
      hostile.assert_failed("invalid", "-9007199254740992 buckets: 1 to 10000 are possible",
         lake:timeline{view_set = "log_entries", buckets = -2 ^ 53})
      hostile.assert_failed("invalid", "0 buckets: 1 to 10000 are possible",
         lake:timeline{view_set = "log_entries", buckets = -0.0})
   end)
end)

describe("a lapse of time", function()
   it("may be any number", function()
      for _, case in ipairs{{0, 1}, {-1, 0}, {INF, 2}, {-INF, 0}, {0.5, 1}, {-0.0, 1}, {1e300, 2}} do
         assert.are.equal(case[2], #assert(lake:list_writers{within = case[1]}))
      end
   end)
end)

describe("an undo window", function()
   local function refused(undo_for, told)
      hostile.assert_failed("invalid", ("an undo window of %s: it must be two hours at least and ten years at most"):format(
         told), lake:plan{all = true, undo_for = undo_for})
      hostile.assert_failed("invalid", ("an undo window of %s: it must be two hours at least and ten years at most"):format(
         told), lake:apply(id, {reason = "spec", undo_for = undo_for}))
   end

   it("is two hours at least and ten years at most", function()
      for _, case in ipairs{{7199, "7199s"}, {"119m", "119m"}, {0, "0s"}, {-0.0, "0s"}, {-604800, "-7d"}, {"0d", "0s"},
         {315360001, "315360001s"}, {"3651d", "3651d"}, {"999999999w", "6999999993d"}, {2 ^ 53, "9007199254740992s"}} do
         refused(case[1], case[2])
      end
   end)

   it("may be exactly that", function()
      for _, undo_for in ipairs{7200, "2h", "119m60s", 315360000, "3650d"} do
         assert.are.equal("dry_run", assert(lake:plan{all = true, undo_for = undo_for, dry_run = true}).state)
      end
   end)

   it("is a number of seconds or numbers with units", function()
      for _, undo_for in ipairs{"", "7", "7200", "d", "-7d", "1.5d", "7D", "7d ", "7 d", "1e3s", "\0", "9999999999s", "7d\n",
         ("999999999w"):rep(20000)} do
         if undo_for ~= "\0" then
            hostile.assert_failed("invalid", ("'%s' is not a duration"):format(undo_for:gsub("\n", "\\n")),
               lake:plan{all = true, undo_for = undo_for})
         end
      end
   end)
end)

describe("the age of what is pruned", function()
   it("is no time to come: what can be undone is not pruned", function()
      for _, case in ipairs{{-1, "-1s"}, {-2 ^ 53, "-9007199254740992s"}, {315360001, "315360001s"}, {"999999999w", "6999999993d"}} do
         hostile.assert_failed("invalid", ("an age of %s: it must be 0 at least and ten years at most"):format(case[2]),
            lake:prune_retirements{reason = "spec", older_than = case[1]})
      end
      hostile.assert_failed("invalid", "'-8d' is not a duration", lake:prune_retirements{reason = "spec", older_than = "-8d"})
      hostile.assert_said(2, "mmlua retirements: --older-than: '-8d' is not a duration\nhint: a number and a unit: 7d, 36h, 90m, 30s, 2w, "
         .. "or several: 1d12h", verb("retirements prune --yes --reason spec --older-than -8d"))
      for _, older_than in ipairs{0, -0.0, "0d", "3650d", 315360000} do
         assert.are.same({}, lake:prune_retirements{reason = "spec", older_than = older_than})
      end
   end)

   it("is a whole number", function()
      for _, case in ipairs{{1.5, "1.5"}, {NAN, "nan"}, {INF, "inf"}, {2 ^ 63, "9.2233720368548e+18"}} do
         assert.are.equal("lake:prune_retirements: option 'older_than' must be of type string or integer, not " .. case[2], mistake(function()
            lake:prune_retirements{reason = "spec", older_than = case[1]} end))
      end
   end)
end)

describe("a batch of less than one partition", function()
   local calls = {
      apply = function(limit) return lake:apply(id, {reason = "spec", limit = limit}) end,
      apply_batch = function(limit) return lake:apply_batch(id, {limit = limit}) end,
      retire_incompatible_partitions = function(limit)
         return lake:retire_incompatible_partitions("log_entries", {reason = "spec", limit = limit}) end,
      retire_partitions = function(limit) return lake:retire_partitions("log_entries", "global", "2026-11-01", "2026-11-02",
         {reason = "spec", limit = limit}) end,
   }

   for name, call in pairs(calls) do
      it("is refused before anything is begun: " .. name, function()
         for _, limit in ipairs{0, -1, -0.0, -2 ^ 53} do
            hostile.assert_failed("invalid", ("a batch of %d partitions: at least one"):format(limit), call(limit))
         end
      end)
   end

   it("is refused by the verbs", function()
      for _, words in ipairs{"apply", "undo"} do
         for _, limit in ipairs{"0", "-1", "1.5", "1e3", "", "9999999999999999"} do
            hostile.assert_said(2, ("mmlua %s: --batch: '%s' is not a whole number above 0\nhint: `mmlua %s --help` lists the options")
               :format(words, limit, words), verb(("%s %s --yes --reason spec --batch '%s'"):format(words, id, limit)))
         end
      end
   end)
end)

local NO_TIMES = {"", "now", "0000-01-01", "0000-12-31T23:59Z", "294276-12-31", "4713-01-01 BC", "-4713-01-01", "10000-01-01",
   "1e300", "2026-02-29", "2026-13-01", "2026-11-01T24:00Z", "2026-11-01T23:59:60Z", "2026-11-01T10:00",
   "2026-11-01 10:00:00", "2026-11-01T10:00+24:00", "2026-11-01T10:00:00.1234567Z", "0001-01-01T00:00+00:01",
   "9999-12-31T23:59-00:01", "Infinity", "+infinity", "infinity ", "epoch", "2026-11-01T10:00Z\n", "2026-11-01'--",
   "2026-11-01\195\151"}

describe("a time", function()
   it("that is none is refused everywhere, with what times look like", function()
      for _, time in ipairs(NO_TIMES) do
         local message = ("'%s' is not a time"):format(time:gsub("\n", "\\n"))
         for _, call in ipairs{
            function() return lake:list_partitions{from = time} end, function() return lake:list_partitions{to = time} end,
            function() return lake:export_partitions("-", {from = time}) end,
            function() return lake:timeline{view_set = "log_entries", to = time} end,
            function() return lake:explain{view_set = "log_entries", at = time} end,
            function() return lake:plan{all = true, from = time} end,
            function() return lake:retire_partitions("log_entries", "global", time, "2026-11-02", {reason = "spec"}) end,
            function() return lake:retire_partitions("log_entries", "global", "2026-11-01", time, {reason = "spec"}) end} do
            local err = hostile.assert_failed("invalid", message, call())
            assert.are.equal(TIME_HINT, "hint: " .. err.hint)
         end
      end
   end)

   it("that is none is refused by the verbs as a mistake of the command line", function()
      for _, time in ipairs{"", "294276-12-31", "2026-11-01T23:59:60Z", "\27]0;x\7"} do
         hostile.assert_said(2, ("mmlua partitions: --from: '%s' is not a time\n%s"):format(
            time:gsub("%c", {["\27"] = "\\x1b", ["\7"] = "\\x07"}), TIME_HINT), verb("partitions --from " .. shell.quote(time)))
      end
   end)

   it("may be the first or the last that there is", function()
      for _, case in ipairs{{"-infinity", "infinity", 3}, {"0001-01-01", "9999-12-31T23:59:59.999999Z", 3}, {"infinity", nil, 0},
         {nil, "-infinity", 0}, {"9999-12-31", "infinity", 0}, {"-infinity", "0001-01-01", 0}} do
         local filter = {from = case[1], to = case[2]}
         assert.are.equal(case[3], #assert(lake:list_partitions(filter)):all())
         local plan = assert(hostile.plan(lake, {from = case[1], to = case[2], dry_run = true}))
         assert.are.equal(case[3] > 0 and 2 or 0, plan.partitions)
      end
      for _, at in ipairs{"infinity", "-infinity", "0001-01-01", "9999-12-31T23:59:59.999999Z"} do
         assert.are.same({}, lake:explain{view_set = "log_entries", at = at})
      end
   end)

   it("may come before the one that it ends with: nothing lies between", function()
      for _, case in ipairs{{"2026-11-02", "2026-11-01"}, {"2026-11-01", "2026-11-01"}, {"infinity", "-infinity"}} do
         local filter = {from = case[1], to = case[2]}
         assert.are.same({}, assert(lake:list_partitions(filter)):all())
         assert.are.equal(0, assert(hostile.plan(lake, {from = case[1], to = case[2], dry_run = true})).partitions)
      end
   end)
end)

describe("a timeline", function()
   it("goes from the first partition to the last where it is told to go on for ever", function()
      local whole = assert(lake:timeline{view_set = "log_entries"})

      assert.are.same(whole, lake:timeline{view_set = "log_entries", from = "-infinity", to = "infinity"})
      assert.are.same(whole, lake:timeline{view_set = "log_entries", to = "infinity"})
   end)

   it("of no time is refused", function()
      for _, case in ipairs{{"2026-11-02", "2026-11-01"}, {"2026-11-01", "2026-11-01"}, {"infinity"}, {nil, "-infinity"},
         {"infinity", "-infinity"}} do
         hostile.assert_failed("invalid", "nothing lies between `from` and `to`",
            lake:timeline{view_set = "log_entries", from = case[1], to = case[2]})
      end
   end)

   it("of a time without partitions is empty", function()
      for _, from in ipairs{"9999-12-31T23:59:59.999999Z", "2027-01-01"} do
         assert.are.equal(0, assert(lake:timeline{view_set = "log_entries", from = from}).buckets)
      end
   end)
end)

describe("a reason", function()
   local calls = {
      ["lake:apply"] = function(reason) lake:apply(id, {reason = reason}) end,
      ["lake:undo"] = function(reason) lake:undo(id, {reason = reason}) end,
      ["lake:init"] = function(reason) lake:init{reason = reason} end,
      ["lake:upgrade_state"] = function(reason) lake:upgrade_state{reason = reason} end,
      ["lake:adopt"] = function(reason) lake:adopt{reason = reason} end,
      ["lake:publish_registry"] = function(reason) lake:publish_registry(RELEASE, {reason = reason}) end,
      ["lake:prune_retirements"] = function(reason) lake:prune_retirements{reason = reason} end,
      ["lake:retire_partitions"] = function(reason)
         lake:retire_partitions("log_entries", "global", "2026-11-01", "2026-11-02", {reason = reason}) end,
      ["lake:retire_incompatible_partitions"] = function(reason)
         lake:retire_incompatible_partitions("log_entries", {reason = reason}) end,
   }

   for name, call in pairs(calls) do
      it("that says nothing, or is no text, is refused by " .. name, function()
         for _, case in ipairs{{"", "is blank"}, {" \t\n", "is blank"}, {"a\0b", "holds a NUL byte"}, {"a\255", "is not UTF-8"},
            {"\237\160\128", "is not UTF-8"}, {5, "must be of type string, not number"}} do
            assert.are.equal(("%s: option 'reason' %s"):format(name, case[2]), mistake(function() call(case[1]) end))
         end
      end)
   end

   it("that says nothing, or is no text, is refused by the verbs", function()
      for _, words in ipairs{"apply " .. id, "undo " .. id, "retire log_entries", "init", "registry publish"} do
         local name = words:match("%S+")
         local hint = ("\nhint: `mmlua %s --help` lists the options"):format(name)
         hostile.assert_said(2, ("mmlua %s: --reason: no reason is given%s"):format(name, hint),
            verb(words .. " --yes --reason ' '"))
         hostile.assert_said(2, ("mmlua %s: --reason: 'a\\xff' is not UTF-8%s"):format(name, hint),
            verb(words .. " --yes --reason " .. shell.quote("a\255")))
      end
   end)
end)

describe("a retirement's id", function()
   local ids = {"", "-", "--", "made-up", "made-up-1", "made-up-1-", "made-up--1-abcdef", "made-up-0-000000", "made-up-1.5-abcdef",
      "made-up-1-abcdeg", "made-up-1-abcdef0", "made-up-1e3-abcdef", "made-up-999999999999999-abcdef", "x' OR true --", "$1", "%s",
      "made-up-1-abcdef\n", "made-up-9999999999999999-abcdef", ("9"):rep(100000), "\255", "\27[31m", "Made-up-1-abcdef"}

   it("that is none is unknown to every method", function()
      for _, odd in ipairs(ids) do
         for _, name in ipairs{"retirement", "items", "apply", "apply_batch", "undo", "pause", "resume", "abandon"} do
            local found, err = lake[name](lake, odd, (name == "apply" or name == "undo") and {reason = "spec"} or nil)
            hostile.assert_failed("not_found", ("no retirement of this lake is called '%s'"):format(odd), found, err)
         end
      end
   end)

   it("that is none is escaped by the verbs", function()
      local hint = "\nhint: ids look like LAKE-NUMBER-DIGEST; mmlua retirements lists them"
      for _, words in ipairs{"show ID", "apply ID --yes --reason x", "undo ID --yes --reason x", "pause ID", "resume ID", "abandon ID"} do
         hostile.assert_said(1, ("mmlua %s: no retirement of this lake is called '\\x1b]0;x\\x07\\u{202e}'%s"):format(
            words:match("%S+"), hint), verb((words:gsub("ID", (shell.quote("\27]0;x\7\226\128\174"))))))
      end
   end)
end)

describe("what a shell's variable left empty", function()
   it("is not taken for something else", function()
      for name, words in pairs{lake = "status --lake ''", registry = "outdated --registry ''", schema = "status --schema ''",
         output = "partitions --output ''", operator = "init --sql --operator ''"} do
         local program = "mmlua " .. words:match("%S+")
         hostile.assert_said(2, ("%s: --%s: nothing is named\nhint: `%s --help` lists the options"):format(program, name, program),
            verb(words))
      end
      hostile.assert_said(2, "mmlua plan: --verdict: '' is none of replaced, empty, rebuildable, waits_for_blocks, short, only_copy\n"
         .. "hint: `mmlua plan --help` lists the options", verb("plan --all --verdict ''"))
      assert.are.equal("lake:init_sql: option 'viewer' is empty", mistake(function() lake:init_sql{name = "x", viewer = ""} end))
   end)
end)

describe("an unknown verb", function()
   it("is escaped", function()
      local result = verb(shell.quote("stat\27[31m"))

      assert.are.equal(2, result.code)
      assert.matches("^mmlua: unknown verb 'stat\\x1b%[31m'\nverbs: .*\nhint: [^\n]*: mmlua %./stat\\x1b%[31m\n$", result.stderr)
   end)
end)

describe("a file to write", function()
   local function exports(path, message)
      hostile.assert_failed("io", message, lake:export_partitions(path))
   end

   it("that cannot be is named, escaped by the verb", function()
      exports(folder .. "/" .. ("d"):rep(300), ("cannot write %s/%s.part: File name too long"):format(folder, ("d"):rep(300)))
      exports(folder .. "/no\27[31m/x", ("cannot write %s/no\27[31m/x.part: No such file or directory"):format(folder))
      hostile.assert_failed("invalid", "the path is too long", lake:export_partitions(("/tmp"):rep(2000)))
      hostile.assert_said(1, ("mmlua partitions: cannot write %s/no\\x1b[31m/x.part: No such file or directory"):format(folder),
         verb("partitions --output " .. shell.quote(folder .. "/no\27[31m/x")))
   end)

   it("may have any name", function()
      for _, name in ipairs{"\27[31mred", "a\nb", "\255", "-", "%s", "$1 '\"\\", ("\195\169"):rep(100)} do
         local path = ("%s/%s"):format(folder, name)
         local result = verb("partitions --output " .. shell.quote(path))

         assert.are.equal(0, result.code)
         assert.is_nil(result.stderr:gsub("\n$", ""):find("[%c\255]"))
         assert.is_true(os.remove(path))
      end
   end)
end)

describe("a registry's file", function()
   local path

   before_each(function()
      path = folder .. "/registry.json"
   end)

   local function check(text)
      local file = assert(io.open(path, "wb"))
      file:write(text)
      file:close()
      return verb("registry check --registry " .. path)
   end

   local ROW = '{"view_set_name":"a","current_schema_hash":"05"}'
   local refusals = {
      {"cut", '[{"view_set_name":"a","current_schema_hash":"0',
         "not JSON: Expected value but found unexpected end of string at character 47"},
      {"binary", "\0\1\2\255\254", "not JSON: JSON parser does not support UTF-16 or UTF-32"},
      {"nested without end", ("["):rep(100000), "not JSON: Found too many nested data structures (1001) at character 1001"},
      {"an object", "{}", "must be an array of objects, the rows of list_view_sets()"},
      {"with something behind it", "[" .. ROW .. "] x", "not JSON: Expected the end but found invalid token at character 52"},
      {"of numbers", "[1]", "row 1: must be an object, not number"},
      {"of lists", "[[1]]", "row 1: view_set_name is missing"},
      {"with a number for a name", '[{"view_set_name":5}]', "row 1: view_set_name must be of type string, not number"},
      {"with an endless number", '[{"view_set_name":"a","current_schema_hash":1e999}]',
         "row 1: current_schema_hash must be of type string, not number"},
      {"with a NUL byte", '[{"view_set_name":"a\\u0000","current_schema_hash":"05"}]', "row 1: view_set_name has a NUL byte"},
      {"with half a character", '[{"view_set_name":"\255","current_schema_hash":"05"}]', "row 1: view_set_name is not UTF-8"},
      {"with half a pair", '[{"view_set_name":"\\ud800","current_schema_hash":"05"}]',
         "not JSON: Expected value but found invalid unicode escape code at character 20"},
      {"with a long name", ('[{"view_set_name":"%s","current_schema_hash":"05"}]'):format(("x"):rep(256)),
         "row 1: view_set_name is longer than 255 characters"},
      {"with two names in a row", '[{"view_set_name":"a","view_set_name":"b","current_schema_hash":"05"}]',
         "a row gives its view_set_name or current_schema_hash twice"},
      {"with two hashes in a row", '[{"view_set_name":"a","current_schema_hash":"05","current_schema_hash" : "07"}]',
         "a row gives its view_set_name or current_schema_hash twice"},
   }

   for _, refusal in ipairs(refusals) do
      it(refusal[1] .. " is refused", function()
         hostile.assert_said(1, ("mmlua registry: %s: %s"):format(path, refusal[3]), check(refusal[2]))
      end)
   end

   it("with hashes that are none is refused, with the view set", function()
      for hash, problem in pairs{["050"] = "has an odd number of digits", ["0x05"] = "is not hexadecimal", [""] = "is empty",
         [("ab"):rep(256)] = "is longer than 255 bytes", ["05 "] = "has an odd number of digits"} do
         hostile.assert_said(1, ("mmlua registry: %s: row 1: current_schema_hash %s\ndetail: view set \\x1b[31m"):format(path, problem),
            check(('[{"view_set_name":"\\u001b[31m","current_schema_hash":"%s"}]'):format(hash)))
      end
   end)

   it("that is none is named as it can be shown", function()
      for words, message in pairs{["/nowhere/\27[31m"] = "cannot read /nowhere/\\x1b[31m: No such file or directory",
         ["/tmp"] = "cannot read /tmp: Is a directory", ["/dev/null"] = "/dev/null: not JSON: Expected value but found T_END at "
         .. "character 1", ["/dev/zero"] = "/dev/zero: larger than 16 MiB, no answer to list_view_sets()",
         ["0.%s"] = "cannot read 0.%s: No such file or directory"} do
         hostile.assert_said(1, "mmlua registry: " .. message, verb("registry --registry " .. shell.quote(words)))
      end
   end)

   it("with a schema that is none has a finding, escaped", function()
      local result = check('[{"view_set_name":"log_entries","current_schema_hash":"07","schema":"Schema { fields: [\\u001b[31m"}]')

      assert.are.equal(1, result.code)
      assert.matches('its schema does not parse: schema text, byte 19: expected "Field", found: \\x1b[31m', result.stdout, 1, true)
   end)
end)

describe("the environment", function()
   it("is named where its registry is none", function()
      hostile.assert_said(1, "mmlua outdated: MM_REGISTRY: cannot read rubb\\x1bish: No such file or directory",
         verb("outdated", "MM_REGISTRY=" .. shell.quote("rubb\27ish")))
      hostile.assert_said(1, "mmlua outdated: MM_REGISTRY: release '0.99' is not known: mm knows 0.12 to 0.33\n"
         .. "hint: give a server's answer to list_view_sets() instead", verb("outdated", "MM_REGISTRY=0.99"))
   end)

   it("is named where its connection is none, which shows nothing of a password", function()
      local variable = "MICROMEGAS_SQL_CONNECTION_STRING"
      local hint = "hint: connections are keywords (host=db dbname=lake), URIs (postgres://user@db/lake), or the name of a service"

      hostile.assert_said(1, ("mmlua status: %s: not a connection: libpq does not understand it\n%s"):format(variable, hint),
         verb("status", variable .. "=postgres://u:s%zzecret@h/x"))
      hostile.assert_said(8, ("mmlua status: no connection to the lake's database\ndetail: connection to server on socket "
         .. '"/no\\x1bwhere/.s.PGSQL.5432" failed: No such file or directory\nhint: the connection is what %s says'):format(variable),
         verb("status", variable .. "=" .. shell.quote("host=/no\27where")))
   end)

   it("is not looked at where the command line says more", function()
      local words = "outdated --registry 0.33 --lake " .. shell.quote(stage.db.conninfo)

      assert.are.equal(0, verb(words, "MM_REGISTRY=rubbish MICROMEGAS_SQL_CONNECTION_STRING=rubbish").code)
   end)

   it("counts as saying nothing where it is empty", function()
      hostile.assert_said(0, "registry inferred: release 0.32 to 0.33, from catalog version 10 and the newest writes (0 of 1 view "
         .. "sets fit)\nnext: mmlua outdated", verb("versions", "MM_REGISTRY="))
   end)
end)
