-- Applies a plan: retires exactly the planned rows, in batches.
local cli = require("mm.cli")
local guards = require("mm.report.guards")
local journal = require("mm.report.journal")
local output = require("mm.output")
local plan = require("mm.report.plan")
local report = require("mm.report")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Applies a plan, or goes on with one that was stopped. Rows that changed since are left and counted.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "guarded", "undo-for",
      {name = "batch", value = "COUNT", type = "count", text = "partitions per transaction, 10000 unless said"},
      {name = "strict", text = "stop when a single partition changed"},
      {name = "log", value = "FILE", type = "path", text = "append a line of JSON to it for each batch"},
      "json", "quiet"},
   examples = {{"mmlua apply prod-12-a1b2c3"}, {'mmlua apply prod-12-a1b2c3 --yes --reason "upgrade to 0.33"'}},
}
local lake = assert(cli.open(options))
local found = assert(lake:retirement(options.id))
options.overrides = guards.overrides(options)
guards.check(lake, found, options, options.overrides)
local reason = assert(cli.confirm{action = "retire", lake = found.lake, options = options,
   summary = plan.consent(lake, found, options)})
local log, progress = journal.log(options.log, found.id), report.progress("retired", options)
local applied = assert(lake:apply(found.id, {reason = reason, undo_for = options.undo_for, limit = options.batch,
   strict = options.strict, overrides = options.overrides, on_batch = function(batch)
      log(batch)
      return progress and progress(batch)
   end}))
retirement.applied(applied, options)
if applied.undo_deadline then
   output.message("it can be taken back until %s", report.time(applied.undo_deadline))
end
cli.next(options, "mmlua show %s, or to take it back mmlua undo %s", applied.id, applied.id)
