local journal = require("mm.report.journal")
local terminal = require("spec.support.terminal")

describe("an entry of the audit on a narrow terminal", function()
   local function brief(fields, width)
      local row = {seq = 16, at = "2026-11-27T21:24:08.123456Z", user = "postgres", by_user = "ada", by_host = "ops",
         detail = {}}
      for name, value in pairs(fields) do
         row[name] = value
      end
      return terminal.with({width = width or 100}, journal.brief, row)
   end

   it("has what was done on a line, and why and who did it on another", function()
      assert.are.equal("16  2026-11-27 21:24:08 UTC  applying demo-4-53b259: 1 partition, overrides budget: tested\n"
         .. "   free space, by ada@ops as postgres",
         brief{what = "applying", id = "demo-4-53b259", why = "free space",
            detail = {partitions = 1, overrides = {budget = "tested"}}})
   end)

   it("says no more than it knows", function()
      assert.are.equal("16  2026-11-27 21:24:08 UTC  initialized\n   by postgres",
         brief{what = "initialized", by_user = false})
   end)

   it("fits, and is safe", function()
      assert.are.equal("16  2026-11-27 21:24:08 UTC  held:\n   hold 1 of log\\x1b\n   incident, by ada@ops as postgres",
         brief({what = "held", why = "incident", detail = {hold = 1, view_set = "log\27"}}, 39))
   end)
end)
