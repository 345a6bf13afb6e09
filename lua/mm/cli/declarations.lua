-- What verbs declare of their command lines, read without running them: for completion and the manual.
local cli = require("mm.cli")
local common = require("mm.cli.common")
local releases = require("mm.releases")

local declarations = {}

-- A verb begins by declaring; it is left there.
local function declared(path)
   local parse, mark, found = cli.parse, {}, nil
   function cli.parse(declaration)
      found = declaration
      error(mark, 0)
   end
   local chunk, message = loadfile(path)
   local is_right, err = pcall(chunk or error, not chunk and message or nil)
   cli.parse = parse
   return found or nil, not is_right and err ~= mark and err or path .. " declares nothing"
end

local function first_line(path)
   local file = assert(io.open(path))
   local line = file:read("*l")
   file:close()
   return line:match("^%-%- (.-)%.?$") or ""
end

--- The declaration of the verb at `path`, its options complete, and `name` and `summary`, the first line.
---@param path string
---@return table|nil declaration, string|nil message
function declarations.of(path)
   local found, message = declared(path)
   if not found then
      return nil, message
   end
   return {name = path:match("([^/]+)%.lua$"), summary = first_line(path), text = found.text,
      arguments = found.arguments or {}, options = common.expand(found.options), examples = found.examples or {}}
end

--- The declarations of the verbs at these paths, by name.
---@param paths string[]
---@return table[]
function declarations.all(paths)
   local list = {}
   for i, path in ipairs(paths) do
      list[i] = assert(declarations.of(path))
   end
   table.sort(list, function(a, b)
      return a.name < b.name
   end)
   return list
end

local function release_names()
   local names = {}
   for _, release in ipairs(releases.list()) do
      table.insert(names, 1, (release.version:gsub("^v", "")))
   end
   return names
end

local function view_set_names()
   local names, list = {}, releases.list()
   for _, entry in ipairs(releases.view_sets(list[#list])) do
      names[#names + 1] = entry.view_set_name
   end
   table.sort(names)
   return names
end

--- Words that an option or argument is likely to take, and whether it takes a file.
---@param option table
---@return string[] words, boolean is_file
function declarations.values(option)
   local words, placeholder = option.values or {}, option.value or ""
   if placeholder:find("RELEASE", 1, true) then
      words = release_names()
   elseif option.name == "view_set" then
      words = view_set_names()
   end
   return words, placeholder:find("FILE", 1, true) ~= nil
end

return declarations
