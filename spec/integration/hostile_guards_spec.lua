-- Arguments of holds, overrides, guards of one's own and the audit: odd ones mean themselves, wrong ones are named.
local cjson = require("cjson")
local mm = require("mm")
local hostile = require("spec.support.hostile")
local shell = require("spec.support.shell")

local RELEASE = assert(mm.registry.release("0.33"))
local MONSTER = "' OR true --\"\\\t\n$1%s{,}\27[31m\27]0;x\7\194\155\226\128\174"

local stage = hostile.stage("catalog-v10")
local lake, before

local function everything()
   return stage:fingerprint() .. stage:value("select coalesce(string_agg(h::text, ' '), '') || (select seq from mmadmin.audit_head) from mmadmin.hold h")
end

before_each(function()
   stage:set{{"old", 0, 1, "05", updated = -9}, {"new", 0, 1, "07"}, {"odd", 2, 3, "05", instance = MONSTER, updated = -9}}
   lake = stage:open()
   before = everything()
end)
teardown(function()
   stage:drop()
end)

local function mistake(call)
   local is_right, message = pcall(call)

   assert.is_false(is_right)
   assert.are.equal(before, everything())
   return message:match("%.lua:%d+: (.*)")
end

local function assert_refused(message, ...)
   hostile.assert_failed("invalid", message, ...)
   assert.are.equal(before, everything())
end

describe("a hold", function()
   it("of names made to be misread holds exactly those, and is shown escaped", function()
      local hold = assert(lake:hold{view_set = "log_entries", view_instance = MONSTER, reason = MONSTER})
      assert.are.same({MONSTER, MONSTER}, {hold.view_instance_id, hold.reason})

      local plan = assert(hostile.plan(lake, {dry_run = true}))
      local shown = hostile.verb(stage, "hold")
      local entry = assert(assert(lake:audit{what = "held"}):all())[1]

      assert.are.same({1, MONSTER}, {plan.partitions, entry.why})
      assert.is_nil(shown.stdout:gsub("\n", ""):find("[%c\194]"))
      assert.are.equal(MONSTER, cjson.decode(hostile.verb(stage, "hold --jsonl").stdout).reason)
      assert.is_nil(hostile.verb(stage, "audit").stdout:gsub("\n", ""):find("%c"))
      assert.is_true(assert(lake:verify_audit()).is_intact)
   end)

   it("of an instance that is none holds nothing, and there is none of a view set that is none", function()
      for _, name in ipairs{"%", "log_entries ", "LOG_ENTRIES", ("x"):rep(10000)} do
         local nothing, err = lake:hold{view_set = name, reason = "spec"}
         assert.are.same({nil, "not_found"}, {nothing, err.code})
         assert(lake:hold{view_set = "log_entries", view_instance = name, reason = "spec"})
      end

      assert.are.equal(2, assert(hostile.plan(lake, {dry_run = true})).partitions)
   end)

   it("may be of all time, however that is said", function()
      for _, range in ipairs{{"-infinity", "infinity"}, {"0001-01-01", "9999-12-31"}, {nil, "infinity"}, {"-infinity"}} do
         local hold = assert(lake:hold{all = true, from = range[1], to = range[2], reason = "spec"})
         assert.are.equal(0, assert(hostile.plan(lake, {dry_run = true})).partitions)
         assert(lake:release(hold.hold, {reason = "spec"}))
      end
   end)

   it("of no time, or of a time that is none, is refused", function()
      for _, range in ipairs{{"2026-11-02", "2026-11-01"}, {"2026-11-01", "2026-11-01"}, {"infinity", "-infinity"},
         {"infinity", "infinity"}} do
         local from = range[1]:gsub("^2026%-11%-0%d$", "%0T00:00:00.000000Z")
         local to = range[2]:gsub("^2026%-11%-0%d$", "%0T00:00:00.000000Z")
         assert_refused(("the range of the hold is empty: it begins at %s and ends at %s"):format(from, to),
            lake:hold{all = true, from = range[1], to = range[2], reason = "spec"})
      end
      assert_refused("'294276-12-31' is not a time", lake:hold{all = true, from = "294276-12-31", reason = "spec"})
      assert_refused("'2026-11-01T23:59:60Z' is not a time", lake:hold{all = true, to = "2026-11-01T23:59:60Z", reason = "spec"})
   end)

   it("needs texts that say something", function()
      assert_refused("a hold needs a reason that says something", lake:hold{all = true, reason = " \n"})
      assert_refused("a hold needs a view set that says something", lake:hold{view_set = "", reason = "spec"})
      assert_refused("a hold needs a view instance that says something", lake:hold{all = true, view_instance = "", reason = "spec"})
      assert_refused("a hold needs a reason for its release that says something", lake:release(1, {reason = ""}))
      for _, option in ipairs{"view_set", "view_instance", "reason"} do
         for _, case in ipairs{{"\255", "is not UTF-8"}, {"a\0", "holds a NUL byte"}} do
            assert.are.equal(("lake:hold: option '%s' %s"):format(option, case[2]), mistake(function()
               local options = {view_set = "log_entries", reason = "spec"}
               options[option] = case[1]
               lake:hold(options)
            end))
         end
      end
   end)

   it("is released by its number only", function()
      for _, case in ipairs{{1.5, "1.5"}, {2 ^ 63, "9.2233720368548e+18"}, {0 / 0, "nan"}, {1 / 0, "inf"}, {"1", "string"}} do
         assert.are.equal("lake:release: option 'number' must be of type integer, not " .. case[2], mistake(function()
            lake:release(case[1], {reason = "spec"}) end))
      end
      for _, number in ipairs{0, -1, 1, 2 ^ 53, -2 ^ 53} do
         hostile.assert_failed("not_found", ("there is no hold %d that could be released"):format(number),
            lake:release(number, {reason = "spec"}))
      end
      for _, what in ipairs{"", "x", "1.5", "1e3", "+1", "inf", "0x1", "99999999999999999999", "1 "} do
         hostile.assert_said(2, "mmlua hold: give the number of the hold to release",
            hostile.verb(stage, ("hold release %s --yes --reason spec"):format(shell.quote(what))))
      end
      assert.are.equal(before, everything())
   end)
end)

