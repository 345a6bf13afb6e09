-- The regular expressions of shapes: characters, classes and \S, each with a quantifier, between anchors. What this
-- knows is what every dialect of them reads alike, and it needs no library.
local pattern = {}

local BLANK = "[ \t\n\v\f\r]"

-- The bytes of a class like A-Za-z0-9_.- as a set; `set[nil]` is what stands after the end of a text.
local function class(members)
   local set, at = {}, 1
   while at <= #members do
      local first, last = members:match("^(.)%-(.)", at)
      first = first or members:sub(at, at)
      for byte = first:byte(), (last or first):byte() do
         set[byte] = true
      end
      at = at + (last and 3 or 1)
   end
   return set
end

local function not_blank()
   local set = {}
   for byte = 0, 255 do
      set[byte] = not string.char(byte):find(BLANK)
   end
   return set
end

local function atom(source, at)
   if source:find("^\\S", at) then
      return not_blank(), at + 2
   end
   local members, behind = source:match("^%[([^%[%]]+)%]()", at)
   if members then
      return class(members), behind
   end
   return class(assert(source:match("^[%w_/-]", at), "no such form of patterns is known: " .. source)), at + 1
end

local function quantifier(source, at)
   local least, most, behind = source:match("^{(%d+),?(%d*)}()", at)
   if least then
      return tonumber(least), tonumber(most) or tonumber(least), behind
   elseif source:find("^[+*]", at) then
      return source:sub(at, at) == "+" and 1 or 0, math.huge, at + 1
   end
   return 1, 1, at
end

local function compile(source)
   local body = source:gsub("^%^", ""):gsub("%$$", "")
   local compiled, at = {is_begun = source:sub(1, 1) == "^", is_ended = source:sub(-1) == "$"}, 1
   while at <= #body do
      local item = {}
      item.set, at = atom(body, at)
      item.least, item.most, at = quantifier(body, at)
      compiled[#compiled + 1] = item
   end
   return compiled
end

local function fits(compiled, index, text, at)
   local item = compiled[index]
   if not item then
      return not compiled.is_ended or at > #text
   end
   local count = 0
   while count < item.most and at + count <= #text and item.set[text:byte(at + count)] do
      count = count + 1
   end
   for taken = count, item.least, -1 do
      if fits(compiled, index + 1, text, at + taken) then
         return true
      end
   end
   return false
end

local known = {}

--- Whether a text matches.
---@param text string
---@param source string
---@return boolean
function pattern.matches(text, source)
   local compiled = known[source] or compile(source)
   known[source] = compiled
   for at = 1, compiled.is_begun and 1 or #text + 1 do
      if fits(compiled, 1, text, at) then
         return true
      end
   end
   return false
end

return pattern
