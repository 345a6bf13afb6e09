-- Where in a piece of Lua the cursor stands: in a string, a comment or code, inside which brackets.
local scan = {}

local CLOSING = {["("] = ")", ["{"] = "}", ["["] = "]"}

-- Where a string that begins at `at` ends; nil when it does not.
local function end_of_string(text, at)
   local quote = text:sub(at, at)
   local i = at + 1
   while i <= #text do
      local character = text:sub(i, i)
      if character == "\\" then
         i = i + 1
      elseif character == quote then
         return i
      end
      i = i + 1
   end
end

-- Where [[...]] ends, and whether there is one at `at`.
local function end_of_long(text, at)
   local equals = text:match("^%[(=*)%[", at)
   if not equals then
      return nil, false
   end
   local _, stop = text:find("]" .. equals .. "]", at, true)
   return stop, true
end

-- Where a comment ends, if there is one at `at`.
local function end_of_comment(text, at)
   if text:sub(at, at + 1) ~= "--" then
      return nil, false
   end
   local stop, is_long = end_of_long(text, at + 2)
   if is_long then
      return stop, true
   end
   return text:find("\n", at, true), true
end

local function skip(text, at)
   local stop, is_comment = end_of_comment(text, at)
   if is_comment then
      return stop, "comment"
   end
   local is_long
   stop, is_long = end_of_long(text, at)
   if is_long then
      return stop, "long"
   elseif text:find("^[\"']", at) then
      return end_of_string(text, at), "string"
   end
   return at, nil
end

local function bracket(stack, character, at)
   if CLOSING[character] then
      stack[#stack + 1] = at
   elseif character:find("[%)%]}]") then
      stack[#stack] = nil
   end
end

--- Scans a text up to its end, where the cursor is.
---@param text string
---@return {kind: "code"|"string"|"comment"|"long", from: integer, stack: integer[]} from: where the string begins;
---   stack: where the brackets are that are open, the innermost last
function scan.context(text)
   local stack, at = {}, 1
   while at <= #text do
      local stop, kind = skip(text, at)
      if not stop then
         return {kind = kind, from = at, stack = stack}
      elseif not kind then
         bracket(stack, text:sub(at, at), at)
      end
      at = stop + 1
   end
   return {kind = "code", from = at, stack = stack}
end

--- How many commas stand in the text outside of brackets and strings.
---@param text string
---@return integer
function scan.commas(text)
   local count, at, depth = 0, 1, 0
   while at <= #text do
      local stop, kind = skip(text, at)
      local character = not kind and text:sub(at, at) or ""
      depth = depth + (CLOSING[character] and 1 or character:find("[%)%]}]") and -1 or 0)
      count = count + (character == "," and depth == 0 and 1 or 0)
      at = (stop or #text) + 1
   end
   return count
end

return scan
