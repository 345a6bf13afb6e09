-- Roles that lack one right or another, and row-level security in the way: what is lacking is named, nothing is half done,
-- and it goes on once the right is there.
local mm = require("mm")
local hostile = require("spec.support.hostile")
local stages = require("spec.support.stage")

local RELEASE = assert(mm.registry.release("0.33"))
local HINT = "mmlua init --sql --operator ROLE prints the rights that it takes, for a DBA; where policies hide rows, BYPASSRLS as well"

local stage = hostile.stage("catalog-v10")
local role, lake, before

local function fill()
   stage:set{{"old", 0, 1, "05", updated = -9}, {"new", 0, 1, "07"}, {"left", 1, 2, "05", updated = -9}}
   before = stage:fingerprint()
end

local function open()
   return stage:open{conninfo = role.conninfo, registry = RELEASE}
end

setup(function()
   fill()
   role = stage.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin",
      "insert, delete on lakehouse_partitions, temporary_files",
      "insert, update, delete on all tables in schema mmadmin")
end)
before_each(fill)
teardown(function()
   stage:drop()
end)

-- Without these rights, "RIGHTS on TABLE", while `f` runs.
local function without(rights, f)
   stage:psql(("revoke %s from %s"):format(rights, role.user))
   local results = {pcall(f)}
   stage:psql(("grant %s to %s"):format(rights, role.user))
   if not results[1] then
      error(results[2], 0)
   end
end

local function assert_denied(message, ...)
   local err = hostile.assert_failed("rights", message, ...)
   assert.are.same({"42501", HINT, "aborted"}, {err.sqlstate, err.hint, err.outcome})
   assert.are.equal("", stage:troubles())
   return err
end

describe("a role without", function()
   for _, case in ipairs{{"delete on lakehouse_partitions", "retire_batch", "lakehouse_partitions"},
      {"insert on temporary_files", "retire_batch", "temporary_files"}, {"insert on mmadmin.skipped", "retire_batch", "skipped"},
      {"insert on mmadmin.batch", "retire_close", "batch"}} do
      it(case[1] .. " retires nothing, and does once it has it", function()
         lake = open()
         local id = assert(hostile.plan(lake)).id

         without(case[1], function()
            assert_denied(("%s: permission denied for table %s"):format(case[2], case[3]), hostile.apply(lake, id))
            assert.are.equal(before, stage:fingerprint())
            assert.are.same({"applying", 0}, {lake:retirement(id).state, lake:retirement(id).retired})
         end)

         assert.are.equal(2, assert(hostile.apply(lake, id)).retired)
      end)
   end

   for _, case in ipairs{{"insert on mmadmin.item", "plan_items", "item"}, {"insert on mmadmin.retirement", "plan_begin", "retirement"},
      {"update on mmadmin.audit_head", "audit_retirement", "audit_head"}, {"insert on mmadmin.audit", "audit_retirement", "audit"}} do
      it(case[1] .. " plans nothing", function()
         lake = open()

         without(case[1], function()
            assert_denied(("%s: permission denied for table %s"):format(case[2], case[3]), hostile.plan(lake))
         end)

         assert.are.equal("0 0", stage:value("select (select count(*) from mmadmin.retirement) || ' ' || (select count(*) from mmadmin.item)"))
         assert.are.equal(2, assert(hostile.plan(lake)).partitions)
      end)
   end

   it("insert on lakehouse_partitions, or delete on temporary_files, takes nothing back, and does once it has it", function()
      lake = open()
      local id = assert(hostile.plan(lake)).id
      assert(hostile.apply(lake, id))
      local applied = stage:fingerprint()

      without("insert on lakehouse_partitions", function()
         assert_denied("undo_restore: permission denied for table lakehouse_partitions", lake:undo(id, {reason = "spec"}))
      end)
      without("delete on temporary_files", function()
         local err = hostile.assert_failed("rights", "undo_lock: permission denied for table temporary_files", lake:undo(id, {reason = "spec"}))
         assert.are.equal(HINT, err.hint)
      end)

      assert.are.equal(applied, stage:fingerprint())
      assert.are.equal(2, assert(lake:undo(id, {reason = "spec"})).restored)
      assert.are.equal(before, stage:fingerprint())
   end)

   it("delete on mmadmin.view_set publishes nothing", function()
      assert(stage:open():publish_registry(RELEASE))
      lake = open()

      without("delete on mmadmin.view_set", function()
         assert_denied("publish_registry: permission denied for table view_set", lake:publish_registry(RELEASE))
      end)

      assert.are.equal("11", stage:value("select count(*) from mmadmin.view_set"))
   end)

   it("insert on mmadmin.hold holds nothing", function()
      lake = open()

      without("insert on mmadmin.hold", function()
         assert_denied("hold_add: permission denied for table hold", lake:hold{all = true, reason = "spec"})
      end)

      assert.are.equal("0", stage:value("select count(*) from mmadmin.hold"))
   end)

   it("any right to mmadmin sees the lake, and is told of the plans that it may not see", function()
      without("usage on schema mmadmin", function()
         lake = open()
         local message = ('role "%s" may not use the schema mmadmin'):format(role.user)

         assert.are.equal(message, assert(lake:status()).not_writable_because)
         for _, call in ipairs{hostile.plan, lake.retirements, lake.holds, lake.audit, lake.remove_state, lake.verify_audit} do
            hostile.assert_failed("rights", message, call(lake))
         end
         assert.are.equal(2, assert(hostile.plan(lake, {dry_run = true})).partitions)
      end)
   end)

   it("the right to read one table of mmadmin is told which", function()
      lake = open()
      local id = assert(hostile.plan(lake)).id

      without("select on mmadmin.item", function()
         assert_denied("items: permission denied for table item", lake:items(id))
         assert_denied("plan_shared_files: permission denied for table item", hostile.plan(lake))
      end)
      without("select on mmadmin.audit", function()
         assert_denied("audit: permission denied for table audit", lake:audit())
      end)
   end)

   it("the right to read streams, or processes, finds nothing rebuildable, and no error", function()
      stage:psql(stages.block(0.5, 100) .. stages.block(1.5, 100))
      for _, name in ipairs{"streams", "processes", "blocks"} do
         without("select on " .. name, function()
            local group = assert(open():list_outdated_partitions())[1]
            assert.are.same({1, 0, 1}, {group.replaced, group.rebuildable + group.waits_for_blocks, group.only_copy})
         end)
      end
   end)
end)

