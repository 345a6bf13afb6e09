-- The lake at a glance. Here and in mm.catalog and mm.partitions nothing is changed.
local core = require("mm.core")
local handle = require("mm.handle")

local lake = handle.methods

--- The lake at a glance: server, versions, rights, registry and its source, writers seen, totals.
---@return table|nil, table|nil err
function lake:status()
   local totals, err = handle.select(self, "status")
   if not totals then
      return nil, err
   end
   local registry, kind, words = handle.registry(self)
   if not registry then
      return nil, kind
   end
   local status = core.lake_info(self)
   for name, value in pairs(totals[1]) do
      status[name] = value
   end
   status.registry, status.registry_kind = words, kind
   local is_writable, reason = core.lake_check_writable(self)
   status.is_writable = is_writable == true
   status.not_writable_because = reason and reason.message
   status.view_sets, err = self:list_view_sets()
   if not status.view_sets then
      return nil, err
   end
   status.writers, err = self:list_writers()
   if not status.writers then
      return nil, err
   end
   return status
end

--- What is known of the lake without asking anew: name, database, role, versions.
---@return table
function lake:info()
   return core.lake_info(self)
end

--- The registry that says what is current in this lake.
---@return mm.registry|nil, string|table kind (given, published, inferred), or the error
---@return string|nil words where it is from
function lake:registry()
   return handle.registry(self)
end

return lake
