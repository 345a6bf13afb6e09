-- A lake, `mmlua worker` and nginx before it, as an operator has them.
--
--   local served = served.start{lake = "lake-0.33.0", worker = "--workers 4", nginx = {...}}
--   served.start{db = DB, registry = RELEASE}   that lake         served.start{beside = SERVED}     its lake and its keys
--   served.db  served.server (spec.support.nginx)  served.keys.viewer planner operator admin
--   served:ask(PATH, OPTIONS) -> the answer; with the key of an admin unless `key` says which, or false
--   served:post(PATH, BODY, [HEADERS])    body is a table
--   served:job(LOCATION) -> the job, when it has ended
--   served:workers() -> pids of the processes that answer requests
--   served:stop()
local background = require("spec.support.background")
local json = require("mm.json")
local mm = require("mm")
local nginx = require("spec.support.nginx")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local served = {}
served.__index = served

local BUILD = os.getenv("BUILD") or "build"
local REGISTRY = "demo/list_view_sets-0.33.0.json"

-- A lake with its schema mmadmin, a registry, and a key for each role.
local function prepare(self, release)
   local command = BUILD .. "/bin/mmlua init --name demo --yes --reason spec --lake " .. shell.quote(self.db.conninfo)
   local made = shell.run(command)
   assert(made.code == 0, made.stderr)
   local registry = assert(release and mm.registry.release(release) or mm.registry.read(REGISTRY))
   local lake = assert(mm.open(self.db.conninfo, {registry = registry}))
   assert(lake:publish_registry(registry, {reason = "spec"}))
   for _, role in ipairs{"viewer", "planner", "operator", "admin"} do
      self.keys[role] = assert(lake:add_key{name = role, role = role, reason = "spec"}).secret
   end
   lake:close()
end

function served:start_worker()
   self.worker = background.start(("%s %s/bin/mmlua worker --listen %s --lake %s %s"):format(self.nice, BUILD, self.path,
      shell.quote(self.db.conninfo), self.options), self.folder .. "/worker.log", "listening on")
end

function served.start(opts)
   opts = opts or {}
   local self = setmetatable(opts.beside and {db = opts.beside.db, keys = opts.beside.keys}
      or {keys = {}, db = opts.db or postgres.database(opts.lake or "lake-0.33.0")}, served)
   if not opts.beside then
      prepare(self, opts.registry)
   end
   self.folder = shell.run("mktemp -d").stdout:match("%S+")
   self.path, self.options, self.nice = self.folder .. "/worker.sock", opts.worker or "", opts.nice or ""
   self:start_worker()
   local settings = {worker = self.path, changes = true}
   for name, value in pairs(opts.nginx or {}) do
      settings[name] = value
   end
   self.server = nginx.start(settings)
   return self
end

function served:ask(path, opts)
   local copy = {key = self.keys.admin}
   for name, value in pairs(opts or {}) do
      copy[name] = value
   end
   return self.server:ask(path, copy)
end

function served:post(path, body, headers)
   return self:ask(path, {method = "POST", body = json.encode(body), headers = headers})
end

function served:job(location)
   for _ = 1, 600 do
      local job = self:ask(location).json
      if job.state == "done" or job.state == "failed" then
         return job
      end
      shell.run("sleep 0.05")
   end
   error("the job " .. location .. " does not end", 0)
end

function served:workers()
   return shell.lines(shell.run("pgrep -P " .. self.worker.pid).stdout)
end

function served:stop()
   self.server:stop()
   self.worker:stop()
   shell.run("rm -r " .. self.folder)
end

return served
