-- Lets a paused retirement go on.
local cli = require("mm.cli")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Lets a paused retirement go on.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "quiet"},
   examples = {{"mmlua resume prod-12-a1b2c3"}},
}
local found = assert(assert(cli.open(options)):resume(options.id))
retirement.moved(found)
cli.next(options, "mmlua apply %s", options.id)
