-- Completion, by the Tab key.
local lua_line = require("mm.shell.complete.lua_line")
local terminal = require("mm.terminal")
local text = require("mm.text")
local verb_line = require("mm.shell.complete.verb_line")

local complete = {}

local GAP, LINES_LEFT = 2, 4

-- Those of the list that begin so, sorted, each once.
local function matching(list, beginning)
   local found, seen = {}, {}
   for _, name in ipairs(list or {}) do
      if name:sub(1, #beginning) == beginning and not seen[name] then
         seen[name] = true
         found[#found + 1] = name
      end
   end
   table.sort(found)
   return found
end

local function common_beginning(list)
   local first, last = list[1], list[#list]
   local length = 0
   while length < #first and first:byte(length + 1) == last:byte(length + 1) do
      length = length + 1
   end
   while length > 0 and length < #first and first:byte(length + 1) >= 0x80 and first:byte(length + 1) < 0xc0 do
      length = length - 1 -- not inside a character
   end
   return first:sub(1, length)
end

local function widest(list)
   local width = 0
   for _, name in ipairs(list) do
      width = math.max(width, text.width(name))
   end
   return width
end

-- In columns, as many lines as leave room for the line that is being typed.
local function in_columns(list)
   local width = widest(list) + GAP
   local columns = math.max(1, math.floor(((terminal.width() or 80) + GAP) / width))
   local rows = math.ceil(#list / columns)
   local shown, lines = math.min(rows, math.max(1, (terminal.height() or 24) - LINES_LEFT)), {}
   for row = 1, shown do
      local cells = {}
      for i = row, #list, rows do
         cells[#cells + 1] = text.pad(text.escape(list[i]), width)
      end
      lines[row] = table.concat(cells):gsub(" +$", "")
   end
   if shown < rows then
      lines[shown + 1] = ("... %d in all; type more of it"):format(#list)
   end
   return table.concat(lines, "\n")
end

local function in_lua(before, line)
   local list, beginning, suffix = lua_line.candidates(before == "" and line or before .. "\n" .. line)
   return matching(list, beginning or ""), beginning, suffix or ""
end

-- What begins a line may be a verb or Lua.
local function either(verbs, word, found, beginning, suffix)
   if #verbs == 0 or #found > 0 and beginning ~= word then
      return found, beginning, suffix
   elseif #found == 0 then
      return verbs, word, " "
   end
   for _, name in ipairs(verbs) do
      found[#found + 1] = name
   end
   return matching(found, word), word, suffix
end

local function candidates(before, line)
   if before ~= "" then
      return in_lua(before, line)
   end
   local list, word, is_only = verb_line.candidates(line)
   local verbs = matching(list, word or "")
   if is_only then
      return verbs, word, " "
   end
   return either(verbs, word, in_lua(before, line))
end

--- What Tab does: the text to insert, nil for none, and what there is to choose from, nil when that is clear.
---@param before string the lines of the entry before this one
---@param line string up to the cursor
---@return string|nil insertion, string|nil choices
function complete.step(before, line)
   local list, beginning, suffix = candidates(before, line)
   if #list == 0 then
      return nil
   elseif #list == 1 then
      return list[1]:sub(#beginning + 1) .. (list[1]:sub(-1) == "/" and "" or suffix) -- into a folder
   end
   local insertion = common_beginning(list):sub(#beginning + 1)
   if insertion ~= "" then
      return insertion
   end
   return nil, in_columns(list)
end

return complete
