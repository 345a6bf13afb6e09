-- Stops a retirement after the batch that runs.
local cli = require("mm.cli")
local output = require("mm.output")

local options = cli.parse{
   text = "Stops a retirement after the batch that runs.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "quiet"},
   examples = {{"mmlua pause prod-12-a1b2c3"}},
}
local found = assert(assert(cli.open(options)):pause(options.id))
output.message("%s is %s now, %d of %d partitions retired", options.id, found.state, found.retired, found.partitions)
