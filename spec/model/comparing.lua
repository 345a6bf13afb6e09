-- The database of a history against its model.
--   comparing.step(history)      after a step: upstream's tables, the retirements that it touched, new entries of the
--                                audit; then the clock moves on
--   comparing.all(history)       every retirement, the invariants, the audit's chain
--   comparing.adopt(history, candidates)
--      goes on with that one of {{world =}...} that the database is
local invariants = require("spec.support.invariants")
local lines = require("spec.model.lines")

local comparing = {}

-- Lines that one list has and the other has not.
local function difference(list, others)
   local count, only = {}, {}
   for _, line in ipairs(others) do
      count[line] = (count[line] or 0) + 1
   end
   for _, line in ipairs(list) do
      count[line] = (count[line] or 0) - 1
      if count[line] < 0 then
         only[#only + 1] = line
      end
   end
   return table.concat(only, "\n         ")
end

local function text_of(list)
   table.sort(list)
   return table.concat(list, "\n")
end

local function fail(words, is, must_be)
   error(("the database is %s\nmust be: %s\nis:      %s"):format(words, difference(must_be, is),
      difference(is, must_be)), 0)
end

-- Each step has a moment of its own, so that what is written in it can be told from all else.
local function compare(history, touched)
   local world = history.world
   local must_be = lines.of(world, touched)
   world.now = world.now + 1
   world.latest = math.max(world.latest, world.now)
   local is = history.database:lines(touched, history.audited, world.now)
   if text_of(must_be) ~= text_of(is) then
      fail("not as it must be", is, must_be)
   end
   history.audited, world.entries = history.audited + #world.entries, {}
end

function comparing.step(history)
   compare(history, history.touched)
end

function comparing.all(history)
   compare(history, nil)
   local chain = assert(history.lakes[1]:verify_audit())
   if not chain.is_intact or chain.head_seq ~= history.audited then
      error(("the audit ends at %d, not %d: %s"):format(chain.head_seq, history.audited, tostring(chain.why)), 0)
   end
   local broken = invariants.broken(history.eye)
   if #broken > 0 then
      error("invariants are broken:\n" .. table.concat(broken, "\n"), 0)
   end
end

function comparing.adopt(history, candidates)
   local is, must_be = history.database:lines(history.touched, history.audited), nil
   for _, candidate in ipairs(candidates) do
      must_be = lines.of(candidate.world, history.touched)
      if text_of(must_be) == text_of(is) then
         history.world = candidate.world
         return
      end
   end
   fail(("in none of %d allowed states; of the last one"):format(#candidates), is, must_be)
end

return comparing
