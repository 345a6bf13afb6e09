-- The guard blocks_last: blocks are retired last, or together with what would be rebuilt from them.
local stage = require("spec.support.stage")

local OLD, OLD_BLOCKS = "05", "03" -- of log_entries and blocks under release 0.33
local OTHERS = {writers = "a made-up lake", budget = "a made-up lake"}

local made = stage.new("catalog-v10")
local lake

local function plan(view_set)
   return assert(lake:plan{view_set = view_set, all = not view_set or nil, verdicts = stage.VERDICTS}).id
end

local function findings(id)
   return #assert(lake:guards(id, {overrides = OTHERS}))
end

teardown(function()
   made:drop()
end)

describe("the guard blocks_last", function()
   before_each(function()
      made:set{{"other", 5, 6, OLD}, {"log", 0, 1, OLD}, {"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"}}
      lake = made:open()
   end)

   it("refuses a plan of blocks alone", function()
      assert.are.equal(1, findings(plan("blocks")))
   end)

   it("is content when what needs them is planned too", function()
      assert.are.equal(0, findings(plan()))
   end)

   it("is content when what is planned too has moved since", function()
      local id = plan()

      made:psql("delete from lakehouse_partitions where file_path = 'other'")
      made:psql("vacuum full lakehouse_partitions")

      assert.are.equal(0, findings(id))
      assert.is_truthy(lake:apply(id, {reason = "spec", overrides = OTHERS}))
      assert.are.equal("", made:live())
   end)

   it("refuses when what is planned too has changed since: it will stay", function()
      local id = plan()

      made:psql("update lakehouse_partitions set num_rows = 11 where file_path = 'log'")

      assert.are.equal(1, findings(id))
   end)
end)
