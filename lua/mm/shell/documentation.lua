-- What the comments in mm's own source say about its functions, read when somebody asks.
local documentation = {}

-- The tables that functions are defined on, in the files where they are public, and their names outside.
local OWNERS = {
   ["mm.init"] = {mm = "mm."},
   ["mm.registry"] = {registry = "mm.registry."},
   ["mm.schema"] = {schema = "mm.schema."},
   ["mm.rows"] = {methods = "rows:"},
}

local cache

-- Where require has found it, if that is source.
local function path_of(name)
   for _, search in ipairs(rawget(package, "searchers") or {}) do -- Lua 5.1 has none
      local loader, path = search(name)
      if type(loader) == "function" then
         return type(path) == "string" and path:find("%.lua$") and path or nil
      end
   end
end

local function lines_of(name)
   local path = path_of(name)
   local file = path and io.open(path)
   local lines = {}
   for line in (file and file:read("*a") or ""):gmatch("([^\n]*)\n") do
      lines[#lines + 1] = line
   end
   if file then
      file:close()
   end
   return lines
end

-- "lake", "plan", "opts" of `function lake:plan(opts)`, and of `lake.plan = ...` without the last.
local function definition(line)
   local owner, name, parameters = line:match("^function (%w+)[.:]([%w_]+)%((.-)%)")
   if not owner then
      owner, name = line:match("^(%w+)%.([%w_]+) = [%a]")
   end
   return owner, name, parameters
end

local function add(list, owners, line, comment)
   local owner, name, parameters = definition(line)
   local prefix = owner and (owners[owner] or owner == "lake" and "lake:")
   if prefix and #comment > 0 then
      list[#list + 1] = {name = prefix .. name, short = name, parameters = parameters or "id", comment = comment}
   end
end

local function read_file(list, module)
   local comment = {}
   for _, line in ipairs(lines_of(module)) do
      local text = line:match("^%-%-%-? ?(.*)$")
      if text and (#comment > 0 or line:sub(1, 3) == "---") then
         comment[#comment + 1] = text
      elseif not text then
         add(list, OWNERS[module] or {}, line, comment)
         comment = {}
      end
   end
end

local function modules()
   local names = {"mm.init"}
   for name in pairs(package.loaded) do
      if name:find("^mm%.") and not name:find("^mm%.shell%.") and name ~= "mm.init" then
         names[#names + 1] = name
      end
   end
   table.sort(names)
   return names
end

--- All that is documented: `{name=, short=, parameters=, comment=lines}`, by name.
---@return table[]
function documentation.all()
   if cache then
      return cache
   end
   require("mm")
   local list = {}
   for _, module in ipairs(modules()) do
      read_file(list, module)
   end
   table.sort(list, function(a, b)
      return a.name < b.name
   end)
   cache = list
   return list
end

--- What has this name, with or without what it belongs to: "lake:plan" and "plan" are the same.
---@param name string
---@return table[]
function documentation.find(name)
   local found, wanted = {}, name:gsub("^lake%.", "lake:")
   for _, entry in ipairs(documentation.all()) do
      if entry.name == wanted or entry.short == wanted then
         found[#found + 1] = entry
      end
   end
   return found
end

--- The first sentence of its comment.
---@param entry table
---@return string
function documentation.summary(entry)
   local text = {}
   for _, line in ipairs(entry.comment) do
      if line:sub(1, 1) == "@" then
         break
      end
      text[#text + 1] = line
   end
   local words = table.concat(text, " "):gsub("%s+", " ")
   return words:match("^(.-[^%d%.]%.)%s") or words
end

return documentation
