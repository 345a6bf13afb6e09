-- The releases of micromegas that mm knows, and the view sets of each.
local core = require("mm.core")
local data = require("mm.data.releases")

local releases = {}

local positions = {}
for position, release in ipairs(data.releases) do
   positions[release.version] = position
end

-- arrow 55 and 56 print every member of a field, later ones leave out what has its default.
local LONG_FIELD = 'Field { name: "%s", data_type: %s, nullable: %s, dict_id: 0, dict_is_ordered: false, metadata: {} }'
local SHORT_FIELD = 'Field { name: "%s", data_type: %s%s }'
local FIRST_ARROW_OF_SHORT_FIELDS = 57

local function field_text(name, type, is_nullable, arrow)
   if arrow < FIRST_ARROW_OF_SHORT_FIELDS then
      return LONG_FIELD:format(name, type, tostring(is_nullable))
   end
   return SHORT_FIELD:format(name, type, is_nullable and ", nullable: true" or "")
end

-- Writes out the fields `<name type>` inside a type, the innermost first.
local function type_text(type, arrow)
   local text, count = data.types[type] or type, 1
   while count > 0 do
      text, count = text:gsub("<(%S+) ([^<>]+)>", function(name, inner)
         return field_text(name, inner, false, arrow)
      end)
   end
   return text
end

local function schema_text(fields, arrow)
   local texts = {}
   for name, type, mark in fields:gmatch("([%w_.]+) ([%w()]+)(%??)") do
      texts[#texts + 1] = field_text(name, type_text(type, arrow), mark == "?", arrow)
   end
   return ("Schema { fields: [%s], metadata: {} }"):format(table.concat(texts, ", "))
end

-- The hash and fields of a view set in the release at `position`; nil when it was not there yet.
local function state_at(view_set, position)
   local hash, fields
   for _, change in ipairs(view_set) do
      if positions[change.since] > position then
         break
      end
      hash, fields = change.hash, change.fields or fields
   end
   return fields and {hash = hash, fields = fields}
end

--- Finds a release by its version: `0.33`, `v0.33`, `0.33.0` and `v0.33.0` name the same.
---@param version string
---@return table|nil release
function releases.find(version)
   local name = version:match("^v?(0%.%d+)$") or version:match("^v?(0%.%d+)%.0$")
   return data.releases[positions[name]]
end

local function arrow_major(release)
   return tonumber(release.arrow:match("^%d+"))
end

--- The view sets of a release, as `mm.registry.new` takes them.
---@param release table
---@return table[]
function releases.view_sets(release)
   local entries, arrow = {}, arrow_major(release)
   for name, view_set in pairs(data.view_sets) do
      local state = state_at(view_set, positions[release.version])
      entries[#entries + 1] = state and {
         view_set_name = name,
         current_schema_hash = state.hash,
         schema = schema_text(state.fields, arrow),
         arrow = arrow,
         has_view_maker = view_set.has_view_maker,
         global_instance_available = view_set.global_instance_available,
         source = "release " .. release.version,
      }
   end
   return entries
end

--- All releases, the oldest first, each a table of its own.
---@return table[]
function releases.list()
   local list = {}
   for i, release in ipairs(data.releases) do
      list[i] = {}
      for name, value in pairs(release) do
         list[i][name] = value
      end
   end
   return list
end

-- Versions by view set and hash, made when first asked for.
local writers

local function find_writers()
   local found = {}
   for _, release in ipairs(data.releases) do
      local names, hashes = assert(core.registry_new(releases.view_sets(release))):arrays()
      for i, name in ipairs(names) do
         local by_hash = found[name] or {}
         found[name] = by_hash
         by_hash[hashes[i]] = by_hash[hashes[i]] or {}
         table.insert(by_hash[hashes[i]], release.version)
      end
   end
   return found
end

--- The versions of the releases that write this hash for this view set, the oldest first.
---@param view_set_name string
---@param hash string
---@return string[]
function releases.writing(view_set_name, hash)
   writers = writers or find_writers()
   local versions = {}
   for i, version in ipairs((writers[view_set_name] or {})[hash] or {}) do
      versions[i] = version
   end
   return versions
end

--- Whether release `version` came after release `other`, both as `releases.writing` has them.
function releases.is_later(version, other)
   return positions[version] > positions[other]
end

--- What to try instead of a version that is not known.
---@param version string
---@return string
function releases.hint(version)
   for number in version:gmatch("%d+") do
      local release = releases.find("0." .. number)
      if release then
         return ("did you mean %s?"):format(release.version)
      end
   end
   return "give a server's answer to list_view_sets() instead"
end

--- The oldest and the newest release, as text.
---@return string
function releases.range()
   local list = data.releases
   return ("%s to %s"):format(list[1].version, list[#list].version)
end

return releases