describe("a role with rights to single columns only", function()
   it("of lakehouse_partitions is told that it may not read it", function()
      local columns = stage.db:role("select (view_set_name, file_path) on lakehouse_partitions", "select on lakehouse_migration")

      hostile.assert_failed("rights", ('role "%s" may not read lakehouse_partitions in schema "public"'):format(columns.user),
         mm.open(columns.conninfo))
   end)

   it("of what it writes can retire and undo", function()
      stage:psql(([[revoke insert on temporary_files from ROLE; grant insert (file_path, file_size, expiration) on temporary_files to ROLE]])
         :gsub("ROLE", role.user))
      lake = open()

      assert.is_false(assert(lake:status()).may_retire)
      hostile.round_trip(stage, lake)

      stage:psql(("grant insert on temporary_files to %s"):format(role.user))
   end)

   it("of the deletion queue, one too few, retires nothing", function()
      stage:psql(([[revoke insert on temporary_files from ROLE; grant insert (file_path, expiration) on temporary_files to ROLE]])
         :gsub("ROLE", role.user))
      lake = open()
      local id = assert(hostile.plan(lake)).id

      assert_denied("retire_batch: permission denied for table temporary_files", hostile.apply(lake, id))

      stage:psql(("revoke all on temporary_files from ROLE; grant select, insert, delete on temporary_files to ROLE"):gsub("ROLE", role.user))
      assert.are.equal(before, stage:fingerprint())
   end)
end)

describe("row-level security on", function()
   local function with_policy(name, f)
      stage:psql(("alter table %s enable row level security; create policy hides on %s using (true)"):format(name, name))
      local results = {pcall(f)}
      stage:psql(("alter table %s disable row level security; drop policy hides on %s"):format(name, name))
      if not results[1] then
         error(results[2], 0)
      end
   end

   local function hidden(step, name)
      return ('%s: query would be affected by row-level security policy for table "%s"'):format(step, name)
   end

   it("lakehouse_partitions keeps everything from being seen or changed by halves", function()
      lake = open()
      local id = assert(hostile.plan(lake)).id

      with_policy("lakehouse_partitions", function()
         assert_denied(hidden("partitions", "lakehouse_partitions"), lake:list_partitions())
         assert_denied(hidden("outdated", "lakehouse_partitions"), lake:list_outdated_partitions())
         assert_denied(hidden("plan_preview", "lakehouse_partitions"), hostile.plan(lake, {dry_run = true}))
         local err = select(2, hostile.apply(lake, id))
         assert.are.same({"rights", "42501", HINT}, {err.code, err.sqlstate, err.hint})
      end)

      assert.are.same({before, "planned"}, {stage:fingerprint(), lake:retirement(id).state})
   end)

   it("temporary_files keeps everything from being retired", function()
      lake = open()
      local id = assert(hostile.plan(lake)).id

      with_policy("temporary_files", function()
         assert_denied(hidden("status", "temporary_files"), lake:status())
         assert_denied(hidden("retire_batch", "temporary_files"), hostile.apply(lake, id))
      end)

      assert.are.equal(before, stage:fingerprint())
      assert.are.equal(2, assert(hostile.apply(lake, id)).retired)
   end)

   it("a table of mmadmin keeps plans from being seen by halves", function()
      lake = open()
      local id = assert(hostile.plan(lake)).id

      with_policy("mmadmin.item", function()
         assert_denied(hidden("items", "item"), lake:items(id))
      end)
      with_policy("mmadmin.hold", function()
         local err = select(2, hostile.plan(lake))
         assert.are.same({"rights", "42501"}, {err.code, err.sqlstate})
      end)

      assert.are.equal(before, stage:fingerprint())
   end)
end)

describe("a role that may only read", function()
   it("by its own setting is told so, and by the verbs", function()
      stage:psql(("alter role %s set default_transaction_read_only = on"):format(role.user))
      lake = open()
      stage:psql(("alter role %s reset default_transaction_read_only"):format(role.user))
      local message = "the server only reads: default_transaction_read_only is on"

      for _, call in ipairs{hostile.plan, lake.check_writable, lake.init, lake.remove_state,
         function() return lake:hold{all = true, reason = "spec"} end} do
         hostile.assert_failed("rights", message, call(lake))
      end

      assert.are.equal(3, #assert(lake:list_partitions()):all())
      assert.are.equal(before, stage:fingerprint())
   end)
end)

describe("a schema mmadmin that another role owns", function()
   it("is used with the rights that were granted, and removed by its owner alone", function()
      local owner = stage.db:role()
      stage:psql(("alter schema mmadmin owner to %s"):format(owner.user))
      lake = open()

      hostile.round_trip(stage, lake)
      local err = hostile.assert_failed("rights", "init_remove: must be owner of schema mmadmin", lake:remove_state{force = true})

      assert.are.equal(HINT, err.hint)
      stage:psql("alter schema mmadmin owner to postgres")
   end)
end)
