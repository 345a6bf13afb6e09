-- \h: the manual, from the comments in the source and the help of the verbs.
local documentation = require("mm.shell.documentation")
local errors = require("mm.errors")
local pager = require("mm.pager")
local screen = require("mm.screen")
local suggest = require("mm.suggest")
local text = require("mm.text")
local verbs = require("mm.shell.verbs")

local manual = {}

local LABELS = {param = "%s", ["return"] = "gives %s"}
local WIDTH = 100 -- where no terminal says another

local function names()
   local list = {}
   for _, entry in ipairs(documentation.all()) do
      list[#list + 1] = entry.name
      list[#list + 1] = entry.short
   end
   for _, name in ipairs(verbs.names()) do
      list[#list + 1] = name
   end
   return list
end

-- "@param opts? {limit: integer} ..." as people read it; nil for what is no tag.
local function tagged(line)
   local tag, rest = line:match("^@(%a+)%s+(.*)$")
   return tag and (LABELS[tag] or "%s"):format(rest)
end

-- The paragraphs of a comment: `{words=, is_tag=}`; an empty line ends one, and what is indented stands alone.
local function paragraphs(comment)
   local list, last = {}, nil
   for _, line in ipairs(comment) do
      local words = tagged(line)
      if words or not last or line == "" or line:find("^    ") and not last.is_tag then
         last = (words or line ~= "") and {words = words or line, is_tag = words ~= nil} or nil
         list[#list + 1] = last
      else
         last.words = last.words .. " " .. line:gsub("^ +", "")
      end
   end
   return list
end

local function write_entry(write, entry)
   local width = screen.width() or WIDTH
   write(entry.name, "(", entry.parameters, ")\n")
   for _, paragraph in ipairs(paragraphs(entry.comment)) do
      local indent = paragraph.is_tag and "    " or "  "
      local lines = text.wrap(paragraph.words, width - #indent - (paragraph.is_tag and 2 or 0))
      write(indent, table.concat(lines, paragraph.is_tag and "\n      " or "\n  "), "\n")
   end
end

local function write_overview(write)
   local width = screen.width() or math.huge
   for _, entry in ipairs(documentation.all()) do
      write(text.truncate(("%-31s %s"):format(entry.name, documentation.summary(entry)), width), "\n")
   end
   write("\n\\h NAME says more. Verbs: ", table.concat(verbs.names(), " "), "\n")
end

local function unknown(name)
   error(errors.new("not_found", ("nothing is documented as '%s'%s"):format(name, suggest.phrase(name, names()))), 0)
end

--- Prints what is known of a function, a method or a verb; without a name, what there is.
---@param name string
---@return boolean is_right
function manual.print(name)
   if name == "" then
      pager.run(write_overview)
      return true
   end
   local found = documentation.find(name)
   if verbs.exists(name) then
      verbs.run(name, {"--help"})
   elseif #found == 0 then
      unknown(name)
   end
   for i, entry in ipairs(found) do
      io.stdout:write((i > 1 or verbs.exists(name)) and "\n" or "")
      pager.run(function(write)
         write_entry(write, entry)
      end)
   end
   return true
end

return manual
