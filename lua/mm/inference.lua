-- Which registry fits what a lake's writers wrote last. Good enough to look, never to change anything.
local registry = require("mm.registry")
local releases = require("mm.releases")

local inference = {}

--- The sources of a registry's entries in a few words: "release 0.33 (11 view sets), answer.json (1 view set)".
---@param of mm.registry
---@return string
function inference.sources(of)
   local counts, order = {}, {}
   for _, entry in ipairs(of:list_view_sets()) do
      if not counts[entry.source] then
         order[#order + 1] = entry.source
      end
      counts[entry.source] = (counts[entry.source] or 0) + 1
   end
   for i, source in ipairs(order) do
      local count = counts[source]
      order[i] = ("%s (%d view %s)"):format(source, count, count == 1 and "set" or "sets")
   end
   return table.concat(order, ", ")
end

-- The newest version of each view set: rows come newest first.
local function newest(versions)
   local by_name = {}
   for _, row in ipairs(versions) do
      if row.view_set_name and row.schema_hash and not by_name[row.view_set_name] then
         by_name[row.view_set_name] = row
      end
   end
   return by_name
end

local function fits(release, written)
   local count = 0
   for _, entry in ipairs(registry.release(release.version):list_view_sets()) do
      local version = written[entry.view_set_name]
      if version and version.schema_hash == entry.current_schema_hash then
         count = count + 1
      end
   end
   return count
end

-- Releases that can have migrated the catalog to this version; an older one may still run, but cannot start again.
local function candidates(lakehouse_version)
   local list, reached = {}, 0
   for _, release in ipairs(releases.list()) do
      if release.lakehouse <= lakehouse_version then
         reached = math.max(reached, release.lakehouse)
         list[#list + 1] = release
      end
   end
   for i = #list, 1, -1 do
      if list[i].lakehouse < reached then
         table.remove(list, i)
      end
   end
   return #list > 0 and list or {releases.list()[1]}
end

-- Of these releases the newest that fits best, how well, and the oldest that fits as well.
local function best_release(list, written)
   local best, best_count, oldest = nil, -1, nil
   for _, release in ipairs(list) do
      local count = fits(release, written)
      if count > best_count then
         oldest = release.version
      end
      if count >= best_count then
         best, best_count = release.version, count
      end
   end
   return best, best_count, oldest
end

-- What the lake defines itself and was written since, with the hash of the newest write. The migration's own definition
-- is the release's.
local function defined_entries(definitions, written)
   local entries = {}
   for _, row in ipairs(definitions) do
      local version = written[row.view_set_name]
      if version and row.updated_by ~= "migration" and version.last_updated > row.updated_at then
         entries[#entries + 1] = {
            view_set_name = row.view_set_name,
            current_schema_hash = version.schema_hash,
            has_view_maker = false,
            global_instance_available = true,
            source = "the newest write",
         }
      end
   end
   return entries
end

local function words_of(oldest, newest_version, lakehouse_version, count, written)
   local total = 0
   for _ in pairs(written) do
      total = total + 1
   end
   return ("inferred: release %s, from catalog version %d and the newest writes (%d of %d view sets fit)"):format(
      oldest ~= newest_version and oldest .. " to " .. newest_version or newest_version, lakehouse_version,
      count, total)
end

--- Infers a registry: of the releases with this version of the catalog the one that fits the newest writes of most view
--- sets, and for those that the lake defines by SQL the hash of the newest write.
---@param lakehouse_version integer
---@param select fun(name: string, params?: table): table[]|nil, table|nil
---@return mm.registry|nil, string|table words, or the error
function inference.infer(lakehouse_version, select)
   local versions, err = select("schema_versions", {n = 3, {}, {}})
   if not versions then
      return nil, err
   end
   local definitions
   definitions, err = select("definitions")
   if not definitions then
      return nil, err
   end
   local written = newest(versions)
   local version, count, oldest = best_release(candidates(lakehouse_version), written)
   local result = registry.release(version)
   local defined = defined_entries(definitions, written)
   if #defined > 0 then
      result = result:merge(registry.new(defined))
   end
   return result, words_of(oldest, version, lakehouse_version, count, written)
end

return inference
