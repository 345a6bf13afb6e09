-- A tour on a private throw-away PostgreSQL with a real lake.
local cli = require("mm.cli")

local options = cli.parse{
   text = "Starts a private throw-away PostgreSQL with the catalog of a real lake and does the main job in it. Needs "
      .. "PostgreSQL's server programs; takes seconds, and nothing is left afterwards.",
   options = {{name = "keep", text = "leave the server running and print how to connect"}},
   examples = {{"mmlua demo"}, {"mmlua demo --keep"}},
}
local demo = require("mm.demo")
local folder = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("scripts/[^/]*$", "demo")
local tour = assert(demo.start(folder, cli.program()))
demo.walk(tour)
demo.finish(tour, options.keep)
