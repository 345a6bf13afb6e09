-- Takes a retirement back: every row exactly as it was.
local cli = require("mm.cli")
local guards = require("mm.report.guards")
local output = require("mm.output")
local report = require("mm.report")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Takes a retirement back, whole or part-way applied. Unless --partial, nothing is restored when "
      .. "something cannot be.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "guarded", {name = "dry-run", text = "only say what could be restored"},
      {name = "partial", text = "leave out what cannot be restored"},
      {name = "batch", value = "COUNT", type = "count", text = "partitions per transaction, 2000 unless said"},
      "json", "quiet"},
   examples = {{"mmlua undo prod-12-a1b2c3 --dry-run"}, {"mmlua undo prod-12-a1b2c3"}},
}
local lake = assert(cli.open(options))
local checked = assert(lake:undo(options.id, {dry_run = true}))
if options.dry_run then
   retirement.check(checked, options)
   local has_problems = #checked.check.problems > 0
   cli.next(options, has_problems and "mmlua undo %s --partial, which leaves these out" or "mmlua undo %s", checked.id)
   return has_problems and 5 or 0
end
local reason = assert(cli.confirm{action = "undo", lake = checked.lake, options = options,
   summary = retirement.undo_consent(lake, checked)})
local undone = assert(lake:undo(checked.id, {reason = reason, partial = options.partial, limit = options.batch,
   overrides = guards.overrides(options),
      on_batch = report.progress("restored", options)}))
retirement.undone(undone, options)
if undone.unrestored > 0 then
   output.message("%d could not be restored: mmlua show %s --items", undone.unrestored, undone.id)
end
cli.next(options, "mmlua outdated")
