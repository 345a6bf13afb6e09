-- Random numbers that are the same on every Lua and machine: the minimal standard generator, whose products are exact
-- in a double.
--   local rng = random.new(seed, stream)     a stream of its own for each step of a history
--   rng:int(low, high)  rng:chance(percent)  rng:pick(list)  rng:weighted{{weight, value}...}
local random = {}
random.__index = random

local MODULUS, FACTOR = 2147483647, 48271

function random.new(seed, stream)
   local self = setmetatable({state = (seed * 7919 + stream * 104729) % (MODULUS - 1) + 1}, random)
   for _ = 1, 5 do
      self:next()
   end
   return self
end

function random:next()
   self.state = self.state * FACTOR % MODULUS
   return self.state
end

function random:int(low, high)
   return low + self:next() % (high - low + 1)
end

function random:chance(percent)
   return self:int(1, 100) <= percent
end

function random:pick(list)
   return #list > 0 and list[self:int(1, #list)] or nil
end

function random:weighted(list)
   local total = 0
   for _, each in ipairs(list) do
      total = total + each[1]
   end
   local left = self:int(1, total)
   for _, each in ipairs(list) do
      left = left - each[1]
      if left <= 0 then
         return each[2]
      end
   end
end

return random
