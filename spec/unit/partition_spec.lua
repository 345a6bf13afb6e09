local partition = require("mm.report.partition")

local ROW = {view_set_name = "blocks", view_instance_id = "global", begin_insert_time = "2026-11-15T15:00:00.000000Z",
   end_insert_time = "2026-11-15T16:00:00.000000Z", status = "outdated", file_schema_hash = "03", num_rows = 1,
   file_size = 2048, file_path = "views/a.parquet"}

local function with(changes)
   local row = {}
   for name, value in pairs(ROW) do
      row[name] = changes[name] == nil and value or changes[name] or nil
   end
   row.verdict, row.outcome = changes.verdict, changes.outcome
   return partition.brief(row)
end

describe("a partition on a narrow terminal", function()
   it("is on a few lines", function()
      assert.are.equal("blocks, instance global\n   2026-11-15 15:00:00 UTC to 2026-11-15 16:00:00 UTC\n"
         .. "   outdated, hash 03, 1 row, 2.0 KiB\n   views/a.parquet", with{})
   end)

   it("may lack everything", function()
      assert.are.equal("none, instance none\n    to \n   unhashed, hash none, an unknown number of rows, 0 B",
         partition.brief{status = "unhashed"})
   end)

   it("of a retirement has its verdict and outcome", function()
      assert.are.equal("   outdated, hash 03, 45 rows, 2.0 KiB, only copy, not restored",
         with{num_rows = 45, verdict = "only_copy", outcome = "not_restored"}:match("[^\n]*\n[^\n]*\n([^\n]*)"))
   end)

   it("is escaped", function()
      assert.is_truthy(with{view_instance_id = "a\27\n"}:find("^blocks, instance a\\x1b\\n\n"))
   end)
end)
