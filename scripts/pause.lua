-- Stops a retirement after the batch that runs.
local cli = require("mm.cli")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Stops a retirement after the batch that runs.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "quiet"},
   examples = {{"mmlua pause prod-12-a1b2c3"}},
}
local found = assert(assert(cli.open(options)):pause(options.id))
retirement.moved(found)
cli.next(options, "mmlua resume %s, or mmlua undo %s", found.id, found.id)
