-- Holds: ranges that mm will not retire.
local cli = require("mm.cli")
local journal = require("mm.report.journal")
local output = require("mm.output")

local options = cli.parse{
   text = "Lists holds (list), makes one (add), or releases one (release). What a hold covers is in no plan, and "
      .. "batches leave it alone. Upstream's retention knows nothing of holds: it deletes when its days are over.",
   arguments = {{name = "action", text = "list unless said", values = {"list", "add", "release"}, optional = true},
      {name = "what", text = "of add the view set (or --all), of release the hold's number", optional = true}},
   options = {"connection", "formats", "consent", {name = "all", text = "every view set; of list: released ones too"},
      {name = "instance", value = "ID", text = "only this view instance"}, "from", "to"},
   examples = {{'mmlua hold add log_entries --from 2026-11-01 --to 2026-11-08 --reason "incident 1234"'},
      {'mmlua hold release 3 --reason "closed"'}},
}
local action, lake = options.action or "list", assert(cli.open(options))
if action == "add" then
   if (options.what == nil) == not options.all then
      error(cli.usage("give a view set to hold, or --all for every one"), 0)
   end
   local asked = {view_set = options.what, view_instance = options.instance, from = options.from, to = options.to,
      all = options.all, dry_run = true}
   assert(lake:hold(asked))
   asked.dry_run, asked.reason = nil, assert(cli.confirm{action = "hold", lake = lake:info().name, options = options,
      summary = journal.hold_lines(options)})
   local hold = assert(lake:hold(asked))
   output.message("hold %d is in force", hold.hold)
   cli.next(options, "mmlua hold, or to release it mmlua hold release %d", hold.hold)
elseif action == "release" then
   local number = tonumber((options.what or ""):match("^%d%d?%d?%d?%d?%d?%d?%d?%d?$"))
      or error(cli.usage("give the number of the hold to release"), 0)
   local reason = assert(cli.confirm{action = "release", lake = lake:info().name, options = options,
      summary = journal.release_lines(lake, number)})
   output.message("hold %d is released", assert(lake:release(number, {reason = reason})).hold)
else
   options.empty = "no holds"
   output.rows(assert(lake:holds{all = options.all}), journal.hold_columns(options), options)
end
