-- Retiring a range of one view instance: by containment, as upstream's function, without what is hazardous in that.
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local made = stage.new("catalog-v10")
local lake

local ROWS = {
   {"before", 9, 10, OLD}, {"into", 9.5, 10.5, "04"}, {"at-from", 10, 10, OLD}, {"inside", 10, 11, OLD}, {"inside2", 11, 12, "06"},
   {"out-of", 11.5, 12.5, OLD}, {"at-to", 12, 12, OLD}, {"after", 12.5, 13, OLD}, {"around", 9, 13, "03"},
   {"current", 10, 11, NEW}, {"current-before", 9, 10, NEW}, {"current-x", 10, 11, NEW, instance = "x"}, {"unhashed", 10, 11, false}, {"no-begin", false, 11, "02"}, {"no-end", 11, false, "01"},
   {"instance", 10, 11, OLD, instance = "x"}, {"set", 10, 11, OLD, view_set = "measures"}, {"gone", 10, 11, OLD, view_set = "x_gone"},
}

local function hour(number)
   return ("2026-11-01T%02d:00Z"):format(number)
end

local function retire(from, to, opts, view_set)
   opts = opts or {}
   opts.reason, opts.overrides = not opts.dry_run and "spec" or nil, stage.OVERRIDES
   return lake:retire_partitions(view_set or "log_entries", "global", hour(from), hour(to), opts)
end

local function queued_after(...)
   assert(retire(...))
   return made:queued()
end

local function assert_refused(code, message, retirement, err)
   assert.is_nil(retirement)
   assert.are.same({code, message}, {err.code, err.message})
   assert.are.equal("0", made:value("select count(*) from mmadmin.retirement"))
   assert.are.equal("", made:queued())
   assert.is_truthy(retire(10, 12, {dry_run = true}))
end

teardown(function()
   made:drop()
end)

