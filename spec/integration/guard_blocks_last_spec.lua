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

describe("the guard blocks_last finds", function()
   local function set(...)
      made:set{...}
      lake = made:open()
   end

   it("the first of several, and their bytes, of unknown sizes too", function()
      set({"p", 0, 1, OLD, instance = "p", bytes = false}, {"log", 0, 1, OLD, bytes = false},
         {"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"})

      local row = assert(lake:guards(plan("blocks"), {overrides = OTHERS}))[1].rows[1]

      assert.are.same({2, 0, "log_entries/global of 2026-11-01 00:00:00"}, {row.partitions, row.bytes, row.example})
   end)

   it("what needs blocks of an instant", function()
      set({"log", -1, 1, OLD}, {"blocks", 0, 0, OLD_BLOCKS, view_set = "blocks"})

      assert.are.equal(1, findings(plan("blocks")))
   end)

   it("nothing for the blocks of another retirement", function()
      set({"log", 0, 1, OLD}, {"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"}, {"m", 30, 31, OLD, view_set = "measures"})
      plan("blocks")

      assert.are.equal(0, findings(plan("measures")))
   end)

   it("nothing for blocks that are retired already", function()
      set({"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"}, {"later", 20, 21, OLD_BLOCKS, view_set = "blocks"}, {"log", 0, 1, OLD})
      local id = plan("blocks")

      pcall(lake.apply, lake, id, {reason = "spec", overrides = stage.OVERRIDES, limit = 1, on_batch = error})

      assert.are.equal("later log", made:live())
      made:psql("update mmadmin.retirement set overrides = '{}'")
      assert.are.equal(0, findings(id))
   end)

   it("what another retirement is about to retire, or what was left behind by this one", function()
      set({"log", 0, 1, OLD}, {"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"})
      plan("log_entries")
      assert.are.equal(1, findings(plan("blocks")))

      local both = plan()
      assert.are.equal(0, findings(both))
      made:psql("update mmadmin.retirement set state = 'applying', next_seq = 2 where retirement = 3")
      assert.are.equal(1, findings(both))
   end)

   it("nothing by the registry of another retirement", function()
      set({"log", 0, 1, "07"}, {"blocks", 0, 1, OLD_BLOCKS, view_set = "blocks"})
      plan("blocks")
      local id = plan("blocks")
      made:psql("update mmadmin.retirement set schema_hashes = array_replace(schema_hashes, '07', '05') where retirement = 1")

      assert.are.equal(0, findings(id))
   end)
end)
