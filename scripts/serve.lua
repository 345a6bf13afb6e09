-- The HTTP API and its page on this machine, while it runs.
local cli = require("mm.cli")
local connection = require("mm.cli.connection")
local text = require("mm.text")

local options = cli.parse{
   text = "Starts a worker and an nginx of its own for the lake, on the loopback interface, and makes a key that may "
      .. "do everything for a day. Without --lake the lake is that of the demo, in a private throw-away PostgreSQL. "
      .. "Nothing is left afterwards but the key's entry in the lake.",
   options = {"lake",
      {name = "port", value = "NUMBER", type = "count", text = "8700 or the next free one unless said"}},
   examples = {{"mmlua serve"}, {"mmlua serve --lake service=test --port 9000"}},
}
local demo, serve = require("mm.demo"), require("mm.serve")
local folder = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("scripts/[^/]*$", "demo")
local tour, mmlua
if options.lake then
   local conninfo = assert(connection.conninfo(options.lake))
   mmlua = ("MICROMEGAS_SQL_CONNECTION_STRING=%s LUA_INIT= %s"):format(text.word(conninfo), text.word(cli.program()))
else
   tour = assert(demo.start(folder, cli.program()))
   demo.prepare(tour)
   mmlua = tour.mmlua
end
local is_served, err = serve.run(mmlua, {port = options.port})
if tour then
   tour.server:stop()
end
assert(is_served, err)
