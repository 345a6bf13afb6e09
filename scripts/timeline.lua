-- Draws a view set over time: current, outdated, gaps.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")
local screen = require("mm.screen")
local timeline = require("mm.report.timeline")

local options = cli.parse{
   text = "Draws which insert times the partitions of a view set cover: a line for current ones, one for each verdict "
      .. "of outdated ones, one for gaps. As JSON or CSV: the numbers behind it.",
   arguments = {{name = "view_set", text = "the view set"}},
   options = {"connection", "formats", {name = "instance", value = "ID", text = "only this view instance"}, "from",
      "to", {name = "columns", value = "COUNT", type = "integer", text = "at most so many, as wide as the terminal "
         .. "unless said"},
      {name = "ascii", text = "without block characters, as where the locale is not UTF-8"}},
   examples = {{"mmlua timeline log_entries"}, {"mmlua timeline log_entries --instance global --from 2026-11-16"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
local found = assert(lake:timeline{view_set = options.view_set, view_instance = options.instance, from = options.from,
   to = options.to, buckets = options.columns or timeline.buckets(screen.width() or 80)})
if options.json or options.jsonl or options.csv then
   output.rows(found.rows, {"bucket", "begin_time", "end_time", "status", "verdict", "is_total", "partitions", "bytes",
      "covered"}, options)
elseif found.buckets == 0 then
   output.message("no partitions there")
else
   io.stdout:write(table.concat(timeline.lines(found, options.ascii or not screen.is_utf8()), "\n"), "\n")
   if found.left_out > 0 then
      output.message("%d partitions are not drawn: their insert range is not one", found.left_out)
   end
   cli.next(options, "mmlua explain %s --at TIME", options.view_set)
end
