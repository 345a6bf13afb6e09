-- Filters of partitions, as every method of a lake takes them.
local handle = require("mm.handle")
local time = require("mm.time")

local filter = {}

filter.STATUSES = {"current", "outdated", "unhashed", "unregistered", optional = true}

--- What `options.check` needs to know of a filter: view_set, view_instance, from, to (begin of the insert range).
---@param more? table
---@return table spec
function filter.spec(more)
   local spec = {view_set = "text?", view_instance = "text?", from = "string?", to = "string?"}
   for name, wanted in pairs(more or {}) do
      spec[name] = wanted
   end
   return spec
end

local function normalize(opts, result, name)
   if opts[name] == nil then
      return nil
   end
   local value, err = time.normalize(opts[name])
   result[name] = value
   return err
end

--- The filter with its times in mm's form, its view set known to the registry or the catalog.
---@param lake mm.lake
---@param registry mm.registry
---@param opts table checked already
---@return table|nil filter, table|nil err
function filter.read(lake, registry, opts)
   local result = {view_set = opts.view_set, view_instance = opts.view_instance, status = opts.status}
   local err = normalize(opts, result, "from") or normalize(opts, result, "to")
      or opts.view_set and handle.unknown_view_set(lake, registry, opts.view_set)
   if err then
      return nil, err
   end
   return result
end

return filter
