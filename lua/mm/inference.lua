-- Which registry fits what a lake's writers wrote last. Good enough to look, never to change anything.
local registry = require("mm.registry")
local releases = require("mm.releases")

local inference = {}

--- The sources of a registry's entries in a few words: "release 0.33 (11 view sets), answer.json (1)".
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
      order[i] = ("%s (%d view sets)"):format(source, counts[source])
   end
   return table.concat(order, ", ")
end

-- The hash of each view set's newest write: rows come newest first.
local function newest(versions)
   local hashes = {}
   for _, row in ipairs(versions) do
      if row.view_set_name and row.schema_hash and not hashes[row.view_set_name] then
         hashes[row.view_set_name] = row.schema_hash
      end
   end
   return hashes
end

local function fits(release, hashes)
   local count = 0
   for _, entry in ipairs(registry.release(release.version):list_view_sets()) do
      if hashes[entry.view_set_name] == entry.current_schema_hash then
         count = count + 1
      end
   end
   return count
end

-- The newest release that fits best, how well, and the oldest that fits as well.
local function best_release(hashes)
   local best, best_count, oldest = nil, 0, nil
   for _, release in ipairs(releases.list()) do
      local count = fits(release, hashes)
      if count > best_count then
         oldest = release.version
      end
      if count >= best_count then
         best, best_count = release.version, count
      end
   end
   return best, best_count, oldest
end

local function defined_entries(definitions, hashes)
   local entries = {}
   for _, row in ipairs(definitions) do
      if hashes[row.view_set_name] then
         entries[#entries + 1] = {
            view_set_name = row.view_set_name,
            current_schema_hash = hashes[row.view_set_name],
            has_view_maker = false,
            global_instance_available = true,
            source = "the newest write",
         }
      end
   end
   return entries
end

--- Infers a registry: the release that fits the newest write of most view sets, and for those that the lake defines by
--- SQL the hash of the newest write.
---@param select fun(name: string, params?: table): table[]|nil, table|nil
---@return mm.registry|nil, string|table words, or the error
function inference.infer(select)
   local versions, err = select("schema_versions", {n = 3, {}, {}})
   if not versions then
      return nil, err
   end
   local definitions
   definitions, err = select("definitions")
   if not definitions then
      return nil, err
   end
   local hashes = newest(versions)
   local version, count, oldest = best_release(hashes)
   local words = ("inferred: release %s fits the newest writes of %d view sets"):format(
      oldest ~= version and oldest .. " to " .. version or version, count)
   local result = registry.release(version)
   local defined = defined_entries(definitions, hashes)
   if #defined > 0 then
      result = result:merge(registry.new(defined))
   end
   return result, words
end

return inference
