-- View sets and the schema hashes that their partitions have.
local handle = require("mm.handle")
local options = require("mm.options")
local releases = require("mm.releases")

local lake = handle.methods

local WRITERS_WITHIN_S = 24 * 3600

-- "0.12 to 0.27", or nil.
local function release_range(view_set, hash)
   local writing = view_set and hash and releases.writing(view_set, hash) or {}
   if #writing == 0 then
      return nil
   end
   return #writing == 1 and writing[1] or writing[1] .. " to " .. writing[#writing]
end

--- Each schema hash that partitions have: view set, hash, status, releases that write it, partitions, bytes, first and
--- last insert time, last write; the newest write of a view set first.
---@param view_set? string
---@return table[]|nil, table|nil err
function lake:list_schema_versions(view_set)
   options.check("lake:list_schema_versions", {view_set = view_set}, {view_set = "text?"})
   local registry, err = handle.registry(self)
   if not registry then
      return nil, err
   end
   err = view_set and handle.unknown_view_set(self, registry, view_set)
   if err then
      return nil, err
   end
   local names, hashes = registry:arrays()
   local versions
   versions, err = handle.select(self, "schema_versions", {n = 3, names, hashes, view_set})
   if not versions then
      return nil, err
   end
   for _, version in ipairs(versions) do
      version.releases = release_range(version.view_set_name, version.schema_hash)
   end
   return versions
end

-- Which view sets the lake itself defines by SQL.
local function definitions(self)
   local list, err = handle.select(self, "definitions")
   if not list then
      return nil, err
   end
   local by_name = {}
   for _, row in ipairs(list) do
      by_name[row.view_set_name] = row
   end
   return by_name
end

local function add_version(set, version)
   set.partitions = set.partitions + version.partitions
   set.bytes = set.bytes + version.bytes
   set[version.status] = (set[version.status] or 0) + version.partitions
   if version.last_updated and version.last_updated > (set.last_updated or "") then
      set.last_updated = version.last_updated
   end
end

local function new_view_set(name, entry, defined)
   return {
      view_set_name = name,
      status = entry and "registered" or defined[name] and "unloaded" or "unregistered",
      current_schema_hash = entry and entry.current_schema_hash,
      releases = entry and release_range(name, entry.current_schema_hash),
      source = entry and entry.source,
      has_view_maker = entry and entry.has_view_maker,
      global_instance_available = entry and entry.global_instance_available,
      partitions = 0, bytes = 0, current = 0, outdated = 0, unhashed = 0, unregistered = 0,
   }
end

-- Sorted by name; partitions without a view set name last.
local function sorted(sets)
   table.sort(sets, function(a, b)
      return (a.view_set_name or "\255") < (b.view_set_name or "\255")
   end)
   return sets
end

--- Every view set that the registry or the catalog know: its status (registered; unloaded: the lake defines it but the
--- registry lacks it; unregistered), current schema hash, and how many partitions are current, outdated, unhashed.
---@return table[]|nil, table|nil err
function lake:list_view_sets()
   local registry, err = handle.registry(self)
   local versions, defined
   if registry then
      versions, err = self:list_schema_versions()
   end
   if versions then
      defined, err = definitions(self)
   end
   if not defined then
      return nil, err
   end
   local sets, by_name = {}, {}
   local function set_of(name)
      local key = name or 0
      if not by_name[key] then
         by_name[key] = new_view_set(name, name and registry:get(name), defined)
         sets[#sets + 1] = by_name[key]
      end
      return by_name[key]
   end
   for _, entry in ipairs(registry:list_view_sets()) do
      set_of(entry.view_set_name)
   end
   for name in pairs(defined) do
      set_of(name)
   end
   for _, version in ipairs(versions) do
      add_version(set_of(version.view_set_name), version)
   end
   return sorted(sets)
end

--- Which hashes were written in the last day of the lake's own time (that of its newest write), by which releases.
---@param opts? {within: number} seconds of lake time, default a day
---@return table[]|nil, table|nil err
function lake:list_writers(opts)
   opts = options.check("lake:list_writers", opts, {within = "number?"})
   local versions, err = self:list_schema_versions()
   if not versions then
      return nil, err
   end
   local writers = {}
   for _, version in ipairs(versions) do
      if version.age_in_lake_time_s and version.age_in_lake_time_s <= (opts.within or WRITERS_WITHIN_S) then
         writers[#writers + 1] = version
      end
   end
   table.sort(writers, function(a, b)
      return a.last_updated > b.last_updated
   end)
   return writers
end

return lake
