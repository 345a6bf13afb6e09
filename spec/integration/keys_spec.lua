-- Keys of the HTTP API: who is let in, and that nobody but who was given a key ever learns it.
local core = require("mm.core")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local stages = require("spec.support.stage")
local worker = require("spec.support.worker")

local stage = stages.new("catalog-v10")
local lake, key

local function add(opts)
   opts = opts or {}
   return lake:add_key{name = opts.name or "ann", role = opts.role or "operator", reason = "spec", expires_in = opts.expires_in}
end

local function whats()
   return stage:value("select coalesce(string_agg(what, ' ' order by seq), '') from mmadmin.audit")
end

local function assert_failed(code, message, result, err)
   assert.is_nil(result)
   assert.are.same({code, message}, {err.code, err.message})
end

local function mmlua(words)
   return shell.run(("%s/bin/mmlua key %s --lake '%s'"):format(os.getenv("BUILD") or "build", words, stage.db.conninfo))
end

before_each(function()
   stage:set({})
   lake = stage:open()
   key = assert(add())
end)
teardown(function()
   stage:drop()
end)

describe("a key", function()
   it("is 256 random bits behind a prefix, of which the lake has the hash", function()
      local other = assert(add())
      local prefix, secret = key.secret:match("^mm_([0-9a-f]+)_([0-9a-f]+)$")

      assert.are.same({8, 64, key.prefix}, {#prefix, #secret, prefix})
      assert.are_not.equal(secret, other.secret:match("%x+$"))
      assert.are.equal(("%s|%s"):format(prefix, core.sha256(key.secret)),
         stage:value("select prefix || '|' || encode(hash, 'hex') from mmadmin.api_key where key = 1"))
   end)

   it("is hashed as SHA-256 says", function()
      assert.are.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", core.sha256("abc"))
      assert.are.equal(stage:value("select encode(sha256('\\x610062'), 'hex')"), core.sha256("a\0b"))
   end)

   it("says who has it, and what that may do", function()
      assert.are.same({key = 1, name = "ann", role = "operator"}, assert(lake:principal(key.secret)))
   end)

   it("is listed without what it is made of", function()
      local listed = assert(lake:keys())[1]

      assert.are.same({1, "ann", "operator", key.prefix, "spec", "postgres"},
         {listed.key, listed.name, listed.role, listed.prefix, listed.reason, listed.created_by})
      assert.are.same({}, {listed.secret, listed.hash, listed.expires_at, listed.last_used_at})
   end)

   it("that nobody has is refused, also where one digit of it is right no more", function()
      assert_failed("unauthorized", "nobody has that key", lake:principal("mm_00000000_" .. ("0"):rep(64)))
      local last = key.secret:sub(-1) == "0" and "1" or "0"
      assert_failed("unauthorized", "nobody has that key", lake:principal(key.secret:sub(1, -2) .. last))
   end)

   it("that is none is refused without the server", function()
      lake = stage:open{conninfo = stage.db.conninfo .. " application_name=asked"}
      local asked = "select state_change from pg_stat_activity where application_name = 'asked'"
      local before = stage:value(asked)

      for _, wrong in ipairs{"", "x", key.secret .. "0", key.secret:sub(1, -2), key.secret:upper(), " " .. key.secret,
         key.secret:gsub("_", "-"), "mm_" .. key.prefix .. "_", key.secret .. "\n", ("x"):rep(100000)} do
         assert_failed("unauthorized", "that is no key of mm's: they look like mm_0a1b2c3d_ and 64 digits more", lake:principal(wrong))
      end
      assert_failed("unauthorized", "no key was given", lake:principal())

      assert.are.equal(before, stage:value(asked))
   end)

   it("that expired is refused from that moment on", function()
      local short = assert(add{expires_in = "1h30m"})
      assert.are.equal("01:30:00", stage:value("select expires_at - created_at from mmadmin.api_key where key = 2"))
      assert(lake:principal(short.secret))
      assert.are.equal(2, #assert(lake:keys()))

      local at = stage:value("update mmadmin.api_key set expires_at = now() where key = 2 returning to_char(expires_at at time zone 'UTC', "
         .. "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")

      assert_failed("unauthorized", "the key expired at " .. at:match("%S+"), lake:principal(short.secret))
      assert.are.same({1, 2}, {#assert(lake:keys()), #assert(lake:keys{all = true})})
      assert(lake:principal(key.secret))
   end)

   it("that was revoked is refused, and listed with all only", function()
      local revoked = assert(lake:revoke_key(1, {reason = "left"}))

      assert_failed("unauthorized", "the key was revoked at " .. revoked.revoked_at, lake:principal(key.secret))
      assert.are.same({{}, "left", "postgres"}, {assert(lake:keys()), revoked.revoke_reason, lake:keys{all = true}[1].revoked_by})
      assert_failed("not_found", "there is no key 1 that could be revoked", lake:revoke_key(1, {reason = "again"}))
      assert_failed("not_found", "there is no key 7 that could be revoked", lake:revoke_key(7, {reason = "x"}))
   end)

   it("is not made of what cannot be", function()
      local name = "'%s' cannot be the name of a key: 1 to 63 letters, digits, '_', '.', '@', '+', '-'"
      for _, wrong in ipairs{"a b", "-a", "ä", "a\n", ("x"):rep(64)} do
         assert_failed("invalid", name:format(wrong), add{name = wrong})
      end
      assert_failed("invalid", "'soon' is not a duration", add{expires_in = "soon"})
      for _, seconds in ipairs{0, -1, 36500 * 86400 + 1} do
         assert_failed("invalid", ("a key of %d seconds: it lives at least one, and at most 36500 days"):format(seconds),
            add{expires_in = seconds})
      end
      assert.are.equal("key_added", whats())
   end)
end)

describe("that a key is added or revoked", function()
   it("is in the audit with whose it is, and why, but without the key or its hash", function()
      assert(lake:revoke_key(1, {reason = "left"}))

      assert.are.equal("key_added key_revoked", whats())
      local detail = ('{"key":1,"name":"ann","role":"operator","prefix":"%s"}'):format(key.prefix)
      assert.are.same({{"spec", detail}, {"left", detail}},
         stage:rows("select body::json ->> 'why', body::json -> 'detail' from mmadmin.audit order by seq"))
      assert.is_true(assert(lake:verify_audit()).is_intact)
      assert.are.same({"key_added"}, {assert(lake:audit{what = "key_added"}):all()[1].what})
   end)

   it("is not done where it cannot be audited", function()
      stage:psql("alter table mmadmin.audit add constraint full_up check (seq < 2)")
      finally(function()
         stage:psql("alter table mmadmin.audit drop constraint full_up")
      end)

      assert.are.equal("query", select(2, add{name = "bob"}).code)
      assert.are.equal("query", select(2, lake:revoke_key(1, {reason = "x"})).code)

      assert.are.equal("ann", stage:value("select string_agg(name, ' ') from mmadmin.api_key where revoked_at is null"))
   end)

   it("is not audited where nothing was done", function()
      lake:revoke_key(7, {reason = "x"})

      assert.are.equal("key_added", whats())
   end)
end)

describe("the last use of a key", function()
   local USED = "select xmin || ' ' || coalesce((last_used_at = date_trunc('hour', now()))::text, 'never') from mmadmin.api_key where key = 1"

   it("is noted to the hour, and once in that", function()
      assert.are.equal("never", stage:value(USED):match("%a+"))

      assert(lake:principal(key.secret))
      local first = stage:value(USED)
      assert(lake:principal(key.secret))

      assert.are.same({"true", first}, {first:match("%a+"), stage:value(USED)})
      stage:psql("update mmadmin.api_key set last_used_at = last_used_at - interval '1 hour'")
      assert(lake:principal(key.secret))
      assert.are.equal("true", stage:value(USED):match("%a+"))
   end)

   it("is to be noted only where it is not yet, and may be", function()
      local function is_to_note(by)
         return assert(core.lake_select(by, "key_find", nil, {n = 1, core.sha256(key.secret)}))[1].is_to_note
      end
      local role = stage.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin")

      assert.are.same({true, false}, {is_to_note(lake), is_to_note(stage:open{conninfo = role.conninfo})})
      stage:psql(("grant update (last_used_at) on mmadmin.api_key to %s"):format(role.user))
      assert.is_true(is_to_note(stage:open{conninfo = role.conninfo}))
      stage:psql(("alter role %s set default_transaction_read_only = on"):format(role.user))
      assert.is_false(is_to_note(stage:open{conninfo = role.conninfo}))
      assert(lake:principal(key.secret))
      assert.is_false(is_to_note(lake))
   end)

   it("is noted once of two who come at the same time", function()
      assert(lake:principal(key.secret))
      local noted = stage:value(USED)

      assert(core.lake_change(lake, {"key_touch"}, {n = 1, 1}))

      assert.are.equal(noted, stage:value(USED))
   end)

   it("is not that of another key", function()
      assert(lake:principal(assert(add()).secret))

      assert.are.equal("2", stage:value("select string_agg(key::text, ' ') from mmadmin.api_key where last_used_at is not null"))
   end)

   it("is not noted of a key that is refused", function()
      assert(lake:revoke_key(1, {reason = "x"}))

      lake:principal(key.secret)

      assert.are.equal("never", stage:value(USED):match("%a+"))
   end)

   it("keeps nobody waiting", function()
      local holder, one = stage:session(), worker.start(stage.db)
      one:run("lake = assert(mm.open(conninfo))")
      holder:run("begin")
      holder:run("select from mmadmin.api_key for update")

      one:send("return lake:principal(...).name", key.secret)
      local settled = one:settle()
      holder:close()

      assert.are.same({"done", "ann"}, {settled, one:wait()})
      one:close()
   end)

   it("is not noted where that may not be written, and nobody is refused for it", function()
      local reader = stage.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin")
      assert.are.equal("ann", assert(stage:open{conninfo = reader.conninfo}:principal(key.secret)).name)

      stage:psql(("grant update on mmadmin.api_key to %s; alter role %s set default_transaction_read_only = on"):format(reader.user, reader.user))
      assert.are.equal("ann", assert(stage:open{conninfo = reader.conninfo}:principal(key.secret)).name)

      assert.are.equal("never", stage:value(USED):match("%a+"))
   end)
end)

describe("the server", function()
   it("is told the hash of a key, never the key, whatever it logs", function()
      stage:psql(("alter database %s set log_statement = 'all'; alter database %s set log_min_duration_statement = 0"):format(
         stage.db.name, stage.db.name))
      local logged = stage:open()
      local made = assert(logged:add_key{name = "bob", role = "viewer", reason = "spec"})
      assert(logged:principal(made.secret))
      local queries = stage:value("select string_agg(query, ' ') from pg_stat_activity where datname = current_database()")
      stage:psql(("alter database %s reset all"):format(stage.db.name))

      local file = assert(io.open(postgres.start().server.folder .. "/log"))
      local log = file:read("*a")
      file:close()

      assert.is_truthy(log:find(core.sha256(made.secret), 1, true))
      for _, text in ipairs{log, queries} do
         assert.is_nil(text:find(made.secret:match("%x+$"), 1, true))
      end
   end)
end)

describe("mmlua key", function()
   it("revoke says whose key it is, and asks for none that is not there", function()
      local revoked, missing = mmlua("revoke 1 --reason left --yes"), mmlua("revoke 7")

      assert.are.same({0, 1}, {revoked.code, missing.code})
      assert.is_truthy(revoked.stderr:find("key 1 of ann is revoked", 1, true))
      assert.are.equal("mmlua key: there is no key 7 that could be revoked\n", missing.stderr)
   end)

   it("add prints the key alone on stdout, and says that it does so once", function()
      local result = mmlua("add ci --role planner --expires 90d --reason nightly --yes")

      assert.are.equal(0, result.code)
      local secret = result.stdout:match("^(mm_%x+_%x+)\n$")
      assert.are.same({key = 2, name = "ci", role = "planner"}, assert(lake:principal(secret)))
      assert.is_truthy(result.stderr:find("key 2 of ci, planner: it is shown only this once; it expires at", 1, true))
      assert.is_nil(result.stderr:find(secret, 1, true))
      assert.are.equal("nightly", stage:value("select body::json ->> 'why' from mmadmin.audit where seq = 2"))
   end)

   it("add that cannot print it says so, and how to be rid of it", function()
      local result = mmlua("add ci --role viewer --reason x --yes > /dev/full")

      assert.are.equal(1, result.code)
      assert.is_truthy(result.stderr:find("key 2 was made, but could not be printed\nhint: nobody has it now: mmlua key revoke 2\n", 1, true))
   end)

   it("list shows those in force, and all", function()
      mmlua("revoke 1 --reason left --yes")

      assert.are.same({"no keys\n", ""}, {mmlua("").stderr, mmlua("list --jsonl").stdout})
      local line = mmlua("list --all --jsonl").stdout
      assert.is_truthy(line:find('{"key":1,"name":"ann","role":"operator"', 1, true))
      assert.is_truthy(line:find('"revoke_reason":"left"', 1, true))
   end)

   it("asks for what is missing, and does nothing without consent", function()
      assert.are.same({2, "mmlua key: give a name and its role: mmlua key add NAME --role ROLE\n"},
         {mmlua("add x --reason x --yes").code, mmlua("add x --reason x --yes").stderr})
      assert.are.equal("mmlua key: give the number of the key to revoke\n", mmlua("revoke ann --reason x --yes").stderr)
      assert.are.equal("mmlua key: add needs --yes where there is no terminal to ask on\n",
         mmlua("add x --role viewer --reason x < /dev/null").stderr)
      assert.are.equal("mmlua key: there is no key 7 that could be revoked\n", mmlua("revoke 7 --reason x --yes").stderr)
      assert.are.equal("key_added", whats())
   end)
end)
