-- What is changed in a statement, one at a time, to see whether a spec notices.
--
--   sql_rules.changes(text) -> {{from=, to=, with=, what=}...}      as changes.lua has them
--
-- Terms and values stay in the text, where the planner folds them away: so parameters keep their types. Changes are
-- made in both readings of a statement (sql_tokens.lua), and none goes from a line of one condition to one of another.
local changes = require("spec.mutations.changes")
local sql_lists = require("spec.mutations.sql_lists")
local sql_tokens = require("spec.mutations.sql_tokens")

local sql_rules = {}

local INSTEAD = {["<"] = "<=", ["<="] = "<", [">"] = ">=", [">="] = ">", ["+"] = "-", ["-"] = "+",
   ["is not distinct from"] = "=", ["is distinct from"] = "<>", ["true"] = "false", ["false"] = "true",
   ["'[)'"] = "'[]'", ["'[]'"] = "'[)'", desc = "", distinct = ""}
local FUNCTIONS = {min = "max", max = "min", least = "greatest", greatest = "least", bool_and = "bool_or"}

-- The words of one expression end here and those of another begin, at the same depth.
local BOUNDARY = {}
for word in (", ; select distinct from where on having group order by limit offset union returning when then else "
   .. "filter over as set values using join left cross lateral with insert update delete into desc"):gmatch("%S+") do
   BOUNDARY[word] = true
end

local function is_start(list, i)
   local previous, token = list[i - 1], list[i]
   return not BOUNDARY[token.text] and (not previous or previous.depth < token.depth
      or previous.depth == token.depth and BOUNDARY[previous.text])
end

local function last_of(list, i)
   local depth, last = list[i].depth, i
   while list[last + 1] and list[last + 1].depth >= depth
      and not (list[last + 1].depth == depth and BOUNDARY[list[last + 1].text]) do
      last = last + 1
   end
   return last
end

-- The parts of list[first..last] between `word`s at its depth.
local function split(list, first, last, word)
   local parts, from, is_between = {}, first, false
   for i = first, last do
      local token = list[i]
      if token.depth == list[first].depth and token.text == word and not (word == "and" and is_between) then
         parts[#parts + 1], from = {from, i - 1}, i + 1
      end
      if token.depth == list[first].depth then
         is_between = token.text == "between" or is_between and token.text ~= "and"
      end
   end
   parts[#parts + 1] = {from, last}
   return parts
end

local function without(found, list, part, value)
   local first, last, after = list[part[1]], list[part[2]], list[part[2] + 1]
   local is_half = after and after.text == "filter" -- of an aggregate's call
   if not is_half and (first ~= last or first.text ~= "true") then
      found:wrap(first, last, value == "true" and "(true or (" or "(false and (", "))", value)
   end
end

local function opener(list, i)
   local depth = list[i].depth
   repeat
      i = i - 1
   until i == 0 or list[i].depth < depth
   return i
end

-- A term alone: the whole condition.
local function single(found, list, part)
   local before = list[part[1] - 1]
   if not before then
      return
   elseif before.text == "where" or before.text == "on" or before.text == "having" then
      without(found, list, part, "true")
   elseif before.text == "when" and list[opener(list, part[1]) + 1].text == "when" then
      without(found, list, part, "false")
   elseif before.text == "when" or before.text == "else" and list[part[1]].text ~= "null" then
      found:wrap(list[part[1]], list[part[2]], "(case when false then ", " end)", "null")
   end
end

local function terms(found, list, first, last)
   local ors = split(list, first, last, "or")
   for _, alternative in ipairs(ors) do
      local ands = split(list, alternative[1], alternative[2], "and")
      for _, part in ipairs(#ands > 1 and ands or {}) do
         without(found, list, part, "true")
      end
      if #ors > 1 then
         without(found, list, alternative, "false")
      elseif #ands == 1 then
         single(found, list, alternative)
      elseif list[first - 1] and list[first - 1].text == "when" then
         without(found, list, alternative, "false")
      end
   end
end

local function is_position(list, i)
   while list[i].text == "," or list[i].text:find("^%d") do
      i = i - 1
   end
   return list[i].text == "by"
end

local function constants(found, list, i)
   local token, before = list[i], list[i - 1]
   local count, unit = token.text:match("^'(%d+)( .*)'$")
   if count and before.text == "interval" then
      found:replace(token, token, ("'%d%s'"):format(count * 2, unit))
      found:replace(token, token, ("'%.1f%s'"):format(count / 2, unit))
   elseif token.text:find("^%d+$") and not is_position(list, i) then
      found:replace(token, token, ("%d"):format(token.text + 1))
      if token.text ~= "0" then
         found:replace(token, token, ("%d"):format(token.text - 1))
      end
   end
end

local function words(found, list, i)
   local token, after = list[i], list[i + 1] and list[i + 1].text
   if INSTEAD[token.text] then
      found:replace(token, token, INSTEAD[token.text])
   elseif FUNCTIONS[token.text] and after == "(" then
      found:replace(token, token, FUNCTIONS[token.text])
   elseif token.text == "left" and after == "join" then
      found:replace(token, token, "")
   end
end

local function changes_of(found, list)
   for i = 1, #list do
      if is_start(list, i) then
         terms(found, list, i, last_of(list, i))
      end
      constants(found, list, i)
      words(found, list, i)
      sql_lists.changes(found, list, i)
   end
end

function sql_rules.changes(text)
   local found = changes.new(text)
   changes_of(found, sql_tokens.read(text, false))
   found.condition_only = true
   changes_of(found, sql_tokens.read(text, true))
   return found.list
end

return sql_rules
