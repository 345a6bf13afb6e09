-- A line as a command shell splits it: words, quoted or not.
local words = {}

local function unquoted(piece)
   return (piece:gsub("\\(.)", "%1"))
end

local readers = {
   {"^'([^']*)'", function(piece) return piece end},
   {'^"((.-)[^\\])"', unquoted},
   {'^""', function() return "" end},
   {"^\\(.)", function(piece) return piece end},
   {"^[^%s'\"\\]+", function(piece) return piece end},
}

-- The piece of a word at `at`, and where the next one begins; a quote without end goes to the end.
local function piece_at(line, at)
   for _, reader in ipairs(readers) do
      local from, to, piece = line:find(reader[1], at)
      if from then
         return reader[2](piece or line:sub(from, to)), to + 1
      end
   end
   return line:sub(at + 1), #line + 1
end

--- Splits a line into words. `'a b'` and `"a b"` are one, as is `a\ b`.
---@param line string
---@return string[]
function words.split(line)
   local list, at = {}, line:find("%S")
   while at do
      local word = {}
      while at <= #line and not line:find("^%s", at) do
         word[#word + 1], at = piece_at(line, at)
      end
      list[#list + 1] = table.concat(word)
      at = line:find("%S", at)
   end
   return list
end

return words
