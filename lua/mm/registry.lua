-- Registries: the current schema hash of each view set, and who says so.
local core = require("mm.core")
local errors = require("mm.errors")
local json = require("mm.json")
local releases = require("mm.releases")

local registry = {}

local MEMBERS = {
   {"view_set_name", "string"},
   {"current_schema_hash", "string"},
   {"schema", "string"},
   {"has_view_maker", "boolean"},
   {"global_instance_available", "boolean"},
   {"source", "string"},
}
local FILE_BYTES_MAX = 16 * 1024 * 1024

-- Raises at the line that called the caller.
local function check_type(what, value, expected)
   if type(value) ~= expected then
      error(("%s must be of type %s, not %s"):format(what, expected, type(value)), 3)
   end
end

-- What is wrong with the type of a row or of a member of it; nil when nothing is.
local function row_problem(row)
   if type(row) ~= "table" then
      return ("must be an object, not %s"):format(row == json.null and "null" or type(row))
   end
   for _, member in ipairs(MEMBERS) do
      local name, expected = member[1], member[2]
      local value = row[name]
      if value ~= nil and value ~= json.null and type(value) ~= expected then
         return ("%s must be of type %s, not %s"):format(name, expected, type(value))
      end
   end
end

local function first_problem(rows)
   for i, row in ipairs(rows) do
      local problem = row_problem(row)
      if problem then
         return ("row %d: %s"):format(i, problem)
      end
   end
end

-- The members that are known, null as nil, and the source that `source_of` makes of the row's own.
local function entries_of(rows, source_of)
   local entries = {}
   for i, row in ipairs(rows) do
      local entry = {}
      for _, member in ipairs(MEMBERS) do
         local name = member[1]
         if row[name] ~= json.null then
            entry[name] = row[name]
         end
      end
      entry.source = source_of(entry.source)
      entries[i] = entry
   end
   return entries
end

-- cjson takes the last of several members of one name, others the first: nobody knows which is meant.
local function repeated_member(text, rows)
   local _, names = text:gsub('"view_set_name"%s*:', "")
   local _, hashes = text:gsub('"current_schema_hash"%s*:', "")
   return math.max(names, hashes) > #rows and "a row gives its view_set_name or current_schema_hash twice" or nil
end

-- The rows of a JSON text.
local function parse(text)
   text = text:gsub("^\239\187\191", "") -- a byte order mark
   local rows, err = json.decode(text)
   if err then
      return nil, err
   elseif not text:find("^%s*%[") then
      return errors.fail("invalid", "must be an array of objects, the rows of list_view_sets()")
   elseif #rows == 0 then
      return errors.fail("invalid", "no view sets")
   end
   local problem = first_problem(rows) or repeated_member(text, rows)
   if problem then
      return errors.fail("invalid", problem)
   end
   return rows
end

-- A registry that was written out again keeps what it rests on.
local function decode(text, source)
   local rows, err = parse(text)
   if not rows then
      return nil, err
   end
   return core.registry_new(entries_of(rows, function(own)
      return own and own .. ", from " .. source or source
   end))
end

--- Makes a registry from a server's answer to `SELECT * FROM list_view_sets()`: a JSON array of objects with hashes in
--- hexadecimal, as the HTTP gateway and the Python client give it. Members that are not known are ignored.
---@param text string
---@param source? string where the answer comes from
---@return mm.registry|nil, mm.error|nil err
function registry.decode(text, source)
   check_type("registry.decode: text", text, "string")
   source = source or "list_view_sets() answer"
   check_type("registry.decode: source", source, "string")
   local made, err = decode(text, source)
   if not made then
      err.message = source .. ": " .. err.message
   end
   return made, err
end

local function read_file(path)
   local file, message = io.open(path, "rb")
   if not file then
      return nil, message
   end
   local text, problem = file:read(FILE_BYTES_MAX + 1)
   file:close()
   if problem then
      return nil, path .. ": " .. problem
   end
   return text or ""
end

--- Makes a registry from a file with a server's answer to `SELECT * FROM list_view_sets()`.
---@param path string
---@return mm.registry|nil, mm.error|nil err
function registry.read(path)
   check_type("registry.read: path", path, "string")
   local text, problem = read_file(path)
   if not text then
      return errors.fail("io", "cannot read " .. problem)
   elseif #text > FILE_BYTES_MAX then
      return errors.fail("invalid", path .. ": larger than 16 MiB, no answer to list_view_sets()")
   end
   return registry.decode(text, path)
end

local metatable = getmetatable(assert(core.registry_new({})))

--- Whether the value is a registry.
---@param value any
---@return boolean
function registry.is(value)
   return type(value) == "userdata" and getmetatable(value) == metatable
end

--- Makes a registry from tables as `registry:list_view_sets()` gives them.
---@param entries mm.view_set[]
---@return mm.registry|nil, mm.error|nil err
function registry.new(entries)
   check_type("registry.new: entries", entries, "table")
   local is_list = #entries > 0 or next(entries) == nil
   local problem = not is_list and "entries must be a list" or first_problem(entries)
   if problem then
      error("registry.new: " .. problem, 2)
   end
   return core.registry_new(entries_of(entries, function(own)
      return own or "given"
   end))
end

--- The view sets of a release of micromegas, by its version: `0.33`, `v0.33`, `0.33.0` and `v0.33.0` are the same.
---@param version string
---@return mm.registry|nil, mm.error|nil err
function registry.release(version)
   check_type("registry.release: version", version, "string")
   local release = releases.find(version)
   if not release then
      local message = ("release '%s' is not known: mm knows %s"):format(version, releases.range())
      return errors.fail("not_found", message, {hint = releases.hint(version)})
   end
   return core.registry_new(releases.view_sets(release))
end

--- The releases that `release` knows, the oldest first.
---@return {version: string, date: string, arrow: string, lakehouse: integer, data_lake: integer}[]
function registry.releases()
   return releases.list()
end

--- The releases that write this hash for this view set, the oldest first, and the same as text: `0.12 to 0.27`.
---@param view_set_name string
---@param hash string hexadecimal
---@return string[] versions, string|nil range
function registry.releases_of(view_set_name, hash)
   check_type("registry.releases_of: view_set_name", view_set_name, "string")
   check_type("registry.releases_of: hash", hash, "string")
   local versions = releases.writing(view_set_name, hash:lower())
   local first, last = versions[1], versions[#versions]
   return versions, first and (first == last and first or first .. " to " .. last)
end

return registry
