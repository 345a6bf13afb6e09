-- The audit: each change appends exactly one entry in its own transaction, which tells who did it, why, and what; who may
-- read and append.
local guarded = require("spec.support.guarded")
local json = require("mm.json")
local mm = require("mm")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")
local steps = require("spec.support.steps")

local lake, id
local on = guarded.new(function()
   return lake, id
end)
local made = on.made
local whats, mmlua = on.whats, on.mmlua

local apply, FOUR = on.apply, guarded.FOUR

local function set(...)
   lake, id = on.set(...)
end

local function plan()
   return assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
end

-- The newest entry's body.
local function newest()
   return json.decode(made:value("select body from mmadmin.audit order by seq desc limit 1"))
end

local function verified(head)
   return assert(lake:verify_audit{head = head})
end

-- SQL that appends `count` entries, each chained to the one before.
local function appended(count)
   return ([[do $$ declare h bytea; n bigint; b text; begin
      select seq, hash into n, h from mmadmin.audit_head;
      for i in 1 .. %d loop
         n := n + 1; b := format('{"seq":%%s,"at":"2026-01-01T00:00:00.000000Z","what":"held"}', n);
         h := sha256(h || convert_to(b, 'UTF8'));
         insert into mmadmin.audit (seq, body, hash) values (n, b, h);
      end loop;
      update mmadmin.audit_head set seq = n, hash = h; end $$;]]):format(count)
end

teardown(function()
   made:drop()
end)

describe("the audit gets exactly one entry, in the transaction of what it tells, of", function()
   before_each(function()
      set(FOUR)
   end)

   -- What `call` has appended, each in a transaction of its own.
   local function entries_of(call)
      local before = tonumber(made:value("select count(*) from mmadmin.audit"))
      call()
      assert.are.equal("", made:value("select coalesce(string_agg(seq::text, ' '), '') from (select seq, count(*) over (partition by "
         .. "xmin::text) from mmadmin.audit) a where count > 1"))
      assert.is_true(verified().is_intact)
      return made:value(("select coalesce(string_agg(what, ' ' order by seq), '') from mmadmin.audit where seq > %d"):format(before))
   end

   local cases = {
      {"a plan", "planned", function() plan() end},
      {"a dry run: none", "", function() assert(lake:plan{all = true, dry_run = true}) end},
      {"beginning and each batch", "applying retired retired", function() assert(apply{limit = 2}) end},
      {"applying what is applied: none", "applying retired", function() assert(apply()) assert(apply()) end},
      {"a plan of nothing that is applied", "planned applying applied", function()
         id = assert(lake:plan{view_set = "images"}).id
         assert(apply())
      end},
      {"a pause and going on", "applying retired paused applying applying retired", function()
         pcall(apply, {limit = 2, on_batch = error})
         assert(lake:pause(id))
         assert(lake:resume(id))
         assert(apply())
      end},
      {"an undo, its batches and its end", "applying retired undoing restored restored", function()
         assert(apply())
         assert(lake:undo(id, {reason = "spec", limit = 2}))
      end},
      {"an undo that goes on", "applying retired undoing restored undoing restored", function()
         assert(apply())
         pcall(lake.undo, lake, id, {reason = "spec", limit = 2, on_batch = error})
         assert(lake:undo(id, {reason = "spec"}))
      end},
      {"an undo of nothing", "undoing undone", function()
         made:psql("update mmadmin.retirement set state = 'applying', undo_for = '7d', undo_until = now() + interval '7 days'")
         local found = assert(lake:undo(id, {reason = "spec"}))
         assert.are.equal("undone", found.state)
      end},
      {"a plan that is given up", "abandoned", function() assert(lake:abandon(id)) end},
      {"a hold and its release", "held released", function()
         assert(lake:hold{all = true, reason = "spec"})
         assert(lake:release(1, {reason = "spec"}))
      end},
      {"a registry that is published", "published", function()
         assert(lake:publish_registry(assert(mm.registry.release("0.33"))))
      end},
      {"what a guard refuses", "held refused", function()
         assert(lake:hold{all = true, reason = "spec"})
         assert.are.equal("refused", select(2, apply()).code)
      end},
      {"a copy that is adopted", "adopted", function() assert(lake:adopt()) end},
      {"items that are pruned", "pruned", function()
         made:psql("update mmadmin.retirement set valid_until = now() - interval '31 days'")
         assert(lake:prune_retirements{reason = "spec"})
      end},
      {"pruning nothing: none", "", function() assert(lake:prune_retirements{reason = "spec"}) end},
      {"what fails: none", "", function()
         assert.is_nil(lake:resume(id))
         assert.is_nil(lake:release(7, {reason = "spec"}))
         assert.is_nil(lake:undo(id, {reason = "spec"}))
         made:psql("update mmadmin.item set file_path = 'x' where file_path = 'b'")
         assert.is_nil(apply())
         made:add{{"a", 5, 6, "05"}}
         assert.is_nil(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS})
      end},
   }
   for _, case in ipairs(cases) do
      it(case[1], function()
         assert.are.equal(case[2], entries_of(case[3]))
      end)
   end

   it("a batch, with which it commits or not at all", function()
      made:psql("update mmadmin.audit_head set seq = 0") -- the next number is taken

      local _, err = apply()

      assert.are.same({"query", "a b c d new", ""}, {err.code, made:live(), made:queued()})
      assert.matches('^audit_retirement: duplicate key value violates unique constraint "audit_pkey"', err.message)
   end)

   it("and nothing is changed where the chain has lost its head", function()
      made:psql("delete from mmadmin.audit_head")
      finally(function()
         made:psql("insert into mmadmin.audit_head (seq, hash) values (0, '')")
      end)

      for _, result in ipairs{{apply()}, {lake:hold{all = true, reason = "x"}}, {lake:abandon(id)}} do
         assert.matches('^audit_%l+: null value in column "seq" of relation "audit" violates not%-null constraint',
            result[2].message)
      end

      assert.are.same({"planned 1", "0"}, {on.state(), made:value("select count(*) from mmadmin.hold")})
      assert.are.same({false, 2, "the head of the chain is missing"},
         {verified().is_intact, verified().broken_seq, verified().why})
   end)
