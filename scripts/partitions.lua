-- Partitions, on the terminal or to a file.
local cli = require("mm.cli")
local output = require("mm.output")
local partition = require("mm.report.partition")
local report = require("mm.report")

local options = cli.parse{
   text = "Lists partitions. With --output they are written to a file, as CSV or (--jsonl) JSON lines, however many.",
   arguments = {{name = "view_set", text = "only this view set", optional = true}},
   options = {"connection", "formats", {name = "instance", value = "ID", text = "only this view instance"},
      {name = "status", value = "STATUS", values = {"current", "outdated", "unhashed", "unregistered"},
         text = "only these"}, "from", "to",
      {name = "output", value = "FILE", type = "path", text = "write them to this file"}, "quiet"},
   examples = {{"mmlua partitions log_entries --status outdated"}, {"mmlua partitions --output all.csv"}},
}
local lake = assert(cli.open(options))
local filter = {view_set = options.view_set, view_instance = options.instance, status = options.status,
   from = options.from, to = options.to}
if options.output then
   local count = assert(lake:export_partitions(options.output, filter, {format = options.jsonl and "jsonl" or "csv",
      on_page = report.export_progress(options)}))
   output.message("%s written to %s", report.partitions(count), options.output == "-" and "stdout" or options.output)
   return 0
end
report.registry(lake, options)
options.brief, options.empty = partition.brief, "no partitions"
output.rows(assert(lake:list_partitions(filter)), {
   {name = "view_set_name", heading = "view set"}, {name = "view_instance_id", heading = "instance"},
   {name = "begin_insert_time", heading = "begin", format = report.time},
   {name = "end_insert_time", heading = "end", format = report.time},
   {name = "file_schema_hash", heading = "hash", spare = true}, "status",
   {name = "num_rows", heading = "rows", format = "count"}, {name = "file_size", heading = "size", format = "bytes"},
   {name = "file_path", heading = "file", spare = true},
}, options)
