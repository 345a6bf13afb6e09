-- Plans what to retire, with what that would lose.
local cli = require("mm.cli")
local guards = require("mm.report.guards")
local plan = require("mm.report.plan")
local report = require("mm.report")

local options = cli.parse{
   text = "Plans the retirement of outdated partitions: those replaced or empty, and those of processes and streams "
      .. "that the next query rebuilds. Others by name, with --verdict. The plan is kept for 24 hours.",
   arguments = {{name = "view_set", text = "the view set, or --all", optional = true}},
   options = {"connection", "all", {name = "instance", value = "ID", text = "only this view instance"}, "from", "to",
      {name = "verdict", value = "VERDICT", repeated = true, values = report.VERDICTS, text = "exactly these verdicts"},
      "undo-for", {name = "budget", value = "COUNT", type = "integer",
         text = "how many may go without proof in 24 hours, 100 unless said"},
      {name = "dry-run", text = "keep no plan; needs only SELECT"}, "json", "quiet"},
   examples = {{"mmlua plan log_entries"}, {"mmlua plan --all --dry-run"},
      {"mmlua plan blocks --verdict only_copy", "the last copy: think first"}},
}
if (options.view_set == nil) == (not options.all) then
   error(cli.usage("give a view set, or --all for every one"), 0)
end
local lake = assert(cli.open(options))
report.registry(lake, options)
local planned = assert(lake:plan{view_set = options.view_set, all = options.all, view_instance = options.instance,
   from = options.from, to = options.to, verdicts = options.verdict[1] and options.verdict,
   undo_for = options.undo_for, budget = options.budget, dry_run = options.dry_run})
guards.warn(lake, planned, options)
plan.show(planned, options)
if planned.partitions == 0 then
   cli.next(options, "mmlua outdated, to see what the verdicts are")
elseif planned.id then
   cli.next(options, "mmlua show %s --items, %s mmlua apply %s", planned.id,
      #planned.guards > 0 and "and once that has passed" or "then", planned.id)
else
   cli.next(options, "the same without --dry-run")
end
