-- View sets, their current hash, how many partitions have it.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")

local options = cli.parse{
   text = "Lists the view sets that the registry or the catalog know, with their current schema hash, and how many "
      .. "partitions are current, outdated or without hash. `unloaded`: the lake defines it, the registry lacks it.",
   options = {"connection", "formats"},
   examples = {{"mmlua view-sets --registry 0.33"}, {"mmlua view-sets --csv > view_sets.csv"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
output.rows(assert(lake:list_view_sets()), {
   {name = "view_set_name", heading = "view set"}, "status", {name = "current_schema_hash", heading = "current hash"},
   {name = "releases", heading = "written by", spare = true}, {name = "partitions", format = "count"},
   {name = "bytes", heading = "size", format = "bytes", spare = true}, {name = "current", format = "count"},
   {name = "outdated", format = "count"}, {name = "unhashed", format = "count", spare = true},
   {name = "source", spare = true},
}, options)
cli.next(options, "mmlua outdated")
