-- Where the catalog is of an older release: the column that only it has counts as the others do.
local stage = require("spec.support.stage")

local OLD = "05" -- of log_entries under release 0.33
local made = stage.new("catalog-v3")
local lake

local function plan(rows)
   made:set(rows)
   lake = made:open()
   return assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
end

local function apply(id)
   local done = assert(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES, strict = false}))
   return {done.retired, done.gone, done.changed}
end

teardown(function()
   made:drop()
end)

describe("of a file's metadata in its partition", function()
   it("apply leaves a row of another", function()
      local rows = {}
      for n = 1, 100 do
         rows[n] = {"p" .. n, n, n + 1, OLD, metadata = "00"}
      end
      local id = plan(rows)
      made:psql("update lakehouse_partitions set file_metadata = '\\x01' where file_path = 'p7'")

      assert.are.same({99, 0, 1}, apply(id))

      assert.are.equal("p7", made:live())
   end)

   it("apply leaves a row that has got some, at its address", function()
      local id = plan{{"a", 1, 2, OLD}, {"b", 2, 3, OLD, metadata = "00"}}
      made:psql([[create temp table kept as select * from lakehouse_partitions order by ctid;
         update kept set file_metadata = '\x01'; truncate lakehouse_partitions; insert into lakehouse_partitions select * from kept]])

      local _, err = lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})

      assert.is_nil(err)
      assert.are.same({"a b", 2}, {made:live(), lake:retirement(id).changed})
   end)

   it("apply finds rows that have moved and differ in it alone", function()
      local id = plan{{false, 1, 2, OLD, metadata = "00"}, {false, 1, 2, OLD}, {false, 1, 2, OLD, metadata = "01"}}
      made:psql("update lakehouse_partitions set updated = updated")

      assert.are.same({3, 0, 0}, apply(id))
   end)
end)
