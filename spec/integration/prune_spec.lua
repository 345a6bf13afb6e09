-- Pruning: the items of retirements go when nobody can apply or undo them any more, not a moment before; the audit and
-- what they were stay.
local core = require("mm.core")
local guarded = require("spec.support.guarded")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local lake, id
local on = guarded.new(function()
   return lake, id
end)
local made = on.made
local whats, mmlua = on.whats, on.mmlua

local TWO = {{"a", 0, 1, OLD, updated = "2026-01-01"}, {"b", 1, 2, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW}}

before_each(function()
   lake, id = on.set(TWO)
end)

teardown(function()
   made:drop()
end)

local function apply(opts)
   opts = opts or {}
   opts.reason = "spec"
   return lake:apply(id, opts)
end

-- How many are pruned by who has asked for those that are over for so long.
local function pruned(older_than)
   return #assert(lake:prune_retirements{reason = "room", older_than = older_than})
end

-- As if the retirement had been begun earlier.
local function earlier(by)
   made:psql(("update mmadmin.retirement set valid_until = valid_until - interval '%s', undo_until = undo_until - interval '%s'")
      :format(by, by))
end

local function items()
   return made:value("select count(*) from mmadmin.item")
end

describe("pruning", function()
   it("leaves what may still be applied", function()
      assert.are.same({0, 0}, {pruned(0), pruned()})
      assert.are.equal("applied", assert(apply()).state)
   end)

   it("leaves it whoever asks, whatever was looked at before", function()
      assert.is_false(core.lake_prune(lake, 1, "0 s", "spec"))

      assert.are.equal("2", items())
   end)

   it("leaves what other retirements have noted", function()
      local other = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).number
      made:psql(([[update mmadmin.retirement set valid_until = now() - interval '40 days' where retirement <> %d;
         insert into mmadmin.skipped (retirement, seq, why) values (1, 1, 'gone'), (%d, 1, 'gone');
         insert into mmadmin.unrestored (retirement, seq, why) values (1, 2, 'overlapped'), (%d, 2, 'overlapped')]])
         :format(other, other, other))

      assert.are.equal(1, pruned())

      assert.are.same({"2", "2", "2"}, {made:value("select string_agg(distinct retirement::text, ' ') from mmadmin.item"),
         made:value("select string_agg(retirement::text, ' ') from mmadmin.skipped"),
         made:value("select string_agg(retirement::text, ' ') from mmadmin.unrestored")})
   end)

   it("leaves what may still be undone", function()
      assert(apply())

      assert.are.same({0, 0}, {pruned(0), pruned()})
      assert.are.equal("undone", assert(lake:undo(id, {reason = "spec"})).state)
   end)

   it("takes a plan that was not applied, when it is too old and after that for as long as is asked", function()
      earlier("24 hours")
      assert.are.equal("conflict", select(2, apply()).code)
      assert.are.same({0, 0, 1}, {pruned(), pruned("1h"), pruned(0)})

      assert.are.equal("0", items())
   end)

   it("takes what was applied when the last of its files may be deleted, and thirty days more", function()
      assert(apply())
      earlier("36 days 23 hours 59 minutes")
      assert.are.equal(0, pruned())
      earlier("2 minutes")

      assert.are.equal(1, pruned())

      assert.are.same({"0", "planned applying retired pruned"}, {items(), whats()})
   end)

   it("counts from the last of staggered expirations", function()
      assert(apply())
      earlier("7 days 1 minute")
      -- As if 40 001 had been retired: the last one's file expires two hours after the first one's.
      made:psql("update mmadmin.retirement set next_seq = 40002, partitions = 40001")
      assert.are.equal(0, pruned(0))
      earlier("1 hour 58 minutes")
      assert.are.equal(0, pruned(0))
      earlier("2 minutes")

      assert.are.equal(1, pruned(0))
   end)

   for retired, expected in pairs{[19999] = 1, [20000] = 0} do
      it(("counts an hour for 20 000 files, of %d"):format(retired), function()
         assert(apply())
         earlier("7 days 1 minute")
         made:psql(("update mmadmin.retirement set next_seq = %d, partitions = 40001"):format(retired))

         assert.are.equal(expected, pruned(0))
      end)
   end

   it("leaves what is being undone, however old", function()
      assert(apply())
      pcall(lake.undo, lake, id, {reason = "spec", limit = 1, on_batch = error})
      earlier("1000 days")

      assert.are.equal(0, pruned(0))
   end)

   it("takes what stopped part-way and can neither go on nor back", function()
      pcall(apply, {limit = 1, on_batch = error})
      earlier("6 days 23 hours")
      assert.are.equal(0, pruned(0))
      earlier("2 hours")

      assert.are.equal(1, pruned(0))
   end)

   it("takes what was undone or given up, with what was noted of its items", function()
      made:psql("delete from lakehouse_partitions where file_path = 'a'")
      assert(apply())
      made:psql("delete from temporary_files")
      assert(lake:undo(id, {reason = "spec", partial = true}))
      assert.are.equal("1 1", made:value("select (select count(*) from mmadmin.skipped) || ' ' || (select count(*) from mmadmin.unrestored)"))
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
      assert(lake:abandon(id))
      earlier("8 days")

      assert.are.equal(2, pruned(0))

      assert.are.equal("0 0 0 2", made:value([[select concat_ws(' ', (select count(*) from mmadmin.skipped),
         (select count(*) from mmadmin.unrestored), (select count(*) from mmadmin.item), (select count(*) from mmadmin.retirement))]]))
   end)

   it("leaves items of others alone, and takes each once", function()
      earlier("2 days")
      id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id

      assert.are.same({1, 0}, {pruned(0), pruned(0)})

      assert.are.equal("2", items())
      assert.are.equal("applied", assert(apply()).state)
   end)

   it("tells which", function()
      earlier("2 days")

      local list = assert(lake:prune_retirements{reason = "room", older_than = "1h"})

      assert.are.same({1, id, "planned"}, {#list, list[1].id, list[1].state})
      assert.matches("^20%d%d%-", list[1].pruned_at)
      assert.are.equal("room", made:value("select body::json ->> 'why' from mmadmin.audit where what = 'pruned'"))
   end)

   it("takes no time but one that passes", function()
      for older_than, message in pairs{[-1] = "an age of -1s: it must be 0 at least and ten years at most",
         [-86400 * 365] = "an age of -365d: it must be 0 at least and ten years at most",
         ["-1d"] = "'-1d' is not a duration", ["1"] = "'1' is not a duration"} do
         local _, err = lake:prune_retirements{reason = "room", older_than = older_than}

         assert.are.same({"invalid", message}, {err.code, err.message})
      end
      assert.are.same({"2", "planned"}, {items(), whats()})
   end)

   it("leaves the audit whole", function()
      assert(apply())
      local head = assert(lake:verify_audit()).head
      earlier("38 days")
      pruned()

      assert.is_true(assert(lake:verify_audit{head = head}).is_intact)
   end)

   it("is not for operators, who may remove no item", function()
      local role = made.db:role("usage on schema mmadmin, public", "select on all tables in schema mmadmin, public",
         "insert, update on mmadmin.retirement, mmadmin.audit, mmadmin.audit_head", "delete on mmadmin.skipped")
      earlier("2 days")

      local _, err = made:open{conninfo = role.conninfo}:prune_retirements{reason = "room", older_than = 0}

      assert.are.same({"rights", "2", "planned"}, {err.code, items(), whats()})
   end)

   it("may be a dry run, which needs no reason", function()
      assert(apply())
      earlier("38 days")

      local over = assert(lake:prune_retirements{dry_run = true})

      assert.are.same({1, "2", "planned applying retired"}, {#over, items(), whats()})
      assert.are.same(over[1].id, lake:retirements()[1].id)
      assert.are.same({}, lake:prune_retirements{dry_run = true, older_than = "60d"})
   end)

   it("is a verb", function()
      assert.are.same({0, "nothing to prune yet: none has been over for that long\n"},
         {mmlua("retirements prune --yes --reason room").code, mmlua("retirements prune --yes --reason room").stderr})
      earlier("32 days")
      assert.are.equal("1 retirement pruned\n", mmlua("retirements prune --yes --reason room").stderr)
   end)
end)

describe("what was pruned", function()
   local PRUNED

   before_each(function()
      PRUNED = id .. " was pruned: its partitions are not known any more"
   end)

   local function assert_conflict(message, nothing, err)
      assert.is_nil(nothing)
      assert.are.same({"conflict", message}, {err.code, err.message})
   end

   it("is not undone", function()
      assert(apply())
      earlier("38 days")
      pruned()

      assert_conflict(PRUNED, lake:undo(id, {reason = "spec"}))
      assert_conflict(PRUNED, lake:undo(id, {dry_run = true}))
      assert_conflict(PRUNED, lake:undo(id, {reason = "spec", partial = true}))
      assert.are.equal(("mmlua undo: %s\n"):format(PRUNED), mmlua(("undo %s --yes --reason x"):format(id)).stderr)
   end)

   it("is not applied", function()
      pcall(apply, {limit = 1, on_batch = error})
      earlier("38 days")
      pruned()

      assert_conflict(PRUNED, apply())
      assert_conflict(id .. " is pruned: it cannot be paused", lake:pause(id))
      assert.are.equal("planned applying retired pruned", whats())
   end)

   it("is not given up", function()
      earlier("38 days")
      pruned()

      assert_conflict(id .. " is pruned: it cannot be abandoned", lake:abandon(id))
      assert_conflict(PRUNED, apply())
   end)

   it("can be looked at", function()
      assert(apply())
      earlier("38 days")
      pruned()

      local found = assert(lake:retirement(id))

      assert.are.same({"applied", 2, {}}, {found.state, found.retired, found.summary})
      assert.are.same({}, assert(lake:items(id)):all())
      assert.are.equal("applied", assert(apply()).state)
      assert.are.equal(0, mmlua("show " .. id).code)
   end)
end)
