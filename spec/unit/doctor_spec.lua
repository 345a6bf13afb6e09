local report = require("mm.report.doctor")

local SERIOUS = {check = "queue", kind = "stuck", severity = "serious", count = 1234567, message = "rows that stop everything",
   meaning = "They are \27 in the way, and will be tomorrow too.", hint = "remove them", example = "the first one"}
local NOTICE = {check = "clock", kind = "clock", severity = "notice", count = 1, message = "clock", meaning = "Late.",
   hint = "none"}
local PASSED = {check = "a", kind = "passed", severity = "passed", count = 0, message = "trouble"}

describe("the doctor's findings", function()
   it("fit a narrow terminal, what can be broken between words", function()
      assert.are.equal([[
severity      count  finding
serious   1 234 567  rows that stop
                     everything
  They are \x1b in the way, and will
  be tomorrow too.
  to do    remove them
  example  the first one

notice            1  clock
  Late.
  to do    none

passed            0  trouble
passed            0  trouble]], table.concat(report.lines({SERIOUS, NOTICE, PASSED, PASSED}, 36), "\n"))
   end)

   it("are no wider than is good to read", function()
      local long = {severity = "notice", count = 1, message = ("word "):rep(60), meaning = ("word "):rep(60), hint = "x"}

      for _, line in ipairs(report.lines({long}, 300)) do
         assert.is_true(#line <= 100)
      end
   end)

   it("are summed up", function()
      local function summary(...)
         return {report.summary({...})}
      end

      assert.are.same({"1 serious, 0 warnings, 1 notice; 1 check passed", 1, 2}, summary(SERIOUS, NOTICE, PASSED))
      assert.are.same({"2 serious, 0 warnings, 0 notices; 0 checks passed", 2, 2}, summary(SERIOUS, SERIOUS))
      assert.are.same({"nothing found; 2 checks passed", 0, 0}, summary(PASSED, PASSED))
   end)
end)
