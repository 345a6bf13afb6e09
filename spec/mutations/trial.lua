-- Tries mutants, one after the other, in a process of its own:
--
--   trial.lua ID ...          of mutants; one that is no statement is in its file already
--
-- Prints a line for each: outcome (killed, broken, survived), seconds, file and line, name, and the spec that killed
-- it, between tabs. $MM_PROFILE is what profile.lua printed: units that do not send the statement are left out, and quick
-- ones and those that killed much come first; before them the one that killed the mutant in an earlier run, which
-- $MM_MUTANTS holds, and those that killed the last ones. Ends with code 3 when something is left from a mutant that spoils specs: the rest needs another process.
local mutants = require("spec.mutations.mutants")
local profile = require("spec.mutations.profile")
local quick = require("spec.mutations.quick")
local specs = require("spec.mutations.specs")
local texts = require("spec.mutations.texts")

local SUSPECTS = 8
-- Of what tells one retirement from another these specs come first.
local NEIGHBOURS, IS_ABOUT_THEM = "spec/integration/neighbours_spec.lua", "retirement = "

-- What PostgreSQL says of a statement that makes no sense.
local NONSENSE = {"syntax error", "could not determine", "is ambiguous", "must appear in the GROUP BY",
   "cannot be matched", "there is no parameter", "operator does not exist", "column reference",
   "but expression is of type"}

local statements = texts.open(os.getenv("MM_SQL_TEXTS"))
local measured = profile.read(os.getenv("MM_PROFILE"))
local units = {} -- of each spec
local killers = {} -- the units that killed lately, the last one first
local known = {} -- names of tests that killed earlier, by the mutant's name
local kills = {} -- how often they did, by the test's name

local function units_of(path)
   if not units[path] then
      units[path] = measured[path] and specs.units(specs.load(path)) or {}
      for number, unit in ipairs(units[path]) do
         unit.path, unit.ms, unit.sends = path, measured[path][number].ms, measured[path][number].sends
      end
   end
   return units[path]
end

local function is_nonsense(message)
   for _, words in ipairs(NONSENSE) do
      if message:find(words, 1, true) then
         return true
      end
   end
   return message:find('column "[^"]*" does not exist') ~= nil
end

local function remember(unit)
   for i, each in ipairs(killers) do
      if each == unit then
         table.remove(killers, i)
      end
   end
   table.insert(killers, 1, unit)
   killers[SUSPECTS + 1] = nil
end

local function read_known()
   local file = io.open(os.getenv("MM_MUTANTS") or "")
   for line in file and file:lines() or function() end do
      local name, by = line:match("^killed\t[^\t]*\t[^\t]*\t([^\t]*)\t([^\t]*)$")
      if name then
         known[name], kills[by] = by, (kills[by] or 0) + 1
      end
   end
end

-- Those that may notice.
local function candidates(mutant)
   local list, is_statement = {}, mutant.file:find("%.sql$")
   for _, path in ipairs(mutant.specs) do
      for _, unit in ipairs(units_of(path)) do
         list[#list + 1] = (not is_statement or unit.sends[mutant.file]) and unit or nil
      end
   end
   return list
end

local function has_test(unit, name)
   for test in pairs(unit.tests) do
      if test.name == name then
         return true
      end
   end
end

local function kills_of(unit)
   local count = 0
   for test in pairs(unit.tests) do
      count = count + (kills[test.name] or 0)
   end
   return count
end

local function first_rank(mutant, unit, i)
   if has_test(unit, known[mutant.name]) then
      return -1
   elseif unit.path == NEIGHBOURS and mutant.name:find(IS_ABOUT_THEM, 1, true) then
      return i / 1000
   end
   return SUSPECTS + unit.ms / (1 + kills_of(unit)) + i / 1000
end

local function in_order(mutant)
   local list, rank = candidates(mutant), {}
   for i, unit in ipairs(list) do
      rank[unit] = first_rank(mutant, unit, i)
   end
   for i, unit in ipairs(killers) do
      rank[unit] = rank[unit] and math.min(rank[unit], i)
   end
   table.sort(list, function(a, b)
      return rank[a] < rank[b]
   end)
   return list
end

-- The first unit that fails, its test, and the message.
local function first_failure(mutant)
   for _, unit in ipairs(in_order(mutant)) do
      local failed, message = specs.failure(unit.tree, unit.tests)
      if failed then
         return unit, failed, message
      end
   end
end

local function report(outcome, mutant, started, by)
   print(table.concat({outcome, ("%d"):format(os.difftime(os.time(), started)), mutant.file .. ":" .. mutant.line,
      mutant.name, by}, "\t"))
   io.flush()
end

-- A unit that fails afterwards, too, may have failed for what an earlier mutant left: then this one is for the next
-- process, in which it is the first.
local function try(mutant, is_first)
   local started, is_statement = os.time(), mutant.file:find("%.sql$")
   if is_statement then
      statements:set(mutant.file, mutants.text(mutant))
   end
   local unit, failed, message = first_failure(mutant)
   if is_statement then
      statements:set(mutant.file)
   end
   if not unit then
      return report("survived", mutant, started, "")
   end
   local is_spoilt = is_statement and specs.failure(unit.tree, unit.tests)
   if is_first or not is_spoilt then
      report(is_nonsense(message) and "broken" or "killed", mutant, started, failed.name)
      remember(unit)
   end
   if is_spoilt then
      os.exit(3)
   end
end

quick.begin()
read_known()
for i = 1, #arg do
   try(mutants.find(arg[i]), i == 1)
end
os.exit(0)
