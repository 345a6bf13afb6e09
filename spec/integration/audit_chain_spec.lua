-- The chain of the audit: whatever is changed, cut, moved or written anew is found, the first wrong entry named; the verb that
-- does it, and the log of apply, whose heads prove it later.
local guarded = require("spec.support.guarded")
local json = require("mm.json")
local mm = require("mm")
local shell = require("spec.support.shell")
local worker = require("spec.support.worker")

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

-- Entries and head as if they had always been so.
local CHAINED_ANEW = [[do $$ declare h bytea := sha256(''); r record; n bigint := 0; begin
   for r in select * from mmadmin.audit order by seq loop
      n := r.seq; h := sha256(h || convert_to(r.body, 'UTF8'));
      update mmadmin.audit set hash = h where seq = n;
   end loop;
   update mmadmin.audit_head set seq = n, hash = h; end $$;]]

teardown(function()
   made:drop()
end)

describe("verifying the audit", function()
   local head -- noted after the third of five

   before_each(function()
      set(FOUR)
      assert(apply{limit = 2})
      assert(lake:hold{view_set = "blocks", reason = "x"})
      assert.are.equal("planned applying retired retired held", whats())
      head = made:value("select '3-' || encode(hash, 'hex') from mmadmin.audit where seq = 3")
   end)

   local function assert_broken(seq, why, noted)
      local chain = verified(noted)
      assert.are.same({false, seq, why, seq - 1, nil}, {chain.is_intact, chain.broken_seq, chain.why, chain.entries, chain.head})
   end

   it("finds it whole, and gives its head", function()
      local chain = verified()

      assert.are.same({true, 5, 5, nil, nil}, {chain.is_intact, chain.entries, chain.head_seq, chain.broken_seq, chain.why})
      assert.are.equal(made:value("select seq || '-' || encode(hash, 'hex') from mmadmin.audit_head"), chain.head)
   end)

   it("finds a noted head, also when only its beginning was noted, in any letters", function()
      for _, noted in ipairs{head, head:sub(1, 18), head:upper(), verified().head, "0000" .. head} do
         assert.is_true(verified(noted).is_intact)
      end
   end)

   it("takes nothing else for a head", function()
      for _, wrong in ipairs{"", "3", "3-", "3-abc", head .. "0", "0-" .. ("0"):rep(64), "-" .. head, "3-" .. ("g"):rep(64),
         head:sub(1, 17)} do
         local _, err = lake:verify_audit{head = wrong}
         assert.are.same({"invalid", ("'%s' is no head of an audit: they look like 41-9f86d081884c7d65..."):format(wrong),
            "mmlua audit verify prints the head of today"}, {err.code, err.message, err.hint})
      end
   end)

   local HASH = "its hash is not that of its text and the entry before"
   local CUT = "the chain was cut: its head says that there was more"
   local BEHIND = "it stands behind the end of the chain"
   local ANEW = "it is not the entry that was there when the head was noted"
   local LOST = "the chain was cut: its noted head is missing"
   local PLACE = "the entry was made for another place"
   local MOVED_BACK = "update mmadmin.audit_head h set seq = a.seq, hash = a.hash from mmadmin.audit a where a.seq = %d;"

   for what, case in pairs{
      ["a changed body"] = {"update mmadmin.audit set body = replace(body, 'spec', 'spic') where seq = 2", 2, HASH},
      ["a changed body, with the number left out"] =
         {"update mmadmin.audit set body = replace(body, '\"seq\":2,', '') where seq = 2", 2, PLACE},
      ["a changed hash"] = {"update mmadmin.audit set hash = sha256('x') where seq = 4", 4, HASH},
      ["a shortened hash"] = {"update mmadmin.audit set hash = substr(hash, 1, 31) where seq = 1", 1, HASH},
      ["a changed hash of the last"] = {"update mmadmin.audit set hash = sha256('x') where seq = 5", 5, HASH},
      ["a removed entry"] = {"delete from mmadmin.audit where seq = 3", 3, "the entry is missing"},
      ["the first one removed"] = {"delete from mmadmin.audit where seq = 1", 1, "the entry is missing"},
      ["a removed tail"] = {"delete from mmadmin.audit where seq > 3", 4, CUT},
      ["everything removed"] = {"delete from mmadmin.audit", 1, CUT},
      ["two swapped bodies"] = {[[update mmadmin.audit a set body = b.body from mmadmin.audit b
         where (a.seq, b.seq) in ((2, 3), (3, 2))]], 2, PLACE},
      ["two swapped entries, chained anew"] = {[[update mmadmin.audit a set body = b.body from mmadmin.audit b
         where (a.seq, b.seq) in ((2, 3), (3, 2));]] .. CHAINED_ANEW, 2, PLACE},
      ["an entry appended without the head"] = {[[insert into mmadmin.audit (seq, body, hash) select 6, b,
         sha256(hash || convert_to(b, 'UTF8')) from mmadmin.audit, (values ('{"seq":6,"what":"held"}')) v (b) where seq = 5]], 6, BEHIND},
      ["an entry appended anyhow"] = {[[insert into mmadmin.audit (seq, body, hash) values (6, '{"seq":6,"what":"held"}', 'x')]], 6, HASH},
      ["a head moved back"] = {MOVED_BACK:format(3), 4, BEHIND},
      ["a head moved on"] = {"update mmadmin.audit_head set seq = 9", 6, CUT},
      ["a head of another hash"] = {"update mmadmin.audit_head set hash = sha256('x')", 5, "the head of the chain has another hash"},
   } do
      it("finds " .. what, function()
         made:psql(case[1])

         assert_broken(case[2], case[3])
      end)
   end

   it("finds a tail removed with its head by a noted head only", function()
      local noted = verified().head
      made:psql("delete from mmadmin.audit where seq > 3;" .. MOVED_BACK:format(3))

      assert.is_true(verified().is_intact)
      assert.is_true(verified(head).is_intact)
      assert_broken(4, LOST, noted)
   end)

   it("finds a chain that was written anew by a noted head only", function()
      made:psql("update mmadmin.audit set body = replace(body, 'spec', 'spic') where seq = 2;" .. CHAINED_ANEW)

      assert.is_true(verified().is_intact)
      assert_broken(3, ANEW, head)
   end)

   it("finds everything removed, and its head, by a noted head only", function()
      made:psql("delete from mmadmin.audit; update mmadmin.audit_head set seq = 0, hash = sha256('')")

      assert.are.same({true, 0, nil}, {verified().is_intact, verified().entries, verified().head})
      assert_broken(1, LOST, head)
   end)

   it("names the first that is broken", function()
      made:psql("update mmadmin.audit set hash = sha256('x') where seq in (2, 4); delete from mmadmin.audit where seq = 3")

      assert_broken(2, HASH)
   end)

   it("goes through pages, and finds what is broken at their edges", function()
      for _, count in ipairs{994, 1, 1, 998, 1} do
         made:psql(appended(count))
         local chain = verified(head)
         assert.are.same({true, made:value("select count(*) from mmadmin.audit")}, {chain.is_intact, tostring(chain.entries)})
      end
      assert.are.equal("2000", made:value("select count(*) from mmadmin.audit"))
      for _, seq in ipairs{2000, 1001, 1000, 999} do
         made:psql(("update mmadmin.audit set hash = sha256('x') where seq = %d"):format(seq))
         assert_broken(seq, HASH)
      end
      made:psql("delete from mmadmin.audit where seq = 999")
      assert_broken(999, "the entry is missing")
   end)

   it("sees nothing of what is not committed, and everything that is", function()
      local session = made:session()
      session:run("begin")
      session:run((appended(3):gsub("\n", " ")))
      assert.are.equal(5, verified().entries)

      session:run("commit")
      session:close()

      assert.are.equal(8, verified().entries)
   end)

   it("is not confused by others who append meanwhile", function()
      local one = worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo))")
      one:send("for i = 1, 60 do assert(lake:release(assert(lake:hold{all = true, reason = 'x'}).hold, {reason = 'x'})) end")

      local before = 0
      repeat
         local chain = verified(head)
         assert.is_true(chain.is_intact, chain.why)
         assert.is_true(chain.entries >= before)
         before = chain.entries
      until before == 125
      one:wait()
      one:close()
   end)

   it("needs mmadmin", function()
      local empty = require("spec.support.postgres").database("catalog-v10")
      local by = assert(mm.open(empty.conninfo))

      for _, result in ipairs{{by:verify_audit()}, {by:audit()}, {by:holds()}, {by:prune_retirements{reason = "x"}},
         {by:hold{all = true, reason = "x"}}, {by:adopt()}} do
         assert.are.same({"not_initialized", "the lake has no schema mmadmin, where mm keeps its plans"},
            {result[2].code, result[2].message})
      end

      by:close()
      empty:drop()
   end)
