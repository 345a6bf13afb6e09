-- The statements of a program that was built with spec/mutations/embed-sql: in the file $MM_SQL_TEXTS.
--
--   local statements = texts.open(path, [is_signed])      the file is made, with the statements of src/sql/; signed:
--      the files that a statement is made of stand in it, each as /* src/sql/NAME.sql */, for the server's log
--   statements:set(file, text)               what src/sql/ would be with `text` in `file`, nil: as it is there
local shell = require("spec.support.shell")

local texts = {}
local statements = {}
statements.__index = statements

local BYTES = 65536

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("a")
   file:close()
   return text
end

-- With the files that it includes, of which `changed` has another text.
local function expand(path, changed, includes)
   local text = path == changed.path and changed.text or read(path)
   includes[path] = true
   return ((changed.is_signed and "\n/* " .. path .. " */\n" or "\n") .. text):gsub("\n\\ir ([^\n]*)", function(name)
      return "\n" .. expand("src/sql/" .. name, changed, includes):gsub("\n$", "")
   end):sub(2)
end

function statements:write(path, changed)
   local text = expand(path, changed or self, {})
   assert(#text < BYTES, path .. " is too long")
   self.file:seek("set", (self.places[path] - 1) * BYTES)
   self.file:write(text, "\0")
end

function statements:set(path, text)
   for _, each in ipairs(self.including[path]) do
      self:write(each, {path = path, text = text})
   end
   self.file:flush()
end

function texts.open(path, is_signed)
   local self = setmetatable({file = assert(io.open(path, "w+b")), places = {}, including = {}, is_signed = is_signed},
      statements)
   local list = shell.lines(shell.run("ls src/sql/*.sql | LC_ALL=C sort").stdout)
   for place, each in ipairs(list) do
      local includes = {}
      self.places[each] = place
      expand(each, {}, includes)
      for included in pairs(includes) do
         self.including[included] = self.including[included] or {}
         table.insert(self.including[included], each)
      end
      self:write(each)
   end
   self.file:seek("set", #list * BYTES - 1)
   self.file:write("\0")
   self.file:flush()
   return self
end

return texts
