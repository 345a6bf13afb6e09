-- A hot standby of a lake: it can be looked at, and is not changed. Once is enough, for the Lua makes no difference.
local mm = require("mm")
local catalog = require("spec.support.catalog")
local hostile = require("spec.support.hostile")
local shells = require("spec.support.shells")
local standby = require("spec.support.standby")

if shells.are_tested_elsewhere then
   return
end

local RELEASE = assert(mm.registry.release("0.33"))
local MESSAGE = "the server is a read-only standby: nothing can be changed on it"

local pair, lake, id, secret

local function fill(primary)
   primary:psql(catalog.create_statements(10) .. [[
      insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time, updated, file_path, file_size,
                                        file_schema_hash, source_data_hash, num_rows)
      select 'log_entries', 'global', t, t + interval '1 hour', t, 'p' || n, 1, '\x05', '\x6400000000000000', 10
        from generate_series(1, 3) n, lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '1 hour') as x (t)]])
   local writable = assert(mm.open(primary.conninfo, {registry = RELEASE}))
   assert(writable:init{name = "made-up"})
   id = assert(hostile.plan(writable)).id
   secret = assert(writable:add_key{name = "ann", role = "viewer", reason = "spec"}).secret
   writable:close()
end

describe("a standby", function()
   setup(function()
      pair = standby.start(fill)
      lake = assert(mm.open(pair.standby.conninfo, {registry = RELEASE}))
   end)
   teardown(function()
      lake:close()
      pair:stop()
   end)

   it("can be looked at, with all that mm keeps", function()
      local status = assert(lake:status())

      assert.are.same({true, false, MESSAGE, 3}, {status.is_standby, status.is_writable, status.not_writable_because, status.partitions})
      assert.are.equal(3, #assert(lake:list_partitions()):all())
      assert.are.equal(3, assert(lake:list_outdated_partitions())[1].partition_count)
      assert.are.equal(3, assert(hostile.plan(lake, {dry_run = true})).partitions)
      assert.are.equal("planned", assert(lake:retirement(id)).state)
      assert.are.equal(3, #assert(lake:items(id)):all())
      assert.are.same({}, lake:holds())
      assert.are.same({"ann", nil}, {assert(lake:principal(secret)).name, lake:keys()[1].last_used_at})
      assert.are.same({{}, false}, {lake:jobs(), lake:claim_job{worker = "spec"}})
      assert.is_true(assert(lake:verify_audit()).is_intact)
   end)

   it("is not changed by anything, and says why", function()
      for _, call in ipairs{hostile.plan, lake.check_writable, lake.init, function() return hostile.apply(lake, id) end,
         function() return lake:apply_batch(id) end, function() return lake:abandon(id) end,
         function() return lake:publish_registry(RELEASE) end, function() return lake:hold{all = true, reason = "spec"} end,
         function() return lake:release(1, {reason = "spec"}) end, lake.remove_state,
         function() return lake:add_key{name = "bob", role = "viewer", reason = "spec"} end,
         function() return lake:revoke_key(1, {reason = "spec"}) end,
         function() return lake:add_job{kind = "apply", retirement = id} end,
         function() return lake:begin_answer{principal = "ann", idempotency_key = "k", fingerprint = "f"} end,
         function() return lake:retire_partitions("log_entries", "global", "2026-01-01", "2026-02-01", {reason = "spec"}) end} do
         local err = hostile.assert_failed("rights", MESSAGE, call(lake))
         assert.is_nil(err.sqlstate)
      end
      hostile.assert_said(1, "mmlua plan: " .. MESSAGE, hostile.verb({db = pair.standby}, "plan --all --quiet"))
   end)

   it("that is behind shows what it has, and what is planned on the primary once it has that", function()
      local primary = assert(mm.open(pair.primary.conninfo, {registry = RELEASE}))
      assert(hostile.apply(primary, id))
      pair:catch_up()

      assert.are.same({"applied", 0}, {assert(lake:retirement(id)).state, #assert(lake:list_partitions()):all()})

      assert(primary:undo(id, {reason = "spec"}))
      primary:close()
      pair:catch_up()
      assert.are.same({"undone", 3}, {assert(lake:retirement(id)).state, #assert(lake:list_partitions()):all()})
   end)

   it("that was promoted is changed like any other lake, by who opened it before too", function()
      assert.are.equal("t", pair.standby:psql("select pg_promote(true, 60)"))

      local planned = assert(hostile.plan(lake))

      assert.are.equal(3, assert(hostile.apply(lake, planned.id)).retired)
      assert.are.equal("3", pair.primary:psql("select count(*) from lakehouse_partitions"))
   end)
end)
