-- Does the work of the HTTP API, which nginx asks it for.
local cli = require("mm.cli")
local errors = require("mm.errors")

local options = cli.parse{
   text = "Serves nginx on a Unix socket, which only its owner and group may use: some processes answer requests, "
      .. "others do jobs. Runs until it is ended (SIGTERM): requests are finished, jobs are given back to go on later.",
   options = {"connection",
      {name = "listen", value = "PATH", type = "path", text = "of the socket"},
      {name = "workers", value = "COUNT", type = "count", text = "processes that answer requests, 4 unless said"},
      {name = "jobs", value = "COUNT", type = "count", text = "processes that do jobs, 1 unless said"},
      {name = "job", value = "NUMBER", type = "count", text = "only do this job (a worker starts itself so)"},
      {name = "fence", value = "NUMBER", type = "count", text = "of that job"}},
   examples = {{"mmlua worker --listen /run/mm/worker.sock"}},
}
local function open()
   return cli.open(options)
end
if options.job and options.fence then
   return require("mm.worker.job").run(assert(open()), options.job, options.fence)
elseif not options.listen then
   error(cli.usage("--listen PATH is missing"), 0)
end
local command = {cli.program(), "worker"}
for _, name in ipairs{"lake", "registry", "schema", "timeout"} do
   if options[name] then
      command[#command + 1], command[#command + 2] = "--" .. name, tostring(options[name])
   end
end
local is_served, message = require("mm.worker.pool").run{path = options.listen, workers = options.workers or 4,
   jobs = options.jobs or 1, open = open, command = command}
return is_served and 0 or error(errors.new("io", message), 0)
