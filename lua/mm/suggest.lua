-- "Did you mean": the known name nearest to a mistyped one.
local suggest = {}

local function normalize(name)
   return (name:lower():gsub("[_ ]", "-"))
end

local function cheapest_edit(rows, a, b, i, j)
   local cost = a:byte(i) == b:byte(j) and 0 or 1
   local best = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
   local is_swap = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
   return is_swap and math.min(best, rows[i - 2][j - 2] + 1) or best
end

--- How many bytes must be inserted, deleted, replaced or swapped with their neighbour to make `a` into `b`.
---@param a string
---@param b string
---@return integer
function suggest.distance(a, b)
   local rows = {[0] = {}}
   for j = 0, #b do
      rows[0][j] = j
   end
   for i = 1, #a do
      rows[i] = {[0] = i}
      for j = 1, #b do
         rows[i][j] = cheapest_edit(rows, a, b, i, j)
      end
   end
   return rows[#a][#b]
end

-- Smaller is nearer, nil is further than `limit`. A name that begins with what was typed is as good as one with a
-- single error.
local function rank(name, candidate, limit)
   local a, b = normalize(name), normalize(candidate)
   if #a >= 3 and b:sub(1, #a) == a then
      return a == b and 0 or 1
   end
   local distance = math.abs(#a - #b) <= limit and suggest.distance(a, b)
   return distance and distance <= limit and distance or nil
end

--- The nearest of `names`, or nil when none is near enough to be meant.
---@param name string
---@param names string[]
---@return string|nil
function suggest.nearest(name, names)
   local best, best_rank
   if #name < 2 then
      return nil
   end
   for _, candidate in ipairs(names) do
      local limit = math.max(1, math.floor(math.min(#name, #candidate) / 3))
      local candidate_rank = rank(name, candidate, limit)
      if candidate_rank and (not best or candidate_rank < best_rank) then
         best, best_rank = candidate, candidate_rank
      end
   end
   return best
end

--- `; did you mean 'x'?`, or nothing.
---@param name string
---@param names string[]
---@return string
function suggest.phrase(name, names)
   local nearest = suggest.nearest(name, names)
   return nearest and ("; did you mean '%s'?"):format(nearest) or ""
end

return suggest
