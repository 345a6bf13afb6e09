-- Plans and what became of them, the newest first.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")

local states = {"planned", "applying", "paused", "applied", "undoing", "undone", "abandoned"}
local options = cli.parse{
   text = "Lists plans and what became of them, the newest first.",
   options = {"connection", "formats", {name = "state", value = "STATE", values = states,
      text = "only these"}},
   examples = {{"mmlua retirements --state applied"}},
}
local lake = assert(cli.open(options))
options.empty = "no retirements yet"
output.rows(assert(lake:retirements{state = options.state}), {
   "id", "state", {name = "created_at", heading = "planned", format = report.time, spare = true},
   {name = "created_by", heading = "by", spare = true},
   {name = "partitions", format = "count"}, {name = "bytes", heading = "size", format = "bytes"},
   {name = "retired", format = "count"}, {name = "remaining", format = "count"}, {name = "restored", format = "count"},
   {name = "reason", spare = true},
}, options)
cli.next(options, "mmlua show ID")
