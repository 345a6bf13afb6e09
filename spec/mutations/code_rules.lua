-- What is changed in Lua and C, one at a time: conditions that never hold, terms, comparisons, numbers, and in Lua
-- statements and what tables name. See sql_rules.lua.
--
--   code_rules.changes(text, is_c) -> {{from=, to=, with=, what=}...}
local changes = require("spec.mutations.changes")
local code_tokens = require("spec.mutations.code_tokens")

local code_rules = {}

local LUA = {["and"] = "and", ["or"] = "or", yes = "true", no = "false", never = "false and (", always = "true or ("}
local C = {["and"] = "&&", ["or"] = "||", yes = "1", no = "0", never = "0 && (", always = "1 || ("}
local INSTEAD = {["<"] = "<=", ["<="] = "<", [">"] = ">=", [">="] = ">", ["+"] = "-", ["-"] = "+", ["*"] = "+",
   ["/"] = "*"}
local LUA_ONLY = {["*"] = true, ["-"] = true, ["/"] = true}
local BOUNDARY = {}
for word in ("if elseif while until then do return else end local function repeat for in = , ; ? : += -="):gmatch("%S+")
do
   BOUNDARY[word] = true
end
local OPERATORS = {["and"] = true, ["or"] = true, ["not"] = true}

local function is_operand(token)
   return token.text:find("^[%w_\")%]}]") and not BOUNDARY[token.text] and not OPERATORS[token.text]
end

-- Between two statements of Lua stands nothing: an operand follows another.
local function is_start(list, i, words)
   local previous, token = list[i - 1], list[i]
   if not previous or BOUNDARY[token.text] or previous.depth < token.depth then
      return not BOUNDARY[token.text]
   end
   return previous.depth == token.depth and (BOUNDARY[previous.text] or words == LUA and is_operand(previous)
      and token.text:find("^[%a_]") and not OPERATORS[token.text])
end

local function last_of(list, i, words)
   local depth, last = list[i].depth, i
   while list[last + 1] and list[last + 1].depth >= depth and not (list[last + 1].depth == depth
      and (BOUNDARY[list[last + 1].text] or is_start(list, last + 1, words))) do
      last = last + 1
   end
   return last
end

local function split(list, first, last, word)
   local parts, from = {}, first
   for i = first, last do
      if list[i].depth == list[first].depth and list[i].text == word then
         parts[#parts + 1], from = {from, i - 1}, i + 1
      end
   end
   parts[#parts + 1] = {from, last}
   return parts
end

local function without(found, list, part, value)
   local first, last = list[part[1]], list[part[2]]
   if first == last and (first.text == "nil" or first.text == value) then
      return
   end
   found:add(first, last, value, ("%s for %s"):format(value, found:line(first, last)))
end

local function terms(found, list, first, last, words)
   local ors = split(list, first, last, words["or"])
   for _, alternative in ipairs(ors) do
      local ands = split(list, alternative[1], alternative[2], words["and"])
      for _, part in ipairs(#ands > 1 and ands or {}) do
         without(found, list, part, words.yes)
      end
      if #ors > 1 then
         without(found, list, alternative, words.no)
      end
   end
end

-- if COND then, elseif COND then, until COND; if (COND), COND ?
local function condition(found, list, first, last, words)
   local before, after = list[first - 1] and list[first - 1].text, list[last + 1] and list[last + 1].text
   if words == LUA and (before == "if" or before == "elseif") or words == C and after == "?" then
      found:wrap(list[first], list[last], words.never, ")", "never")
   elseif words == LUA and before == "until" then
      found:wrap(list[first], list[last], words.always, ")", "always")
   elseif words == C and before == "(" and list[first - 2].text == "if" then
      found:wrap(list[first], list[last], words.never, ")", "never")
   end
end

-- { "a", "b" }, { a = true, b = true }
local function names(found, list, i)
   local last = i
   while list[last + 1] and list[last + 1].depth > list[i].depth do
      last = last + 1
   end
   for k = i + 1, last do
      local first, ends = list[k], list[k].text:find('^"') and k
      if list[k].depth == list[i].depth + 1 and list[k + 1].text == "=" and list[k + 2].text == "true" then
         ends = k + 2
      end
      if ends and (list[ends + 1].text == "," or ends == last) and (list[k - 1].text == "," or k == i + 1) then
         local to = list[ends + 1].text == "," and list[ends + 1] or list[ends]
         found:add(first, to, "", "without " .. found:line(first, list[ends]))
      end
   end
end

local function words_of(found, list, i, words)
   local token, before = list[i], list[i - 1] and list[i - 1].text
   local instead = INSTEAD[token.text]
   if instead and (words == LUA or not LUA_ONLY[token.text]) then
      found:replace(token, token, instead)
   elseif words == LUA and token.text == "==" and not found:line(token, token):find("if ") then
      found:replace(token, token, "~=")
   elseif words == LUA and token.text:find("^%d+$") and before ~= "["
      and not (before == "=" and list[i - 2].text == "n") then
      found:replace(token, token, ("%d"):format(token.text + 1))
   elseif words == LUA and token.text == "{" then
      names(found, list, i)
   end
end

local function is_balanced(code)
   local _, opened = code:gsub("[({]", "")
   local _, closed = code:gsub("[)}]", "")
   return opened == closed
end

-- A call, or an assignment to what is there already, in one line.
local function is_statement(code, previous)
   return (code:find("^[%w_.:]+%(.*%)$") or code:find("^[%w_.#%[%], +]+ = .*[^,{(]$")) and is_balanced(code)
      and not code:find("^local ") and not code:find("^return ") and not previous:find("[,{(]$")
end

local function statements(found)
   local offset, previous = 0, ""
   for line in found.text:gmatch("([^\n]*)\n") do
      local indent, code = line:match("^( +)(%S.*)$")
      local following = found.text:match("^( *)", offset + #line + 2)
      if code and #following <= #indent and is_statement(code, previous) then
         local token = {from = offset + #indent + 1, to = offset + #line}
         found:add(token, token, "", "without " .. code)
      end
      offset, previous = offset + #line + 1, line
   end
end

function code_rules.changes(text, is_c)
   local found, words, list = changes.new(text), is_c and C or LUA, code_tokens.read(text, is_c)
   for i = 1, #list do
      if is_start(list, i, words) then
         local last = last_of(list, i, words)
         terms(found, list, i, last, words)
         condition(found, list, i, last, words)
      end
      words_of(found, list, i, words)
   end
   if not is_c then
      statements(found)
   end
   return found.list
end

return code_rules