describe("an override", function()
   local id

   before_each(function()
      id = assert(hostile.plan(lake)).id
      before = everything()
   end)

   it("of a guard that does not exist is refused before anything is begun", function()
      local hint = "guards are copy, writers, holds, blocks_last, budget"
      for _, case in ipairs{{"writer", "; did you mean 'writers'?"}, {MONSTER, ""}, {"", ""}, {"\255", ""}, {"WRITERS ", "; did you mean 'writers'?"},
         {("x"):rep(100000), ""}} do
         for _, call in ipairs{lake.apply, lake.guards, lake.undo} do
            local result, err = call(lake, id, {reason = call ~= lake.guards and "spec" or nil, overrides = {[case[1]] = "spec"}})
            assert_refused(("no guard is called '%s'%s"):format(case[1], case[2]), result, err)
            assert.are.equal(hint, err.hint)
         end
      end
      assert_refused("no guard is called '1'", lake:apply(id, {reason = "spec", overrides = {"writers"}}))
   end)

   it("needs a reason that says something, in UTF-8", function()
      for _, why in ipairs{"", " \t\n", 5, true, {}} do
         assert_refused("guard 'writers' is overridden without a reason", lake:apply(id, {reason = "spec", overrides = {writers = why}}))
      end
      for _, why in ipairs{"\255", "a\0b", "\237\160\128"} do
         assert_refused("guard 'writers' is overridden with a reason that is not UTF-8, or holds a NUL byte",
            lake:apply(id, {reason = "spec", overrides = {writers = why}}))
      end
   end)

   it("keeps a reason that was made to be misread, and the audit stays whole", function()
      assert(lake:apply(id, {reason = MONSTER, overrides = {writers = MONSTER, blocks_last = MONSTER, budget = MONSTER}}))

      local entry = assert(assert(lake:audit{what = "applying"}):all())[1]
      local shown = hostile.verb(stage, "audit")

      assert.are.same({MONSTER, MONSTER}, {entry.why, entry.detail.overrides.writers})
      assert.is_nil(shown.stdout:gsub("\n", ""):find("[%c\194]"))
      assert.is_true(assert(lake:verify_audit()).is_intact)
      assert(lake:undo(id, {reason = MONSTER}))
   end)

   it("on the command line names a guard and says why", function()
      local program = "mmlua apply: "
      for _, case in ipairs{{"writers", "--override takes GUARD=WHY, not 'writers'", 2}, {"=why", "--override takes GUARD=WHY, not '=why'", 2},
         {"\27[31m", "--override takes GUARD=WHY, not '\\x1b[31m'", 2},
         {"writers=", "guard 'writers' is overridden without a reason", 1}} do
         local result = hostile.verb(stage, ("apply %s --yes --reason spec --override %s"):format(id, shell.quote(case[1])))
         assert.are.same({case[3], program .. case[2]}, {result.code, result.stderr:match("mmlua apply: [^\n]*")})
      end
      hostile.assert_said(2, program .. "--override: 'writers=\\xff' is not UTF-8\nhint: `mmlua apply --help` lists the options",
         hostile.verb(stage, ("apply %s --override %s"):format(id, shell.quote("writers=\255"))))
      assert.are.equal(before, everything())
   end)
end)

describe("a budget", function()
   it("is a whole number", function()
      for _, case in ipairs{{1.5, "1.5"}, {0 / 0, "nan"}, {2 ^ 63, "9.2233720368548e+18"}, {"5", "string"}} do
         assert.are.equal("lake:plan: option 'budget' must be of type integer, not " .. case[2], mistake(function()
            lake:plan{all = true, budget = case[1]} end))
      end
   end)

   it("may be as large as a whole number", function()
      local plan = assert(hostile.plan(lake, {budget = 2 ^ 53}))

      assert.are.equal("applied", assert(hostile.apply(lake, plan.id, {overrides = {writers = "spec"}})).state)
   end)
end)

