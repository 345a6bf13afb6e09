-- Random histories of a lake against a model of it in plain tables: whatever upstream, operators, clocks and accidents
-- do, the database is what the model says, and the invariants hold.
--   model.run(seed, steps, [seconds]) -> nil, or a text that says what went wrong and how to see it again
--      steps: how many, or a list of the numbers of steps to take. A history that fails is made shorter for so long.
--   model.totals() -> "NN seeds, NNNN steps"
local history = require("spec.model.history")

local model = {}

local SHOWN = 20 -- steps
local seeds, steps_taken = 0, 0

-- What went wrong, or nil.
local function try(seed, list)
   local one = history.new(seed)
   local failure = one:run(list)
   one:close()
   return failure
end

local function without(list, first, count)
   local rest = {}
   for i, number in ipairs(list) do
      if i < first or i >= first + count then
         rest[#rest + 1] = number
      end
   end
   return rest
end

-- As far as it failed.
local function cut(list, failure)
   local kept = {}
   for i, number in ipairs(list) do
      kept[i] = number <= failure.step and number or nil
   end
   return kept
end

-- Leaves steps out as long as it still fails: large pieces first, the latest first. Each step draws its numbers from a
-- stream of its own, so that the others stay what they are as far as they can.
local function shrink(seed, list, failure, seconds)
   local until_then, size = os.time() + seconds, math.floor(#list / 2)
   while size >= 1 and os.time() < until_then do
      local first = #list - size
      while first >= 1 and os.time() < until_then do
         local shorter = without(list, first, size)
         local found = try(seed, shorter)
         if found then
            list, failure = cut(shorter, found), found
         end
         first = math.min(first, #list) - size
      end
      size = math.floor(size / 2)
   end
   return list, failure
end

local function last_notes(failure)
   local list = {}
   for _, note in ipairs(failure.notes) do
      if tonumber(note:match("^%s*(%d+)")) > failure.step - SHOWN then
         list[#list + 1] = note
      end
   end
   return table.concat(list, "\n")
end

local function report(seed, list, failure, seconds)
   local texts = {("seed %d, step %d: %s"):format(seed, failure.step, failure.message), last_notes(failure),
      ("again: make model SEED=%d STEPS=%d"):format(seed, failure.step)}
   local shorter, found = shrink(seed, cut(list, failure), failure, seconds)
   if #shorter < #list then
      table.insert(texts, ("shorter: make model SEED=%d ONLY=%s\n%s\n%s"):format(seed, table.concat(shorter, ","),
         table.concat(found.notes, "\n"), found.message))
   end
   return table.concat(texts, "\n")
end

--- The numbers of the steps: those, or so many.
function model.numbers(steps)
   if type(steps) == "table" then
      return steps
   end
   local list = {}
   for i = 1, steps do
      list[i] = i
   end
   return list
end

function model.run(seed, steps, seconds)
   local list = model.numbers(steps)
   local failure = try(seed, list)
   seeds, steps_taken = seeds + 1, steps_taken + (failure and failure.step or #list)
   return failure and report(seed, list, failure, seconds or 0)
end

function model.totals()
   return ("%d seeds, %d steps"):format(seeds, steps_taken)
end

return model
