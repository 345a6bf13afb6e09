-- Changes of what stands in lists: columns without their values, alternatives left out. See sql_rules.lua.
local sql_lists = {}

local ENDS = {}
for word in ("; from where union order group limit offset returning on"):gmatch("%S+") do
   ENDS[word] = true
end

-- The items of the list that begins with list[first], as {first, last} without `as NAME`, which is their `name`.
local function items(list, first)
   local result, depth, from, i = {}, list[first].depth, first, first
   local function finish()
      local last, name = i - 1, nil
      if last - from >= 2 and list[last - 1].text == "as" then
         last, name = last - 2, list[last].text
      end
      if last >= from then
         result[#result + 1] = {from, last, name = name}
      end
      from = i + 1
   end
   while list[i] and list[i].depth >= depth and not (list[i].depth == depth and ENDS[list[i].text]) do
      if list[i].depth == depth and list[i].text == "," then
         finish()
      end
      i = i + 1
   end
   finish()
   return result
end

local function is_column(list, item)
   return item[1] == item[2] and list[item[1]].text:find("^[%a_][%w_.]*$") and list[item[1]].text ~= "null"
end

-- A value becomes null.
local function without_values(found, list, first, is_named)
   for _, item in ipairs(items(list, first)) do
      local from, to = list[item[1]], list[item[2]]
      local name = is_named and not item.name and is_column(list, item) and from.text:match("[%w_]+$")
      if to.text ~= "*" and from.text ~= "null" and list[item[1]].depth == list[first].depth then
         found:wrap(from, to, "(case when false then ", " end)" .. (name and " as " .. name or ""), "null")
      end
   end
end

-- (select x from ...) as an operand: that it is null is noticed where its operator is changed.
local function is_operand(list, i)
   local open, before = list[i - 1], list[i - 2]
   return before and open.text == "(" and before.text:find("^[=<>+-]") and not list[i + 2].text:find("^[,(]")
end

-- A column that is set keeps what it had.
local function without_assignments(found, list, first)
   local alias = list[first - 3].text ~= "update" and list[first - 2].text .. "." or ""
   for _, item in ipairs(items(list, first)) do
      local column, from, to = list[item[1]], list[item[1] + 2], list[item[2]]
      found:wrap(from, to, ("(case when true then %s%s else "):format(alias, column.text), " end)", column.text)
   end
end

-- (p.a, p.b) is not distinct from (b.a, b.b): a column compared with itself.
local function without_comparisons(found, list, i)
   local right, open = items(list, i + 2), i - 1
   repeat
      open = open - 1
   until list[open].depth == list[i].depth
   for k, item in ipairs(items(list, open + 1)) do
      local from, to = list[item[1]], list[item[2]]
      found:add(from, to, found:span(list[right[k][1]], list[right[k][2]]), "not compared: " .. found:span(from, to))
   end
end

local function remove(found, list, all, k)
   local item, before, after = all[k], all[k - 1], all[k + 1]
   local first, last = list[item[1]], list[item[2]]
   local from = before and list[before[2] + 1] or first
   local to = not before and after and list[after[1] - 1] or last
   found:add(from, to, "", "without " .. found:line(first, last))
end

-- values (...), (...)
local function of_rows(found, list, first)
   local rows = items(list, first)
   for k, row in ipairs(rows) do
      for n, item in ipairs(items(list, row[1] + 1)) do
         local token = list[item[1]]
         if #rows == 1 and token.text ~= "null" then
            found:wrap(token, list[item[2]], "(case when false then ", " end)", "null")
         elseif n > 1 and token.text:find("^'") then
            found:replace(token, token, "'another'")
         end
      end
      if #rows > 1 then
         remove(found, list, rows, k)
      end
   end
end

-- ('a', 'b'), array['a', 'b']
local function shorter(found, list, first)
   local all = items(list, first)
   for k, item in ipairs(all) do
      if #all > 1 and list[item[1]].text:find("^'") and item[1] == item[2] then
         remove(found, list, all, k)
      end
   end
end

local function without_default(found, list, first)
   local all = items(list, first)
   remove(found, list, all, #all)
end

function sql_lists.changes(found, list, i)
   local word, next, after = list[i].text, list[i + 1], list[i + 2]
   if word == "select" and next.depth == list[i].depth and not ENDS[next.text] and not is_operand(list, i) then
      without_values(found, list, next.text == "distinct" and i + 2 or i + 1, true)
   elseif word == "returning" then
      without_values(found, list, i + 1, true)
   elseif word == "row" and next.text == "(" or word == "partition" and next.text == "by" then
      without_values(found, list, i + 2, false)
   elseif word == "set" then
      without_assignments(found, list, i + 1)
   elseif word == "is not distinct from" and list[i - 1].text == ")" and next.text == "(" then
      without_comparisons(found, list, i)
   elseif word == "values" then
      of_rows(found, list, i + 1)
   elseif (word == "in" or word == "array") and after and after.text:find("^'") then
      shorter(found, list, i + 2)
   elseif word == "coalesce" then
      without_default(found, list, i + 2)
   end
end

return sql_lists
