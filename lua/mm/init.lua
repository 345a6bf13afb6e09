-- mm: see what a schema change left behind in a micromegas lake, prove what would be lost, retire it, take it back.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local options = require("mm.options")
local own_guards = require("mm.guards.own")
local registry = require("mm.registry")
local schema = require("mm.schema")
local script = require("mm.script")

-- They add their methods to the lake.
require("mm.lake")
require("mm.catalog")
require("mm.partitions")
require("mm.plan")
require("mm.apply")
require("mm.retire")
require("mm.undo")
require("mm.state")
require("mm.timeline")
require("mm.guards")
require("mm.holds")
require("mm.keys")
require("mm.jobs")
require("mm.claims")
require("mm.answers")
require("mm.audit")
require("mm.prune")
require("mm.doctor")
handle.guard_methods()

local mm = {schema = schema, registry = registry, version = core.version}

local OPTIONS = {registry = "userdata?", schema = "string?", timeout = "integer?", retention_days = "integer?",
   guards = "table?"}
local VARIABLE = "MICROMEGAS_SQL_CONNECTION_STRING"
local DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S, MAX_RETENTION_DAYS = 300, 86400, 36500

-- Raises at the line that called the caller.
local function check_types(conninfo, opts)
   if conninfo ~= nil and type(conninfo) ~= "string" then
      error(("mm.open: conninfo must be of type string, not %s"):format(type(conninfo)), 3)
   elseif conninfo and conninfo:find("\0", 1, true) then
      error("mm.open: conninfo holds a NUL byte", 3)
   end
   opts = options.check("mm.open", opts, OPTIONS, 2)
   if opts.registry and not registry.is(opts.registry) then
      error("mm.open: option 'registry' must be a registry, as mm.registry.release, read or new make one", 3)
   end
   return opts
end

local function range_error(opts)
   local timeout, days = opts.timeout or DEFAULT_TIMEOUT_S, opts.retention_days or 1
   if timeout < 0 or timeout > MAX_TIMEOUT_S then
      return errors.new("invalid", ("a timeout of %d seconds: it must be 0 (none) to %d"):format(timeout,
         MAX_TIMEOUT_S))
   elseif days < 1 or days > MAX_RETENTION_DAYS then
      return errors.new("invalid", ("a retention of %d days: it must be 1 to %d"):format(days, MAX_RETENTION_DAYS))
   end
end

-- Who named no connection is told where it is from when it is none.
local function open(conninfo, opts)
   local variable = os.getenv(VARIABLE)
   local lake, err = core.lake_open(conninfo or variable, opts.schema, opts.timeout or DEFAULT_TIMEOUT_S)
   if err and variable and not conninfo then
      if err.code == "invalid" then
         err.message = ("%s: %s"):format(VARIABLE, err.message)
      elseif err.code == "connection" then
         err.hint = err.hint or "the connection is what " .. VARIABLE .. " says"
      end
   end
   return lake, err
end

--- Opens a lake. Without conninfo: MICROMEGAS_SQL_CONNECTION_STRING, else libpq's environment.
---@param conninfo? string libpq's keywords, a URI or the name of a service
---@param opts? {registry: mm.registry, schema: string, timeout: integer, retention_days: integer,
---   guards: {name: string, check: fun(lake: mm.lake, retirement: mm.retirement): table|string|nil}[]} `registry` what
---   is current (default: as published in the lake; for reading else inferred), `schema` that holds the catalog where
---   there are two, `timeout` seconds for a reading statement (300; 0: no limit), `retention_days` where the lake does
---   not say (90), `guards` of your own, beside those in the file that MM_GUARDS names: `check` returns what it finds,
---   {message =, why =, passes =} or a text, or nothing
---@return mm.lake|nil, table|nil err codes connection, not_a_lake, rights, invalid, cancelled
function mm.open(conninfo, opts)
   opts = check_types(conninfo, opts)
   local lake
   local guards, err = own_guards.load(opts.guards)
   err = err or range_error(opts)
   if not err then
      lake, err = open(conninfo, opts)
   end
   if not lake then
      return nil, err
   end
   local path = script.path()
   if path then
      core.lake_set_script(lake, path)
   end
   return handle.attach(lake, opts, guards)
end

return mm
