-- What is wrong with the lake, or soon will be.
local cli = require("mm.cli")
local doctor = require("mm.report.doctor")
local output = require("mm.output")
local report = require("mm.report")
local screen = require("mm.screen")

local options = cli.parse{
   text = "Looks for what is wrong with the lake, or soon will be: live files that are queued for deletion, rows that "
      .. "stop micromegas, writers of an old release, what would fail the next upgrade, and more. Changes nothing. "
      .. "Exits with 3 when something is serious.",
   options = {"connection", "formats", {name = "all", text = "also what was checked and found to be well"}},
   examples = {{"mmlua doctor"}, {"mmlua doctor --json --registry 0.33", "for a monitor"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
local all = assert(lake:doctor{all = true})
local summary, serious, found = doctor.summary(all)
local shown = {}
for _, finding in ipairs(all) do
   shown[#shown + 1] = (options.all or finding.severity ~= "passed") and finding or nil
end
if options.json or options.jsonl or options.csv then
   output.rows(shown, {"check", "kind", "severity", "count", "message", "meaning", "hint", "example", "time"}, options)
else
   if #shown > 0 then
      output.lines(doctor.lines(shown, screen.width()))
   end
   output.message("%s", summary)
   cli.next(options, found == 0 and "mmlua outdated" or "mmlua doctor, when that is done")
end
return serious > 0 and 3 or 0
