-- Gives up a plan that was not applied.
local cli = require("mm.cli")
local retirement = require("mm.report.retirement")

local options = cli.parse{
   text = "Gives up a plan that was not applied.",
   arguments = {{name = "id", text = "the retirement"}},
   options = {"connection", "quiet"},
   examples = {{"mmlua abandon prod-12-a1b2c3"}},
}
local found = assert(assert(cli.open(options)):abandon(options.id))
retirement.moved(found)
