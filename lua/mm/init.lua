-- mm: see what a schema change left behind in a micromegas lake, prove what would be lost, retire it, take it back.
local core = require("mm.core")
local handle = require("mm.handle")
local options = require("mm.options")
local registry = require("mm.registry")
local schema = require("mm.schema")

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

local mm = {schema = schema, registry = registry, version = core.version}

local OPTIONS = {registry = "userdata?", schema = "string?", timeout = "number?", retention_days = "integer?"}

--- Opens a lake. Without conninfo: MICROMEGAS_SQL_CONNECTION_STRING, else libpq's environment.
---@param conninfo? string libpq's keywords, a URI or the name of a service
---@param opts? {registry: mm.registry, schema: string, timeout: number, retention_days: integer} `registry` what is
---   current (default: as published in the lake; for reading else inferred), `schema` that holds the catalog where
--- there
---   are two, `timeout` seconds for a reading statement (300; 0: no limit), `retention_days` where the lake does not
--- say (90)
---@return mm.lake|nil, table|nil err codes connection, not_a_lake, rights, invalid, cancelled
function mm.open(conninfo, opts)
   if conninfo ~= nil and type(conninfo) ~= "string" then
      error(("mm.open: conninfo must be of type string, not %s"):format(type(conninfo)), 2)
   end
   opts = options.check("mm.open", opts, OPTIONS)
   conninfo = conninfo or os.getenv("MICROMEGAS_SQL_CONNECTION_STRING")
   local lake, err = core.lake_open(conninfo, opts.schema, opts.timeout or 300)
   if not lake then
      return nil, err
   end
   return handle.attach(lake, opts)
end

return mm
