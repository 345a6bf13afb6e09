-- Schema hashes that partitions have, and who writes them.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")

local options = cli.parse{
   text = "Lists each schema hash that partitions of a view set have: status, the releases that write it, how "
      .. "many, when.",
   arguments = {{name = "view_set", text = "only this view set", optional = true}},
   options = {"connection", "formats"},
   examples = {{"mmlua versions log_entries"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
output.rows(assert(lake:list_schema_versions(options.view_set)), {
   {name = "view_set_name", heading = "view set"}, {name = "schema_hash", heading = "hash"}, "status",
   {name = "releases", heading = "written by", spare = true}, {name = "partitions", format = "count"},
   {name = "bytes", heading = "size", format = "bytes"}, {name = "instances", format = "count", spare = true},
   {name = "first_insert_time", heading = "from", format = report.time, spare = true},
   {name = "last_insert_time", heading = "to", format = report.time, spare = true},
   {name = "last_updated", heading = "last write", format = report.time, spare = true},
}, options)
cli.next(options, "mmlua outdated")
