-- The whole of it, for the page: a private PostgreSQL with a lake, workers, nginx; gone with the run.
--
--   local site = site.start("lake-0.33.0", function(db) ... end)    the lake is made ready for mm after that function
--   site.url  site.db
--   site:key(NAME, ROLE) -> a new key
--   site:stop()
local coprocess = require("spec.support.coprocess")
local nginx = require("spec.support.nginx")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local site = {}
site.__index = site

local MMLUA = os.getenv("BUILD") .. "/bin/mmlua"

function site:mmlua(arguments)
   local result = shell.run(("MICROMEGAS_SQL_CONNECTION_STRING=%s MM_REGISTRY= %s %s"):format(
      shell.quote(self.db.conninfo), MMLUA, arguments))
   assert(result.code == 0, result.stderr)
   return result.stdout
end

local function start_worker(self)
   self.socket = self.folder .. "/worker.sock"
   self.worker = coprocess.start(("env MICROMEGAS_SQL_CONNECTION_STRING=%s MM_REGISTRY= spec/support/until-eof %s worker --listen %s")
      :format(shell.quote(self.db.conninfo), MMLUA, self.socket))
   repeat
      local line = assert(self.worker:read(), "the worker did not start")
   until line:find("listening on", 1, true)
end

function site.start(lake, opts)
   local self = setmetatable({db = postgres.database(lake)}, site)
   self.folder = shell.run("mktemp -d").stdout:match("%S+")
   if opts.fill then
      opts.fill(self.db)
   end
   self:mmlua("init --name demo --yes --reason spec")
   self:mmlua("registry publish --registry demo/list_view_sets-0.33.0.json --yes --reason spec")
   start_worker(self)
   self.nginx = nginx.start{worker = self.socket, changes = opts.changes ~= false}
   self.url = ("http://127.0.0.1:%s/"):format(self.nginx.port)
   return self
end

function site:key(name, role)
   return self:mmlua(("key add %s --role %s --reason spec --yes"):format(name, role)):match("mm_%w+_%x+")
end

function site:stop()
   self.nginx:stop()
   self.worker:close()
   shell.run("rm -rf " .. self.folder)
end

return site
