-- Batches that go on later than they began, and sizes that make no sense.
local core = require("mm.core")
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local made = stage.new("catalog-v10")
local lake, id

before_each(function()
   made:set{{"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {"c", 2, 3, OLD, rows = 0, events = 0}}
   lake = made:open()
   id = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS}).id
end)

teardown(function()
   made:drop()
end)

local function apply_one()
   return lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES, limit = 1, on_batch = function()
      error("stop", 0)
   end})
end

local function next_seq()
   return made:value("select next_seq from mmadmin.retirement")
end

describe("a batch of less than one partition", function()
   it("is refused by apply, and what was retired stays so", function()
      pcall(apply_one)

      for _, limit in ipairs{0, -1} do
         local _, err = lake:apply_batch(id, {limit = limit})
         assert.are.equal(("a batch of %d partitions: at least one"):format(limit), err.message)
      end

      assert.are.equal("2", next_seq())
   end)

   it("is refused by undo", function()
      pcall(apply_one)

      local _, err = lake:undo(id, {reason = "spec", limit = -1})

      assert.are.equal("a batch of -1 partitions: at least one", err.message)
      assert.are.equal("1", made:value("select undo_seq from mmadmin.retirement"))
   end)
end)

-- What runs after a lost connection: the batch that was lost may have come before it, or come now.
describe("a batch that is to begin at a partition", function()
   it("is none of apply where another has claimed that one", function()
      pcall(apply_one)

      local claimed = {}
      for i, from in ipairs{1, 3, 2} do
         claimed[i] = assert(core.lake_apply_batch(lake, 1, 1, from)).is_claimed
      end

      assert.are.same({false, false, true}, claimed)
      assert.are.equal("3", next_seq())
   end)

   it("is none of undo where another has claimed that one", function()
      assert(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))
      pcall(lake.undo, lake, id, {reason = "spec", limit = 1, on_batch = error})

      local claimed = {}
      for i, from in ipairs{1, 3, 2} do
         claimed[i] = assert(core.lake_undo_batch(lake, 1, 1, from, false)).is_claimed
      end

      assert.are.same({false, false, true}, claimed)
      assert.are.equal("3", made:value("select undo_seq from mmadmin.retirement"))
   end)
end)

describe("a batch of an undo", function()
   it("is none where the undo has not begun", function()
      assert(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))

      assert.is_false(assert(core.lake_undo_batch(lake, 1, 1, nil, false)).is_claimed)

      assert.are.equal("new", made:live())
   end)
end)

describe("going on with a retirement", function()
   it("stops before the next row when what is left would lose more than planned", function()
      made:set{{"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {"newer", 1, 2, NEW}}
      lake = made:open()
      id = assert(lake:plan{view_set = "log_entries", verdicts = {"replaced"}}).id
      pcall(apply_one)
      made:psql("delete from lakehouse_partitions where file_path = 'newer'")

      local _, err = lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES})

      assert.are.equal("1 partitions would lose more now than when they were planned", err.message)
      assert.are.same({"conflict", "2"}, {err.code, next_seq()})
   end)

   it("stops when the table has other columns than when it was planned", function()
      pcall(apply_one)
      made:psql("alter table lakehouse_partitions add column novelty int")

      local _, err = lake:apply_batch(id, {limit = 1})
      local seq = next_seq()
      made:psql("alter table lakehouse_partitions drop column novelty")

      assert.is_nil(err)
      assert.are.equal("2", seq)
   end)
end)

describe("a table of partitions that is divided", function()
   it("is refused: addresses would not be unique", function()
      local db = postgres.database("catalog-v10")
      db:psql("create table part () inherits (lakehouse_partitions)")

      local opened, err = mm.open(db.conninfo)

      assert.is_nil(opened)
      assert.are.same({"not_a_lake", 'lakehouse_partitions in schema "public" is divided into several tables: row '
         .. "addresses would not be unique, and micromegas never does that"}, {err.code, err.message})
   end)
end)

describe("a list of two dimensions", function()
   it("is read as its elements, and nothing behind it", function()
      made:psql("update lakehouse_partitions set sort_order = '{{a,b},{c,d}}' where file_path = 'new'")

      local row = assert(lake:list_partitions{view_set = "log_entries", status = "current"}:all())[1]

      assert.are.same({"a", "b", "c", "d"}, row.sort_order)
   end)
end)
