-- Lets a paused retirement go on.
local cli = require("mm.cli")
local output = require("mm.output")

local options = cli.parse{
   text = "Lets a paused retirement go on.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "quiet"},
   examples = {{"mmlua resume prod-12-a1b2c3"}},
}
local found = assert(assert(cli.open(options)):resume(options.id))
output.message("%s is %s now, %d of %d partitions retired", options.id, found.state, found.retired, found.partitions)
cli.next(options, "mmlua apply %s", options.id)
