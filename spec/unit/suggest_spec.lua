local suggest = require("mm.suggest")

local verbs = {"apply", "audit", "explain", "init", "outdated", "partitions", "plan", "undo", "versions", "view-sets"}

describe("suggest", function()
   it("counts edits, a swap of neighbours as one", function()
      assert.are.equal(0, suggest.distance("", ""))
      assert.are.equal(4, suggest.distance("", "undo"))
      assert.are.equal(1, suggest.distance("unod", "undo"))
      assert.are.equal(1, suggest.distance("partition", "partitions"))
      assert.are.equal(3, suggest.distance("kitten", "sitting"))
   end)

   it("finds the nearest name", function()
      assert.are.equal("apply", suggest.nearest("aply", verbs))
      assert.are.equal("undo", suggest.nearest("undp", verbs))
      assert.are.equal("outdated", suggest.nearest("OUTDATE", verbs))
   end)

   it("takes underscores and spaces for dashes", function()
      assert.are.equal("view-sets", suggest.nearest("view_sets", verbs))
      assert.are.equal("view-sets", suggest.nearest("view set", verbs))
   end)

   it("takes the beginning of a name for it", function()
      assert.are.equal("partitions", suggest.nearest("part", verbs))
   end)

   it("does not guess from what is too different or too short", function()
      assert.is_nil(suggest.nearest("retire", verbs))
      assert.is_nil(suggest.nearest("un", verbs))
      assert.is_nil(suggest.nearest("", {"a"}))
      assert.is_nil(suggest.nearest("b", {"a"}))
   end)

   it("takes the first of those that are as near", function()
      assert.are.equal("aa", suggest.nearest("ac", {"aa", "ab"}))
   end)

   it("does not compare what is much longer", function()
      local before = os.clock()

      assert.is_nil(suggest.nearest(("x"):rep(1000000), verbs))

      assert.is_true(os.clock() - before < 0.5)
   end)

   it("makes a phrase of it, or none", function()
      assert.are.equal("; did you mean 'init'?", suggest.phrase("int", verbs))
      assert.are.equal("", suggest.phrase("nonsense", verbs))
   end)
end)