describe("a range", function()
   before_each(function()
      made:set(ROWS)
      lake = made:open()
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("takes the outdated partitions that it contains, and no point at its end, which is a neighbour's", function()
      assert.are.equal("at-from inside inside2", queued_after(10, 12))
   end)

   it("leaves what is current, unhashed, or of another instance or view set", function()
      retire(10, 12)

      assert.are.equal("after around at-to before current current-before current-x gone instance into no-begin no-end out-of set unhashed", made:live())
   end)

   it("that is a point takes the partitions that are this point", function()
      assert.are.equal("at-from", queued_after(10, 10))
   end)

   it("takes a point inside it", function()
      assert.are.equal("after at-to inside2 out-of", queued_after(11, 13))
   end)

   it("that ends before it begins takes nothing", function()
      assert.are.equal("", queued_after(12, 10))
   end)

   it("takes current partitions only when asked", function()
      assert.are.equal("at-from current inside inside2", queued_after(10, 12, {include_current = true}))
   end)

   it("never takes unhashed partitions, and those without bounds are in no range", function()
      retire(0, 23, {include_current = true, include_unregistered = true})

      assert.are.equal("current-x gone instance no-begin no-end set unhashed", made:live())
   end)

   it("calls a partition replaced where what replaces it stays", function()
      made:psql("update lakehouse_partitions set num_rows = 20, source_data_hash = '\\xff00000000000000' where file_path = 'current'")

      assert(retire(10, 12))

      assert.are.equal("replaced", made:value("select verdict from mmadmin.item where file_path = 'inside'"))
   end)

   it("calls a partition the only copy where what replaces it goes too", function()
      made:psql("update lakehouse_partitions set num_rows = 20, source_data_hash = '\\xff00000000000000' where file_path = 'current'")

      assert(retire(10, 12, {include_current = true}))

      assert.are.equal("only_copy", made:value("select verdict from mmadmin.item where file_path = 'inside'"))
   end)

   it("can be undone, with its current partitions", function()
      local before = made:fingerprint()
      local done = assert(retire(0, 23, {include_current = true}))

      assert(lake:undo(done.id, {reason = "spec"}))

      assert.are.equal(before, made:fingerprint())
   end)

   it("takes no partition that comes after its plan", function()
      local plan = assert(lake:plan_range{view_set = "log_entries", view_instance = "global", from = hour(10), to = hour(12)})
      made:add{{"late", 10.5, 11, "08"}, {"late2", 10, 10, OLD}}

      assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES}))

      assert.are.equal("at-from inside inside2", made:queued())
   end)

   it("takes both of two equal points, and each file once", function()
      made:add{{"twin", 10, 10, OLD}, {false, 10, 10, OLD}, {false, 10, 10, OLD}}

      local done = assert(retire(10, 10))

      assert.are.same({4, 0, "at-from twin"}, {done.retired, done.gone, made:queued()})
   end)

   it("is shown by a dry run that changes nothing", function()
      local before = made:fingerprint()

      local plan = assert(retire(10, 12, {dry_run = true, include_current = true}))

      assert.are.same({"dry_run", 4, 4000}, {plan.state, plan.partitions, plan.bytes})
      assert.are.equal(before, made:fingerprint())
      assert.are.equal("0", made:value("select count(*) from mmadmin.retirement"))
   end)

   it("tells of a dry run what would be left, which was not asked for", function()
      local plan, told = assert(retire(10, 12, {dry_run = true, include_current = true})), {}
      for i, row in ipairs(plan.summary) do
         told[i] = {row.status, row.verdict, row.partitions, row.is_selected, row.why_left}
      end

      assert.are.same({{"current", nil, 1, true}, {"outdated", "only_copy", 3, true}, {"unhashed", nil, 1, false}}, told)
   end)

   it("keeps the verdict of what is empty when current ones go too", function()
      made:add{{false, 11, 11.5, "08", rows = 0, events = 0}}

      retire(10, 12, {include_current = true})

      assert.are.equal("empty none only_copy",
         made:value("select string_agg(distinct coalesce(verdict, 'none'), ' ') from mmadmin.item"))
   end)

   it("goes in batches, like any plan", function()
      local sizes = {}

      retire(10, 12, {limit = 2, on_batch = function(batch)
         sizes[#sizes + 1] = batch.retired
      end})

      assert.are.same({2, 1}, sizes)
   end)

   it("keeps its files for the undo window", function()
      retire(10, 12, {undo_for = "3h"})

      assert.are.equal("03:00:00", made:value("select max(expiration) - applied_at from temporary_files, mmadmin.retirement group by applied_at"))
   end)

   it("of a view set in no registry takes nothing unless asked", function()
      assert.are.equal("", queued_after(10, 12, {}, "x_gone"))
   end)

   it("of a view set in no registry takes its partitions when asked", function()
      assert.are.equal("gone", queued_after(10, 12, {include_unregistered = true}, "x_gone"))
   end)

   it("of a view set that the lake defines is unloaded, not garbage", function()
      made:psql([[insert into lakehouse_view_set_definitions (view_set_name, definition_sql, extract_query, count_src_query,
         merge_partitions_query, update_group) values ('x_gone', '', '', '', '', 4000)]])
      finally(function()
         made:psql("delete from lakehouse_view_set_definitions where view_set_name = 'x_gone'")
      end)

      assert_refused("refused", "the lake defines view set 'x_gone': its partitions are unloaded, not garbage",
         retire(10, 12, {include_unregistered = true}, "x_gone"))
   end)

   it("of a view set that nobody knows is refused, with a suggestion", function()
      assert_refused("not_found", "no view set is called 'log_entry'; did you mean 'log_entries'?", retire(10, 12, {}, "log_entry"))
   end)

   it("by an inferred registry is refused", function()
      local unsure = made:open{}

      assert_refused("invalid", "a plan needs to be told which registry is right, not to infer it",
         unsure:retire_partitions("log_entries", "global", hour(10), hour(12), {reason = "spec", overrides = stage.OVERRIDES}))
   end)

   it("with a time that is none is refused", function()
      assert_refused("invalid", "'yesterday' is not a time",
         lake:retire_partitions("log_entries", "global", "yesterday", hour(12), {reason = "spec", overrides = stage.OVERRIDES}))
   end)

   it("needs a reason unless it is only shown, at the line that calls it", function()
      local _, message = pcall(function()
         lake:retire_partitions("log_entries", "global", hour(10), hour(12), {})
      end)

      assert.are.equal("lake:retire_partitions: option 'reason' is missing", message:match("^%S*ranges_spec%.lua:%d+: (.*)$"))
   end)
end)
