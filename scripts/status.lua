-- The lake at a glance.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")
local screen = require("mm.screen")
local text = require("mm.text")

local options = cli.parse{
   text = "Shows the lake at a glance: versions, rights, registry, view sets, what is queued for deletion.",
   options = {"connection", "formats"},
   examples = {{"mmlua status --lake service=prod --registry 0.33"}, {"mmlua status --json", "for a monitor"}},
}
local lake = assert(cli.open(options))
local status = assert(lake:status())
local outdated = 0
for _, set in ipairs(status.view_sets) do
   outdated = outdated + set.outdated
end
status.outdated = outdated
status.postgresql = ("%d.%d"):format(math.floor(status.server_version / 10000), status.server_version % 10000)
status.changes = status.is_writable and (status.may_retire and "allowed" or "the role lacks the rights to retire")
   or status.not_writable_because
local function share(value, row)
   local is_drawn = (screen.width() or 0) >= 60 and row.partitions > 0
   return text.count(value) .. (is_drawn and "   " .. report.bar(value / row.partitions, 20) or "")
end
output.record(status, {
   {name = "name", heading = "lake"}, "database", "role", "postgresql",
   {name = "lakehouse_version", heading = "lakehouse version"},
   {name = "data_lake_version", heading = "data lake version"},
   "registry", {name = "partitions", format = "count"}, {name = "bytes", heading = "size", format = "bytes"},
   {name = "outdated", format = share},
   {name = "last_updated", heading = "last write", format = report.time},
   {name = "queued_files", heading = "queued files", format = "count"},
   {name = "queued_bytes", heading = "queued size", format = "bytes"}, "changes",
}, options)
cli.next(options, outdated > 0 and "mmlua outdated" or "mmlua view-sets")
