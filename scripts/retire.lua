-- Plans and applies in one go: a view set, or a range.
local cli = require("mm.cli")
local guards = require("mm.report.guards")
local plan = require("mm.report.plan")
local report = require("mm.report")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Retires the outdated partitions of a view set that lose nothing, or, with --range, those of one instance in "
      .. "a range (both ends included), as upstream's retire_partitions does. Shows the plan first.",
   arguments = {{name = "view_set", text = "the view set"}},
   options = {"connection", "guarded", {name = "instance", value = "ID", text = "only this view instance"},
      "from", "to",
      {name = "range", text = "every outdated partition between --from and --to"},
      {name = "include-current", text = "with --range: current ones too"},
      {name = "include-unregistered", text = "with --range: of a view set that is in no registry"},
      "undo-for", {name = "dry-run", text = "only show the plan"}, "json", "quiet"},
   examples = {{"mmlua retire log_entries"},
      {"mmlua retire x_old --range --instance global --from 2026-11-01 --to 2026-12-01 --include-unregistered"}},
}
if options.range and not (options.instance and options.from and options.to) then
   error(cli.usage("--range needs --instance, --from and --to"), 0)
end
local lake = assert(cli.open(options))
local request = {view_set = options.view_set, view_instance = options.instance, from = options.from, to = options.to,
   undo_for = options.undo_for, dry_run = options.dry_run}
request.include_current, request.include_unregistered = options.include_current, options.include_unregistered
local planned = assert((options.range and lake.plan_range or lake.plan)(lake, request))
plan.show(planned, options)
if options.dry_run or planned.partitions == 0 then
   return 0
end
options.overrides = guards.overrides(options)
guards.check(lake, planned, options, options.overrides)
local reason = assert(cli.confirm{action = "retire", lake = planned.lake, options = options,
   summary = plan.consent(lake, planned, options, true)})
local applied = assert(lake:apply(planned.id, {reason = reason, undo_for = options.undo_for,
   overrides = options.overrides, on_batch = report.progress("retired", options)}))
retirement.applied(applied, options)
cli.next(options, "mmlua undo %s takes it back, until %s", applied.id, report.time(applied.undo_deadline))
