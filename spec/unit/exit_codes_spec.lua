local exit_codes = require("mm.exit_codes")

local function codes_of_the_core()
   local file = assert(io.open("src/core/error.c"))
   local source = file:read("*a")
   file:close()
   return source:gmatch('%[MM_[A-Z_]+%] = "([a-z_]+)"')
end

describe("exit codes", function()
   it("exist for each error of the core", function()
      local count = 0
      for code in codes_of_the_core() do
         count = count + 1
         assert.is_number(exit_codes.by_code[code], code)
      end
      assert.is_true(count >= 16)
   end)

   it("are those of the documentation", function()
      local cases = {
         query = 1, usage = 2, refused = 4, newer_catalog = 4, conflict = 5, connection = 8, cancelled = 130, other = 1,
      }
      for code, exit_code in pairs(cases) do
         assert.are.equal(exit_code, exit_codes.of{code = code, outcome = "aborted"})
      end
   end)

   it("say that work stopped part-way, whatever stopped it", function()
      assert.are.equal(6, exit_codes.of{code = "connection", done = 3})
      assert.are.equal(6, exit_codes.of{code = "refused", done = true})
      assert.are.equal(8, exit_codes.of{code = "connection", done = 0})
   end)

   it("say first that the outcome is unknown, then that it was interrupted", function()
      assert.are.equal(7, exit_codes.of{code = "cancelled", outcome = "unknown", done = 3})
      assert.are.equal(130, exit_codes.of{code = "cancelled", outcome = "aborted", done = 3})
   end)
end)