describe("guards of one's own", function()
   it("that are none are a mistake of the caller", function()
      for _, case in ipairs{
         {{5}, "guard 1 has no name of small letters, digits and '_'"}, {{{name = "x"}}, "guard 'x' has no function `check`"},
         {{{name = MONSTER, check = print}}, "guard 1 has no name of small letters, digits and '_'"},
         {{{name = ("x"):rep(41), check = print}}, "guard 1 has no name of small letters, digits and '_'"},
         {{{name = "holds", check = print}}, "there are two guards called 'holds'"}} do
         assert.are.equal("mm.open: " .. case[2], mistake(function() mm.open(stage.db.conninfo, {guards = case[1]}) end))
      end
   end)

   local function guard(check)
      local own = assert(mm.open(stage.db.conninfo, {registry = RELEASE, guards = {{name = "own", check = check}}}))
      local id = assert(hostile.plan(own)).id
      local _, err = hostile.apply(own, id)
      own:close()
      return err, id
   end

   it("that raise whatever they like refuse", function()
      for _, case in ipairs{{"a\27[31m", "it failed: a\27[31m"}, {{}, nil}, {5, "it failed: 5"}} do
         local err = guard(function() error(case[1], 0) end)

         assert.are.same({"refused", "own"}, {err.code, err.guard})
         if case[2] then
            assert.are.equal("refused by the guard own: " .. case[2], err.message)
         end
      end
      assert.are.equal("new odd old", stage:live())
   end)

   it("whose findings are odd refuse, and the audit keeps what it can", function()
      for _, finding in ipairs{MONSTER, {message = MONSTER}, "\255", "a\0b"} do
         local err = guard(function() return finding end)

         assert.are.same({"refused", "own"}, {err.code, err.guard})
         assert.is_true(assert(lake:verify_audit()).is_intact)
      end
      assert.are.equal("new odd old", stage:live())
   end)

   it("in a file that is none keep the lake shut", function()
      local path = os.tmpname()
      for _, case in ipairs{{"return", "a list of guards must be a table, not nil"}, {"return 5", "a list of guards must be a table, not number"},
         {"error('no', 0)", "no"}, {"return {{name = 'own'}}", "guard 'own' has no function `check`"}} do
         local file = assert(io.open(path, "w"))
         file:write(case[1])
         file:close()
         hostile.assert_said(1, ("mmlua status: the guards in %s (MM_GUARDS) cannot be used\ndetail: %s"):format(path, case[2]),
            hostile.verb(stage, "status", "MM_GUARDS=" .. path))
      end
      os.remove(path)
      hostile.assert_said(1, "mmlua status: the guards in /nowhere/\\x1b[31m (MM_GUARDS) cannot be used\ndetail: cannot open /nowhere/\\x1b[31m: "
         .. "No such file or directory",
         hostile.verb(stage, "status", "MM_GUARDS=" .. shell.quote("/nowhere/\27[31m")))
   end)
end)

describe("the audit's filter", function()
   it("names what happens, or is refused", function()
      assert.matches("^lake:audit: option 'what' must be planned, applying, .* or key_revoked, not retierd$", mistake(function()
         lake:audit{what = "retierd"} end))
      local result = hostile.verb(stage, "audit --what retierd")
      assert.are.equal(2, result.code)
      assert.matches("^mmlua audit: %-%-what: 'retierd' is none of planned, .*; did you mean 'retired'%?\n", result.stderr)
   end)

   it("takes times to the ends", function()
      local all = #assert(assert(lake:audit()):all())
      for _, case in ipairs{{"-infinity", all}, {"0001-01-01", all}, {"infinity", 0}, {"9999-12-31T23:59:59.999999Z", 0}} do
         assert.are.equal(case[2], #assert(assert(lake:audit{from = case[1]}):all()))
      end
      assert_refused("'now' is not a time", lake:audit{from = "now"})
      hostile.assert_failed("not_found", "no retirement of this lake is called '\27[31m'", lake:audit{retirement = "\27[31m"})
   end)

   it("takes heads that were noted, and nothing else", function()
      for _, head in ipairs{"", "1", "1-", "-1", "0-0123456789abcdef", "1-0123456789abcde", "1.5-0123456789abcdef", "x-0123456789abcdef",
         "9999999999999999-0123456789abcdef", "1-" .. ("0"):rep(65), "1-0123456789abcdeg", "1-0123456789abcdef\n", MONSTER} do
         assert_refused(("'%s' is no head of an audit: they look like 41-9f86d081884c7d65..."):format(head), lake:verify_audit{head = head})
      end
      assert.is_false(assert(lake:verify_audit{head = "999999999999999-0123456789abcdef"}).is_intact)
      assert.are.equal("lake:verify_audit: option 'head' holds a NUL byte", mistake(function() lake:verify_audit{head = "1-\0"} end))
   end)
end)
