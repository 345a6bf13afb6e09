-- Changes of a text of tokens, collected: see sql_rules.lua and code_rules.lua.
--
--   local found = changes.new(text)
--   found:add(first, last, with, what)     from token `first` to `last` becomes `with`
--   found:wrap(first, last, before, after, what)     stays there, between these
--   found.list -> {{from=, to=, with=, what=}...}
local changes = {}
changes.__index = changes

function changes.new(text)
   return setmetatable({text = text, list = {}, seen = {}}, changes)
end

--- The text from one token to another, in one line.
function changes:span(first, last)
   local text = self.text:sub(first.from, last.to):gsub("\n *%-%- [iu][fn]l?e?s?s? [%w_.]+:", "\n")
   return (text:gsub("%-%- [^\n]*", " "):gsub("%s+", " "))
end

-- The line around a small span, which is marked in it.
function changes:line(first, last)
   local before = self.text:sub(1, first.from - 1):match("[^\n]*$"):gsub("^ +", "")
   local after = self.text:sub(last.to + 1):match("^[^\n]*"):gsub(" *%-%- .*$", "")
   return ("%s«%s»%s"):format(before, self:span(first, last), after)
end

function changes:add(first, last, with, what)
   local key = ("%d %d %s"):format(first.from, last.to, with)
   if first.condition == last.condition and (not self.condition_only or first.condition) and not self.seen[key] then
      self.seen[key] = true
      self.list[#self.list + 1] = {from = first.from, to = last.to, with = with, what = what}
   end
end

--- A small span, named by its line.
function changes:replace(first, last, with)
   self:add(first, last, with, ("%s -> %s"):format(self:line(first, last), with ~= "" and with or "nothing"))
end

--- A span that is named by what it is; it stays in the text.
function changes:wrap(first, last, before, after, what)
   local kept = self.text:sub(first.from, last.to)
   before, kept = before .. (first.is_include and "\n" or ""), kept .. (last.is_include and "\n" or "")
   self:add(first, last, before .. kept .. after, ("%s for %s"):format(what, self:span(first, last)))
end

return changes