end)

describe("an entry tells", function()
   before_each(function()
      set(FOUR)
   end)

   it("its number, time, retirement and reason, and what was done in detail", function()
      assert(apply{reason = 'wegen "Ostern", \\ größer'})

      local body = newest()

      assert.are.same({3, "retired", 1, 'wegen "Ostern", \\ größer'}, {body.seq, body.what, body.retirement, body.why})
      assert.are.same({first_seq = 1, last_seq = 4, done = 4, gone = 0, changed = 0, held = 0, bytes = 4000,
         state = "applied"}, body.detail)
      assert.are.equal("t", made:value(("select now() - '%s'::timestamptz between '0 s' and '1 min'"):format(body.at)))
      assert.matches("^20%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ$", body.at)
   end)

   it("the plan: its size, digest, selection and registry", function()
      local detail = newest().detail

      assert.are.same({4, 4000, made:value("select encode(digest, 'hex') from mmadmin.retirement"), "given: release 0.33 (11 view sets)",
         "log_entries"}, {detail.partitions, detail.bytes, detail.digest, detail.registry, detail.selection.view_set})
   end)

   it("the beginning: how far it is, until when it can be undone, and what was overridden", function()
      pcall(apply, {limit = 1, on_batch = error, overrides = {budget = "a spec"}})

      local body = json.decode(made:value("select body from mmadmin.audit where what = 'applying'"))

      assert.are.same({1, 4, {budget = "a spec"}}, {body.detail.next_seq, body.detail.partitions, body.detail.overrides})
      assert.are.equal("t", made:value(("select undo_until = '%s' from mmadmin.retirement"):format(body.detail.undo_until)))
   end)

   it("no reason where none is asked for", function()
      pcall(apply, {limit = 1, on_batch = error})
      assert(lake:pause(id))

      assert.are.same({"paused"}, {newest().what, newest().why})
   end)

   it("how far an undo is", function()
      assert(apply())
      pcall(lake.undo, lake, id, {reason = "back", limit = 3, on_batch = error})

      local body = newest()

      assert.are.same({"restored", "back", 3, "undoing"}, {body.what, body.why, body.detail.done, body.detail.state})
   end)

   it("who: in the database and outside", function()
      local body = newest()

      assert.are.same({"postgres", "postgres"}, {body.user, body.role})
      assert.are.same({shell.run("id -un").stdout:match("%S+"), shell.run("uname -n").stdout:match("%S+"),
         "mm " .. mm.version}, {body.by.user, body.by.host, body.by.program})
   end)

   it("the user that logged in and the role that acts", function()
      local login = made.db:role("postgres")
      made:psql(("alter role %s set role postgres"):format(login.user))
      local by = assert(mm.open(login.conninfo, {registry = assert(mm.registry.release("0.33"))}))

      assert(by:hold{all = true, reason = "x"})

      by:close()
      assert.are.same({login.user, "postgres"}, {newest().user, newest().role})
   end)

   it("its place, whichever end comes first", function()
      local function seqs(opts)
         local list = {}
         for row in assert(lake:audit(opts)) do
            list[#list + 1] = row.seq
         end
         return list
      end
      for _ = 1, 2 do
         assert(lake:hold{all = true, reason = "spec"})
      end
      local first, last = seqs(), seqs{order = "newest"}

      for i, seq in ipairs(first) do
         assert.are.equal(seq, last[#last + 1 - i])
      end
      assert.are.equal(#first, #last)
      assert.are.equal(last[2], require("mm.audit").pages(lake, {order = "newest"}, 1)(last[1])[1].seq)
   end)

   it("the script that ran, and its SHA-256", function()
      local folder = shell.run("mktemp -d").stdout:match("%S+")
      local path = folder .. "/ünder test.lua"
      local file = assert(io.open(path, "w"))
      file:write("assert(require('mm').open():hold{all = true, reason = 'x'})")
      file:close()

      local result = mmlua(shell.quote(path))
      local sum = shell.run("sha256sum " .. shell.quote(path)).stdout:match("%x+")
      shell.run("rm -r " .. folder)

      assert.are.equal(0, result.code, result.stderr)
      assert.are.same({path, sum}, {newest().by.script, newest().by.script_sha256})
   end)

   it("no script of a command line", function()
      mmlua("-e \"assert(require('mm').open():hold{all = true, reason = 'x'})\"")

      assert.are.same({"held"}, {newest().what, newest().by.script})
   end)

   it("no SHA-256 of what is read but once, and reads it no further", function()
      local result = shell.run(("(cat; echo more) | MICROMEGAS_SQL_CONNECTION_STRING='%s' timeout 20 %s/bin/mmlua /dev/stdin")
         :format(made.db.conninfo, os.getenv("BUILD") or "build"), "assert(require('mm').open():hold{all = true, reason = 'x'}) --")

      assert.are.same({0, ""}, {result.code, result.stderr})
      assert.are.same({"held", "/dev/stdin"}, {newest().what, newest().by.script})
      assert.is_nil(newest().by.script_sha256)
   end)

   it("the verb that ran", function()
      mmlua("hold add --all --yes --reason x")

      assert.matches("/scripts/hold%.lua$", newest().by.script)
   end)

   it("who is behind sudo, in whatever letters", function()
      mmlua("hold add --all --yes --reason x", "SUDO_USER=$(printf 'J\\303\\266rg \\\\ \"x\"')")
      assert.are.equal('Jörg \\ "x"', newest().by.sudo_user)

      mmlua("hold add --all --yes --reason x", "SUDO_USER=$(printf 'J\\366rg')")
      assert.are.equal("J?rg", newest().by.sudo_user)
   end)

   it("what a guard found when it refused, and the reason that was given", function()
      assert(lake:hold{all = true, reason = "x"})
      apply{reason = "in a hurry"}

      assert.are.same({"refused", "in a hurry", {guards = {{guard = "holds", message = "hold 1 (x) covers 4 partitions of it, "
         .. "such as log_entries/global of 2026-11-01 00:00:00"}}}}, {newest().what, newest().why, newest().detail})
   end)

   it("that it could not be told of a refusal by who may only look", function()
      assert(lake:hold{all = true, reason = "x"})
      local role = made.db:role("usage on schema mmadmin, public", "select on all tables in schema mmadmin, public")
      local by = made:open{conninfo = role.conninfo}

      local _, err = apply(nil, by)

      assert.are.same({"refused", "holds", "audit_refused: permission denied for table audit"},
         {err.code, err.guard, err.not_audited})
      assert.are.equal("planned held", whats())
   end)
end)

describe("listing the audit", function()
   before_each(function()
      set(FOUR)
      assert(lake:hold{view_set = "blocks", reason = "x"})
      assert(apply{limit = 2})
   end)

   local function listed(opts)
      local list = {}
      for entry in assert(lake:audit(opts)) do
         list[#list + 1] = entry.what
      end
      return table.concat(list, " ")
   end

   it("gives every entry, the oldest first, or some", function()
      assert.are.equal("planned held applying retired retired", listed())
      assert.are.equal("planned applying retired retired", listed{retirement = id})
      assert.are.equal("retired retired", listed{what = "retired"})
      assert.are.equal("", listed{from = "2100-01-01"})
      assert.are.equal("planned held applying retired retired", listed{from = "2026-01-01"})
   end)

   it("gives each entry once, also those that are not about one of several retirements", function()
      plan()

      assert.are.equal("planned held applying retired retired planned", listed())
   end)

   it("gives those of an instant from that instant on", function()
      local at = made:value("select body::json ->> 'at' from mmadmin.audit where seq = 4")

      assert.are.equal("retired retired", listed{from = at})
   end)

   it("gives what is in it", function()
      local entry = assert(lake:audit{what = "retired"}):all()[1]

      assert.are.same({4, id, "spec", "postgres", "postgres", 2}, {entry.seq, entry.id, entry.why, entry.user, entry.role,
         entry.detail.done})
      assert.are.same({"mm " .. mm.version, made:value("select encode(hash, 'hex') from mmadmin.audit where seq = 4")},
         {entry.by_program, entry.hash})
   end)

   it("goes through pages", function()
      for _, count in ipairs{994, 1, 1, 1000} do
         made:psql(appended(count))
         local seq, is_next = 0, true
         for entry in assert(lake:audit()) do
            is_next, seq = is_next and entry.seq == seq + 1, entry.seq
         end
         assert.are.same({true, made:value("select seq from mmadmin.audit_head")}, {is_next, tostring(seq)})
      end
   end)
end)

describe("of the audit", function()
   local operator, viewer

   setup(function()
      set(FOUR)
      operator, viewer = made.db:role(), made.db:role()
      made:psql("drop schema mmadmin cascade")
      lake:close()
      lake = made:open()
      made:psql(assert(lake:init_sql{name = "made-up", operator = operator.user, viewer = viewer.user}))
   end)

   it("the statements for a DBA begin it", function()
      assert.are.same({{"1", "initialized", "postgres"}}, made:rows("select seq, what, body::json ->> 'user' from mmadmin.audit"))
      assert.is_true(assert(made:open():verify_audit()).is_intact)
   end)

   it("an operator can append, and neither change nor remove an entry", function()
      local by = made:open{conninfo = operator.conninfo, registry = assert(mm.registry.release("0.33"))}

      assert(by:hold{all = true, reason = "x"})

      assert.are.equal("initialized held", whats())
      for _, sql in ipairs{"update mmadmin.audit set body = '{}'", "delete from mmadmin.audit", "truncate mmadmin.audit",
         "delete from mmadmin.audit_head"} do
         assert.is_false((pcall(operator.psql, operator, sql)))
      end
   end)

   it("a viewer can list and verify, and append nothing", function()
      local by = made:open{conninfo = viewer.conninfo, registry = assert(mm.registry.release("0.33"))}

      assert.are.equal("initialized", assert(by:audit()):all()[1].what)
      assert.is_true(assert(by:verify_audit()).is_intact)
      for _, sql in ipairs{"insert into mmadmin.audit values (9, '{}', '')", "update mmadmin.audit_head set seq = 1"} do
         assert.is_false((pcall(viewer.psql, viewer, sql)))
      end
   end)
end)

describe("batches of two retirements", function()
   it("delete at the same time: only their appends wait for each other", function()
      set(FOUR)
      local first = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS, to = "2026-11-01T02:00Z"}).id
      local second = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS, from = "2026-11-01T02:00Z"}).id
      for _, each in ipairs{first, second} do
         id = each
         pcall(apply, {limit = 1, on_batch = error})
      end
      local one, two = made:session(), made:session()
      local batches = {[one] = steps.new(made.db):apply_batch(2, 10), [two] = steps.new(made.db):apply_batch(3, 10)}

      for _, session in ipairs{one, two} do
         for i = 1, #batches[session] - 2 do
            session:run(batches[session][i].sql)
         end
      end
      one:run(batches[one][#batches[one] - 1].sql)
      two:send(batches[two][#batches[two] - 1].sql)

      assert.are.equal("blocked", two:settle())
      one:run("commit")
      two:wait()
      two:run("commit")
      one:close()
      two:close()
      assert.are.same({"new", "a b c d"}, {made:live(), made:queued()})
      assert.is_true(verified().is_intact)
   end)
end)
