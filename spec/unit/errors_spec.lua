local errors = require("mm.errors")

describe("errors", function()
   it("have a code, a message and more", function()
      local err = errors.new("io", "cannot read x", {hint = "try y"})

      assert.are.same({"io", "cannot read x", "try y"}, {err.code, err.message, err.hint})
   end)

   it("are texts", function()
      assert.are.equal("cannot read x", tostring(errors.new("io", "cannot read x")))
      assert.are.equal("cannot read x: it is a folder", tostring(errors.new("io", "cannot read x", {detail = "it is a folder"})))
   end)

   it("are returned after nil", function()
      local value, err = errors.fail("io", "cannot read x")

      assert.is_nil(value)
      assert.are.equal("io", err.code)
   end)
end)