end)

describe("mmlua audit", function()
   before_each(function()
      set(FOUR)
      assert(apply{limit = 2})
   end)

   it("lists entries, as a table, as JSON and as CSV", function()
      local entries = json.decode(mmlua("audit --json").stdout)
      local csv = shell.lines(mmlua("audit list " .. id .. " --what retired --csv").stdout)

      assert.are.same({4, "planned", "retired", 2}, {#entries, entries[1].what, entries[4].what, entries[4].detail.done})
      assert.are.equal(3, #csv)
      assert.are.equal("seq,at,what,id,why,user,role,by_user,by_host,by_program,by_principal,by_request,by_script,by_script_sha256,detail,hash", csv[1])
      assert.matches(',"{""bytes"":2000,.*}",%x+$', csv[2])
      assert.matches("\n *3 +20%d%d.* retired +made%-up%-1%-%x+ +2 of 2 +spec ", mmlua("audit", "COLUMNS=200").stdout)
   end)

   it("verifies the chain and prints its head", function()
      local head = verified().head

      local result = mmlua("audit verify")
      local again = mmlua("audit verify --head " .. head)

      assert.are.same({0, head .. "\n", "4 entries, each right; the head to note is\n"},
         {result.code, result.stdout, result.stderr})
      assert.are.same({0, head .. "\n", "4 entries, each right, the one noted before among them; the head to note is\n"},
         {again.code, again.stdout, again.stderr})
   end)

   it("ends with 5 where it is broken, and says where", function()
      local head = verified().head
      made:psql("update mmadmin.audit set body = replace(body, 'spec', 'spic') where seq = 3")

      local result, object = mmlua("audit verify"), mmlua("audit verify --json --head " .. head)

      assert.are.same({5, "", "BROKEN at entry 3: its hash is not that of its text and the entry before; right before it: "
         .. "2 entries\n"}, {result.code, result.stdout, result.stderr})
      local chain = json.decode(object.stdout)
      assert.are.same({5, false, 3, 2}, {object.code, chain.is_intact, chain.broken_seq, chain.entries})
      assert.is_nil(chain.head)
   end)

   it("ends with 1 for what is no head", function()
      assert.are.same({1, "mmlua audit: '4' is no head of an audit: they look like 41-9f86d081884c7d65...\n"
         .. "hint: mmlua audit verify prints the head of today\n"},
         {mmlua("audit verify --head 4").code, mmlua("audit verify --head 4").stderr})
   end)
end)

describe("mmlua apply --log", function()
   local folder, path

   before_each(function()
      set(FOUR)
      folder = shell.run("mktemp -d").stdout:match("%S+")
      path = folder .. "/log"
   end)
   after_each(function()
      shell.run("rm -r " .. folder)
   end)

   local function lines()
      local file, list = assert(io.open(path)), {}
      for line in file:lines() do
         list[#list + 1] = assert(json.decode(line))
      end
      file:close()
      return list
   end

   local function logged(more, file)
      return mmlua(("apply %s --yes --reason spec --quiet --log %s %s"):format(id, file or path, more or ""))
   end

   it("appends a line of JSON for each batch, whose head is that of then", function()
      assert.are.equal(0, logged("--batch 3").code)
      assert(lake:hold{all = true, reason = "later"})

      local list = lines()

      assert.are.same({2, 3, 1, 4, 4, 1, 0}, {#list, list[1].retired, list[1].remaining, list[2].first_seq, list[2].last_seq,
         list[2].retired, list[2].remaining})
      for i, line in ipairs(list) do
         assert.are.same({id, made:value(("select seq || '-' || encode(hash, 'hex') from mmadmin.audit where seq = %d"):format(i + 2))},
            {line.retirement, line.audit})
         assert.matches("^20%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", line.at)
         assert.is_true(verified(line.audit).is_intact)
      end
   end)

   it("shows later that the audit was cut", function()
      assert.are.equal(0, logged().code)
      made:psql([[delete from mmadmin.audit where seq > 2; update mmadmin.audit_head h set seq = a.seq, hash = a.hash
         from mmadmin.audit a where a.seq = 2]])

      local result = mmlua("audit verify --head " .. lines()[1].audit)

      assert.are.same({5, "BROKEN at entry 3: the chain was cut: its noted head is missing; right before it: 2 entries\n"},
         {result.code, result.stderr})
   end)

   it("keeps what is there, when the retirement goes on", function()
      pcall(apply, {limit = 1, on_batch = error})
      shell.run("echo '{\"kept\": true}' > " .. path)

      assert.are.equal(0, logged("--batch 2").code)

      assert.are.same({3, true, 2, 4}, {#lines(), lines()[1].kept, lines()[2].first_seq, lines()[3].first_seq})
   end)

   it("that cannot be opened keeps everything as it was", function()
      local result = logged("", folder .. "/none/log")

      assert.are.same({1, ("mmlua apply: the log cannot be opened: %s/none/log: No such file or directory\n"):format(folder)},
         {result.code, result.stderr})
      assert.are.same({"planned", "a b c d new"}, {whats(), made:live()})
   end)

   it("that cannot be written stops after the batch, which is retired", function()
      local result = logged("--batch 1", "/dev/full")

      assert.are.same({1, "mmlua apply: the log /dev/full could not be written\n"
         .. "hint: the batch is retired and audited; make room and run the same again\n"}, {result.code, result.stderr})
      assert.are.same({"planned applying retired", "b c d new"}, {whats(), made:live()})
   end)
end)
