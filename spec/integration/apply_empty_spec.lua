-- Applying a plan of nothing, which has no batch that would end it.
local core = require("mm.core")
local stage = require("spec.support.stage")

local APPLY = {reason = "spec", overrides = stage.OVERRIDES}

local made = stage.new("catalog-v10")
local set_state = core.lake_set_state

-- What happens after it has begun and before it ends.
local function meanwhile(act)
   core.lake_set_state = function(...)
      core.lake_set_state = set_state
      act()
      return set_state(...)
   end
end

teardown(function()
   made:drop()
end)

describe("a plan of nothing", function()
   local lake, other, id

   before_each(function()
      made:set{}
      lake, other = made:open(), made:open()
      id = assert(lake:plan{all = true}).id
   end)

   after_each(function()
      core.lake_set_state = set_state
   end)

   it("is applied when two operators apply it at once", function()
      meanwhile(function()
         assert(other:apply(id, APPLY))
      end)

      local found = assert(lake:apply(id, APPLY))

      assert.are.equal("applied", found.state)
   end)

   it("is not applied when another operator undoes it meanwhile", function()
      meanwhile(function()
         assert(other:undo(id, {reason = "spec"}))
      end)

      local found, err = lake:apply(id, APPLY)

      assert.is_nil(found)
      assert.are.equal("conflict", err.code)
      assert.are.equal("undone", made:value("select state from mmadmin.retirement"))
   end)
end)
