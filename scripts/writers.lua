-- Which hashes were written lately, and by which releases.
local cli = require("mm.cli")
local output = require("mm.output")
local report = require("mm.report")
local text = require("mm.text")

local options = cli.parse{
   text = "Lists the hashes written within a day of the lake's newest write, and the releases that write them. Two "
      .. "releases at once mean an upgrade that is not over: retire nothing then.",
   options = {"connection", "formats", {name = "within", value = "DURATION", type = "duration",
      text = "this long before the newest write, 1d unless said"}},
   examples = {{"mmlua writers"}, {"mmlua writers --within 1h"}},
}
local lake = assert(cli.open(options))
report.registry(lake, options)
local function age(seconds)
   return seconds and text.duration(math.floor(seconds)) or ""
end
output.rows(assert(lake:list_writers{within = options.within}), {
   {name = "view_set_name", heading = "view set"}, {name = "schema_hash", heading = "hash"}, "status",
   {name = "releases", heading = "written by"},
   {name = "last_updated", heading = "last write", format = report.time, spare = true},
   {name = "age_in_lake_time_s", heading = "behind newest", format = age},
}, options)
