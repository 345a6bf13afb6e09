-- Why partitions have their verdict: the evidence at one instant.
local cli = require("mm.cli")
local explain = require("mm.report.explain")
local output = require("mm.output")
local report = require("mm.report")
local screen = require("mm.screen")
local text = require("mm.text")

local options = cli.parse{
   text = "Shows each partition of a view instance that holds an instant, and for outdated ones what their "
      .. "verdict rests on.",
   arguments = {{name = "view_set", text = "the view set"}},
   options = {"connection", "formats", {name = "at", value = "TIME", type = "time", text = "the instant"},
      {name = "instance", value = "ID", text = "the view instance, global unless said"}},
   examples = {{"mmlua explain log_entries --at 2026-11-17T10:00Z"},
      {"mmlua explain thread_spans --at 2026-11-17T10:00Z --instance STREAM_ID"}},
}
if not options.at then
   error(cli.usage("--at is missing: which instant?"), 0)
end
local lake = assert(cli.open(options))
report.registry(lake, options)
local rows = assert(lake:explain{view_set = options.view_set, view_instance = options.instance,
   at = options.at})
if options.json or options.jsonl or options.csv then
   output.rows(rows, {"view_set_name", "view_instance_id", "begin_insert_time", "end_insert_time", "status", "verdict",
      "file_schema_hash", "current_schema_hash", "num_rows", "file_size", "file_path", "source_count",
      "current_partitions", "current_source_count", "current_num_rows", "source_count_today", "is_blocks_current",
      "source_until"}, options)
   return 0
end
for _, row in ipairs(rows) do
   for _, line in ipairs(explain(row)) do
      io.stdout:write(text.fold(text.escape(line), screen.width()), "\n")
   end
end
if #rows == 0 then
   output.message("no partition of this instance holds that instant")
end
