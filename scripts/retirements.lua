-- Plans and what became of them, the newest first.
local cli = require("mm.cli")
local journal = require("mm.report.journal")
local output = require("mm.output")
local report = require("mm.report")

local states = {"planned", "applying", "paused", "applied", "undoing", "undone", "abandoned"}
local options = cli.parse{
   text = "Lists plans and what became of them, the newest first (list), or removes the partitions kept with those "
      .. "that can neither be applied nor undone any more (prune); what they were and did stays.",
   arguments = {{name = "action", text = "list unless said", values = {"list", "prune"}, optional = true}},
   options = {"connection", "formats", "consent", {name = "older-than", value = "DURATION", type = "duration",
      text = "of prune: for at least so long, 30d unless said"}, {name = "state", value = "STATE", values = states,
      text = "only these"}},
   examples = {{"mmlua retirements --state applied"}},
}
local lake = assert(cli.open(options))
if options.action == "prune" then
   local over = assert(lake:prune_retirements{dry_run = true, older_than = options.older_than})
   if #over == 0 then
      return output.message("nothing to prune yet: none has been over for that long")
   end
   local reason = assert(cli.confirm{action = "prune", lake = lake:info().name, options = options,
      summary = journal.prune_lines(over)})
   local pruned = assert(lake:prune_retirements{reason = reason, older_than = options.older_than})
   return output.message(#pruned == 1 and "1 retirement pruned" or "%d retirements pruned", #pruned)
end
options.empty = "no retirements yet"
output.rows(assert(lake:retirements{state = options.state}), {
   "id", "state", {name = "created_at", heading = "planned", format = report.time, spare = true},
   {name = "created_by", heading = "by", spare = true},
   {name = "partitions", format = "count"}, {name = "bytes", heading = "size", format = "bytes"},
   {name = "retired", format = "count"}, {name = "remaining", format = "count"}, {name = "restored", format = "count"},
   {name = "reason", spare = true},
}, options)
cli.next(options, "mmlua show ID")
