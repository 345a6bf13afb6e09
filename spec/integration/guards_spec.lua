-- Guards: how they refuse, how they are overridden, when they are asked again; those of the operators' own.
local exit_codes = require("mm.exit_codes")
local guarded = require("spec.support.guarded")
local mm = require("mm")
local json = require("mm.json")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local lake, id
local on = guarded.new(function()
   return lake, id
end)
local made = on.made
local guards, names, words, state, whats, mmlua = on.guards, on.names, on.words, on.state, on.whats, on.mmlua

local function set(...)
   lake, id = on.set(...)
end

teardown(function()
   made:drop()
end)

describe("a guard that finds something", function()
   before_each(function()
      set{{"a", 0, 1, OLD}, {"b", 1, 2, OLD}, {"new", 0, 1, NEW}}
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("refuses, changes nothing but the audit, and says what, why and until when", function()
      local before = made:fingerprint()

      local done, err = lake:apply(id, {reason = "spec", overrides = {blocks_last = "x"}})

      assert.is_nil(done)
      local found = guards()
      assert.are.same({"refused", "writers", 1, nil}, {err.code, err.guard, #err.findings, err.done})
      assert.are.same(words(found[1]), words(err.findings[1]))
      assert.are.same({"refused by the guard writers: " .. found[1].message, found[1].why, "it passes " .. found[1].passes},
         {err.message, err.detail, err.hint})
      assert.are.same({before, "planned 1", "planned refused"}, {made:fingerprint(), state(), whats()})
   end)

   it("tells of the others too, in one refusal", function()
      set({{"a", 0, 1, OLD}, {"b", 1, 2, OLD}, {"new", 0, 1, NEW}, {"blocks", 0, 1, "03", view_set = "blocks"}},
         {all = true, budget = 0}, "update lakehouse_partitions set num_rows = 20 where file_path = 'a'")
      made:psql("update mmadmin.lake set database_oid = 1; insert into mmadmin.hold (reason) values ('x')")

      local _, err = lake:apply(id, {reason = "spec"})

      local list = {}
      for i, each in ipairs(err.findings) do
         list[i] = each.guard
      end
      assert.are.same({"copy", "copy writers holds budget"}, {err.guard, table.concat(list, " ")})
      assert.is_truthy(err.detail:find("; refused by writers, holds, budget too", 1, true))
      assert.are.equal("copy writers holds budget", made:value([[select string_agg(g ->> 'guard', ' ') from mmadmin.audit,
         json_array_elements(body::json -> 'detail' -> 'guards') g where what = 'refused']]))
   end)

   it("is overridden by name, which is recorded in the retirement and in the audit", function()
      local overrides = {writers = 'they are "stopped", für immer'}

      local done = assert(lake:apply(id, {reason = "spec", overrides = overrides}))

      assert.are.same({"applied", overrides}, {done.state, json.decode(done.overrides)})
      assert.are.equal(overrides.writers,
         made:value("select body::json #>> '{detail,overrides,writers}' from mmadmin.audit where what = 'applying'"))
   end)

   it("is not overridden by another's name", function()
      local _, err = lake:apply(id, {reason = "spec", overrides = {budget = "x", blocks_last = "x", copy = "x", holds = "x"}})

      assert.are.same({"refused", "writers"}, {err.code, err.guard})
   end)

   it("is not asked about when it is overridden", function()
      assert.are.equal("writers", names())
      assert.are.equal("", names(nil, {overrides = {writers = "x"}}))
   end)

   it("is overridden by a name and a reason only", function()
      for _, wrong in ipairs{
         {{writer = "x"}, "no guard is called 'writer'; did you mean 'writers'?"},
         {{all = "x"}, "no guard is called 'all'"},
         {{"writers"}, "no guard is called '1'"},
         {{writers = ""}, "guard 'writers' is overridden without a reason"},
         {{writers = " \n"}, "guard 'writers' is overridden without a reason"},
         {{writers = true}, "guard 'writers' is overridden without a reason"},
         {{writers = "a\0b"}, "guard 'writers' is overridden with a reason that is not UTF-8, or holds a NUL byte"},
      } do
         for _, result in ipairs{{lake:apply(id, {reason = "spec", overrides = wrong[1]})},
            {lake:guards(id, {overrides = wrong[1]})}, {lake:undo(id, {reason = "spec", overrides = wrong[1]})}} do
            assert.are.same({"invalid", wrong[2]}, {result[2].code, result[2].message})
         end
      end
      assert.are.same({"planned 1", "planned"}, {state(), whats()})
   end)

   it("is told in the words of its hint which there are", function()
      local _, err = lake:apply(id, {reason = "spec", overrides = {all = "x"}})

      assert.are.equal("guards are copy, writers, holds, blocks_last, budget", err.hint)
   end)

   it("stays overridden when the retirement goes on", function()
      pcall(lake.apply, lake, id, {reason = "spec", overrides = {writers = "first"}, limit = 1, on_batch = error})
      assert.are.equal("applying 2", state())

      local done = assert(made:open():apply(id, {reason = "spec", overrides = {budget = "second"}}))

      assert.are.same({"applied", {writers = "first", budget = "second"}}, {done.state, json.decode(done.overrides)})
   end)

   it("stays overridden over a pause", function()
      pcall(lake.apply, lake, id, {reason = "spec", overrides = {writers = "first"}, limit = 1, on_batch = error})
      assert(lake:pause(id))
      assert(lake:resume(id))

      assert.are.equal("applied", assert(lake:apply(id, {reason = "spec"})).state)
   end)

   it("refuses a retirement that goes on, which is not overridden", function()
      set({{"a", 0, 1, OLD}, {"b", 1, 2, OLD}, {"new", 9, 10, NEW}})
      pcall(lake.apply, lake, id, {reason = "spec", limit = 1, on_batch = error})
      made:add{{"late", 5, 6, OLD}}

      local _, err = lake:apply(id, {reason = "spec"})

      assert.are.same({"refused", "writers", "since_plan"}, {err.code, err.guard, err.findings[1].kind})
      assert.are.same({"applying 2", "b late new"}, {state(), made:live()})
   end)

   it("refuses a plan of nothing too", function()
      made:psql("delete from lakehouse_partitions where file_path = 'new'")
      id = assert(lake:plan{view_set = "images"}).id

      assert.are.equal("writers", select(2, lake:apply(id, {reason = "spec"})).guard)
   end)

   it("ends the verb with 4, said in all its words, and asks nobody", function()
      local found = guards()[1]

      local result = mmlua(("apply %s --yes --reason spec"):format(id))

      assert.are.same({4, "", ("mmlua apply: refused by the guard writers: %s\nwhy: %s\nit passes: %s\n"
         .. 'to override: --override GUARD="why it is safe all the same", for each; the audit records it\n')
         :format(found.message, found.why, found.passes)}, {result.code, result.stdout, result.stderr})
      assert.are.same({"planned 1", "planned refused"}, {state(), whats()})
   end)

   it("is overridden on the command line", function()
      local result = mmlua(('apply %s --yes --reason spec --override writers="a = b, they are stopped"'):format(id))

      assert.are.same({0, "a = b, they are stopped"}, {result.code,
         made:value("select overrides::json ->> 'writers' from mmadmin.retirement")})
   end)
end)

describe("guards are asked again", function()
   before_each(function()
      set{{"a", 0, 1, OLD}, {"b", 1, 2, OLD}, {"c", 2, 3, OLD}, {"new", 9, 10, NEW}}
   end)

   -- Inside of the transaction that begins, a hold appears, as if it had been made since the guards were asked.
   it("inside the transaction that begins to apply", function()
      made:psql([[create function mmadmin.spec() returns trigger language plpgsql as $$ begin
            insert into mmadmin.hold (reason) values ('in between'); return new; end $$;
         create trigger spec before update on mmadmin.retirement for each row execute function mmadmin.spec()]])
      finally(function()
         made:psql("drop function mmadmin.spec() cascade")
      end)

      local done, err = lake:apply(id, {reason = "spec"})

      assert.is_nil(done)
      assert.are.same({"refused", "holds", 1, "holds"}, {err.code, err.guard, #err.findings, err.findings[1].guard})
      assert.are.same({"refused by the guard holds: it found something while this began, and nothing when it was asked "
         .. "again", "it passes already, as it seems: run the same again"}, {err.message, err.hint})
      assert.are.same({"planned 1", "a b c new", "planned refused"}, {state(), made:live(), whats()})
   end)

   it("there, and tells what it finds then where that is still so", function()
      local other = made:open()
      local by = assert(mm.open(made.db.conninfo, {registry = assert(mm.registry.release("0.33")), guards = {{name = "hook",
         check = function()
            assert(other:hold{all = true, reason = "since"})
         end}}}))
      finally(function()
         by:close()
      end)

      local _, err = by:apply(id, {reason = "spec"})

      assert.are.same({"refused", "holds"}, {err.code, err.guard})
      assert.are.equal("hold 1 (since) covers 3 partitions of it, such as log_entries/global "
         .. "of 2026-11-01 00:00:00", err.findings[1].message)
   end)

   -- Applies one by one; after the first batch something happens and the clock moves on.
   local function apply_with(seconds, happens)
      local time, now = os.time, os.time()
      rawset(os, "time", function(...)
         return ... and time(...) or now
      end)
      finally(function()
         rawset(os, "time", time)
      end)
      return lake:apply(id, {reason = "spec", limit = 1, on_batch = function(batch)
         if batch.first_seq == 1 then
            now = now + seconds
            happens()
         end
      end})
   end

   it("a minute later, and pause what they find fault with", function()
      local _, err = apply_with(60, function()
         made:add{{"late", 5, 6, OLD}}
      end)

      assert.are.same({"refused", "writers", "since_plan", 1},
         {err.code, err.guard, err.findings[1].kind, err.done})
      assert.are.equal(("it is paused; it passes with a new plan, once nobody writes it; then mmlua resume %s, or mmlua undo %s")
         :format(id, id), err.hint)
      assert.are.same({"paused 2", "planned applying retired refused paused"}, {state(), whats()})
      assert.are.equal(6, exit_codes.of(err))
   end)

   it("not before that", function()
      local done = assert(apply_with(59, function()
         made:add{{"late", 5, 6, OLD}}
      end))

      assert.are.same({"applied", 3}, {done.state, done.retired})
   end)

   it("but not those that are overridden", function()
      made:psql("update mmadmin.retirement set overrides = '{\"writers\": \"recorded\"}'")

      assert.are.equal(3, assert(apply_with(600, function()
         made:add{{"late", 5, 6, OLD}}
      end)).retired)
   end)
end)

describe("a guard of the operators' own", function()
   local folder, by

   before_each(function()
      set({{"a", 0, 1, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW}})
      folder = shell.run("mktemp -d").stdout:match("%S+")
   end)
   after_each(function()
      if by then
         by:close()
         by = nil
      end
      shell.run("rm -r " .. folder)
   end)

   local function open(given)
      local err
      by, err = mm.open(made.db.conninfo, {registry = assert(mm.registry.release("0.33")), guards = given})
      return by, err
   end

   -- A lake with one guard whose check is this.
   local function with(check)
      return assert(open{{name = "ours", check = check}})
   end

   -- mmlua with a file of guards.
   local function with_file(text, line)
      local path = folder .. "/guards.lua"
      local file = assert(io.open(path, "w"))
      file:write(text)
      file:close()
      return mmlua(line, "MM_GUARDS=" .. path), path
   end

   it("gets the lake and the retirement", function()
      local got
      with(function(...)
         got = {...}
      end)

      assert.are.equal("applied", assert(by:apply(id, {reason = "spec"})).state)

      assert.are.same({by, id, "planned", 1}, {got[1], got[2].id, got[2].state, got[2].partitions})
   end)

   it("refuses with what it finds", function()
      local _, err = with(function()
         return {message = "it is Friday", why = "nobody is here tomorrow", passes = "on Monday", kind = "friday"}
      end):apply(id, {reason = "spec"})

      assert.are.same({"refused", "ours", "refused by the guard ours: it is Friday", "nobody is here tomorrow",
         "it passes on Monday", "friday"}, {err.code, err.guard, err.message, err.detail, err.hint, err.findings[1].kind})
      assert.are.same({"planned 1", "planned refused"}, {state(), whats()})
   end)

   it("refuses with a text", function()
      local _, err = with(function()
         return "no"
      end):apply(id, {reason = "spec"})

      assert.are.same({"refused by the guard ours: no", "a guard of this lake's operators"}, {err.message, err.detail})
      assert.is_nil(err.hint)
   end)

   it("is content when it returns nothing", function()
      for _, nothing in ipairs{function() end, function() return nil end, function() return false end,
         function() return {} end} do
         assert.are.same({}, guards(with(nothing)))
         by:close()
      end
   end)

   it("refuses when it fails, or cannot tell", function()
      for _, case in ipairs{
         {function() error("out of order", 0) end, "it failed: out of order"},
         {function() error({code = "x"}) end, "it failed: table: "},
         {function() return nil, "no answer" end, "it failed: no answer"},
         {function(asked) return asked:items("prod-1-abcdef") end, "it failed: no retirement of this lake is called 'prod-1-abcdef'"},
         {function() return true end, "it answered with a boolean that says nothing"},
         {function() return 1 end, "it answered with a number that says nothing"},
         {function() return {{message = "x"}} end, "it answered with a table that says nothing"},
      } do
         local message = guards(with(case[1]))[1].message
         assert.are.equal(case[2], message:sub(1, #case[2]))
         by:close()
      end
   end)

   it("may explain itself with whatever can be written", function()
      local found = guards(with(function()
         return {message = "x", why = 1, passes = true}
      end))

      assert.are.same({"x", "1", "true"}, words(found[1]))
   end)

   it("is overridden by its name, which is recorded", function()
      with(function()
         return "no"
      end)

      assert.are.equal("applied", assert(by:apply(id, {reason = "spec", overrides = {ours = "yes"}})).state)

      assert.are.equal("yes", made:value("select overrides::json ->> 'ours' from mmadmin.retirement"))
   end)

   it("is asked after the built-in ones, and each of several", function()
      open{{name = "b", check = function() return "b" end}, {name = "a", check = function() return "a" end}}
      made:psql("insert into mmadmin.hold (reason) values ('x')")

      assert.are.equal("holds b a", names(by))
   end)

   it("need not be known to who goes on with what it was overridden for", function()
      with(function()
         return "no"
      end)
      pcall(by.apply, by, id, {reason = "spec", overrides = {ours = "yes"}, on_batch = error})

      assert.are.equal("applied", assert(lake:apply(id, {reason = "spec"})).state)
   end)

   it("is asked again when it goes on", function()
      local asked = 0
      made:add{{"b", 1, 2, OLD, updated = "2026-01-01"}}
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
      with(function()
         asked = asked + 1
         return asked > 1 and "enough" or nil
      end)
      pcall(by.apply, by, id, {reason = "spec", limit = 1, on_batch = error})

      assert.are.equal("enough", select(2, by:apply(id, {reason = "spec"})).findings[1].message)
   end)

   it("must be a list of names and functions", function()
      local function check() end
      for _, case in ipairs{
         {{{check = check}}, "guard 1 has no name of small letters, digits and '_'"},
         {{{name = "A", check = check}}, "guard 1 has no name of small letters, digits and '_'"},
         {{{name = ("a"):rep(41), check = check}}, "guard 1 has no name of small letters, digits and '_'"},
         {{"a"}, "guard 1 has no name of small letters, digits and '_'"},
         {{{name = "a"}}, "guard 'a' has no function `check`"},
         {{{name = "writers", check = check}}, "there are two guards called 'writers'"},
         {{{name = "a", check = check}, {name = "a", check = check}}, "there are two guards called 'a'"},
         {{name = "a", check = check}, "a list of guards must be {{name =, check =}, ...}, without gaps and other members"},
         {{[2] = {name = "a", check = check}},
            "a list of guards must be {{name =, check =}, ...}, without gaps and other members"},
      } do
         local is_right, message = pcall(mm.open, made.db.conninfo, {guards = case[1]})
         assert.are.same({false, "mm.open: " .. case[2]}, {is_right, (message:gsub("^.-guards_spec.lua:%d+: ", ""))})
      end
   end)

   it("comes from the file that MM_GUARDS names", function()
      local result = with_file([[return {{name = "closed", check = function(lake, retirement)
         return {message = ("%s of %s is closed"):format(retirement.id, lake:info().name), passes = "never"}
      end}}]], ("apply %s --yes --reason spec"):format(id))

      assert.are.same({4, ("mmlua apply: refused by the guard closed: %s of made-up is closed\n"
         .. "why: a guard of this lake's operators\nit passes: never\n"
         .. 'to override: --override GUARD="why it is safe all the same", for each; the audit records it\n'):format(id)},
         {result.code, result.stderr})
      assert.are.equal("planned 1", state())
   end)

   it("that is broken is an error before anything is done", function()
      for _, case in ipairs{
         {"return {{name = 'a'}}", "guard 'a' has no function `check`"},
         {"return {name = 'a', check = print}",
            "a list of guards must be {{name =, check =}, ...}, without gaps and other members"},
         {"local guards = {}", "a list of guards must be a table, not nil"},
         {"return {{name = 'copy', check = print}}", "there are two guards called 'copy'"},
         {"error('not today', 0)", "not today"},
         {"return {", "PATH:1: unexpected symbol near <eof>"},
      } do
         local result, path = with_file(case[1], "status")
         assert.are.same({1, ("mmlua status: the guards in %s (MM_GUARDS) cannot be used\ndetail: %s\n"):format(path,
            (case[2]:gsub("PATH", path)))}, {result.code, result.stderr})
      end
   end)

   it("that is missing is an error too", function()
      local result = mmlua(("apply %s --yes --reason spec"):format(id), ("MM_GUARDS=%s/none.lua"):format(folder))

      assert.are.same({1, ("mmlua apply: the guards in %s/none.lua (MM_GUARDS) cannot be used\n"
         .. "detail: cannot open %s/none.lua: No such file or directory\n"):format(folder, folder)}, {result.code, result.stderr})
      assert.are.equal("planned 1", state())
   end)

   it("must not be called as one that is given beside the file", function()
      local result = with_file("return {{name = 'a', check = print}}", [[-e '
         local _, err = require("mm").open(nil, {guards = {{name = "a", check = print}}})
         print(err.message, err.detail)']])

      assert.are.equal("the guards given and those of MM_GUARDS do not go together\tthere are two guards called 'a'\n",
         result.stdout, result.stderr)
   end)
end)
