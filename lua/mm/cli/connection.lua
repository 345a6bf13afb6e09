-- Which lake a command line means, and which registry.
local errors = require("mm.errors")

local connection = {}

local function decode(text)
   return (text:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
   end))
end

local function has_password(conninfo)
   local rest = conninfo:match("^postgres://(.*)$") or conninfo:match("^postgresql://(.*)$")
   if not rest then
      return (" " .. conninfo):find("%s%w*password%s*=") ~= nil
   end
   local user = rest:match("^([^@/]*)@") or ""
   local parameters = rest:match("%?(.*)$") or ""
   return user:find(":.") ~= nil or ("&" .. decode(parameters)):find("&%w*password=") ~= nil
end

local function find(name)
   local registry = require("mm").registry
   if name:find("^v?%d+%.%d[%d.]*$") then
      return registry.release(name)
   end
   return registry.read(name)
end

--- What `--lake` says; nil leaves it to the environment. A password on the command line is refused.
---@param lake string|nil
---@return string|nil conninfo, table|nil err
function connection.conninfo(lake)
   if lake and has_password(lake) then
      return errors.fail("usage", "a password on the command line is shown to everybody by ps", {
         hint = "put it into ~/.pgpass, a service of ~/.pg_service.conf, or PGPASSWORD",
      })
   end
   return lake
end

--- The registry that `--registry` names, else MM_REGISTRY: a release, or a file with the answer of list_view_sets().
--- Nil without an error when neither is there: then it is the lake that knows, or it is inferred.
---@param name string|nil
---@return table|nil registry, table|nil err
function connection.registry(name)
   if name then
      return find(name)
   end
   local value = os.getenv("MM_REGISTRY")
   if not value or value == "" then
      return nil
   end
   local registry, err = find(value)
   if err then
      err.message = "MM_REGISTRY: " .. err.message
   end
   return registry, err
end

return connection
