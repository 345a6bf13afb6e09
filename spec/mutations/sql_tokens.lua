-- The tokens of a statement in src/sql/, in one of its two readings: as it stands, which is that of the newest catalog,
-- or reversed, with each line that stands for another catalog or mode (`-- unless sort_order: ...`) in place of those
-- that are marked (`... -- if sort_order`).
--
--   sql_tokens.read(text, is_reversed) -> {{text=, from=, to=, depth=, condition=}...}
--      from, to: where it stands in `text`. depth: how many parentheses, brackets and CASEs are around it; what opens
--      or closes them is outside. condition: of its line, or nil.
local sql_tokens = {}

local OPERATORS = {"->>", "->", "<=", ">=", "<>", "::", "<@", "||", "<<"}
local OPENS = {["("] = true, ["["] = true, case = true}
local CLOSES = {[")"] = true, ["]"] = true, ["end"] = true}

-- The code of a line and its condition: `-- if NAME: code`, `code -- if NAME`, or code and any other comment.
local function code_of(line, is_reversed)
   local before, condition, code = line:match("^( *%-%- ([iu][fn]l?e?s?s? [%w_.]+):)(.*)$")
   if before then
      return is_reversed and code, #before, condition
   end
   code, condition = line:match("^(.-%S.-)%-%- ([iu][fn]l?e?s?s? [%w_.]+)$")
   if code then
      return not is_reversed and code, 0, condition
   end
   return line:match("^(.-)%-%-") or line, 0, nil
end

local function length_at(code, at)
   for _, pattern in ipairs{"^'[^']*'", "^%$%d+", "^[%a_][%w_.]*", "^%d[%d.]*"} do
      local _, last = code:find(pattern, at)
      if last then
         return last - at + 1
      end
   end
   for _, operator in ipairs(OPERATORS) do
      if code:sub(at, at + #operator - 1) == operator then
         return #operator
      end
   end
   return 1
end

local function add_tokens(list, code, offset, condition)
   if code:find("^\\ir ") then
      list[#list + 1] = {text = code, from = offset + 1, to = offset + #code, is_include = true}
      return
   end
   local at = code:find("%S")
   while at do
      local length = length_at(code, at)
      list[#list + 1] = {text = code:sub(at, at + length - 1), from = offset + at, to = offset + at + length - 1,
         condition = condition}
      at = code:find("%S", at + length)
   end
end

-- `is not distinct from` is an operator: its words mean other things elsewhere.
local function begins_operator(text)
   text = text .. " "
   return ("is not distinct from "):sub(1, #text) == text or ("is distinct from "):sub(1, #text) == text
end

local function join_operators(list)
   local joined = {}
   for _, token in ipairs(list) do
      local last = joined[#joined]
      if last and begins_operator(last.text .. " " .. token.text) then
         last.text, last.to = last.text .. " " .. token.text, token.to
      else
         joined[#joined + 1] = token
      end
   end
   return joined
end

local function set_depths(list)
   local depth = 0
   for _, token in ipairs(list) do
      depth = depth - (CLOSES[token.text] and 1 or 0)
      token.depth = depth
      depth = depth + (OPENS[token.text] and 1 or 0)
   end
   return list
end

function sql_tokens.read(text, is_reversed)
   local list, offset = {}, 0
   for line in text:gmatch("([^\n]*)\n") do
      local code, skipped, condition = code_of(line, is_reversed)
      if code then
         add_tokens(list, code, offset + skipped, condition)
      end
      offset = offset + #line + 1
   end
   return set_depths(join_operators(list))
end

return sql_tokens
