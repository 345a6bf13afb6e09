-- A retirement: what was planned, and what became of it.
local cli = require("mm.cli")
local output = require("mm.output")
local partition = require("mm.report.partition")
local report = require("mm.report")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Shows a retirement: what was planned, what became of it, and until when it can be undone.",
   arguments = {{name = "id", text = "the retirement, as `mmlua retirements` lists it"}},
   options = {"connection", "formats", {name = "items", text = "its partitions, each with its outcome"}},
   examples = {{"mmlua show prod-12-a1b2c3"}, {"mmlua show prod-12-a1b2c3 --items --csv"}},
}
local lake = assert(cli.open(options))
if options.items then
   options.brief = partition.brief
   output.rows(assert(lake:items(options.id)), {
      "seq", {name = "view_set_name", heading = "view set"}, {name = "view_instance_id", heading = "instance"},
      {name = "begin_insert_time", heading = "begin", format = report.time},
      {name = "end_insert_time", heading = "end", format = report.time},
      {name = "file_schema_hash", heading = "hash"}, {name = "num_rows", heading = "rows", format = "count"},
      {name = "file_size", heading = "size", format = "bytes"}, "verdict", "outcome",
   }, options)
   return 0
end
local found = assert(lake:retirement(options.id))
retirement.show(found, options)
local steps = {planned = "mmlua apply ", applying = "mmlua apply ", paused = "mmlua resume ", applied = "mmlua undo ",
   undoing = "mmlua undo "}
if steps[found.state] then
   cli.next(options, "%s%s", steps[found.state], found.id)
end
