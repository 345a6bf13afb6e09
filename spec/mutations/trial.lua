-- Tries mutants, one after the other, in a process of its own:
--
--   trial.lua ID ...          of mutants; one that is no statement is in its file already
--   trial.lua check PATH ...  only runs these specs
--
-- Prints a line for each: outcome (killed, broken, survived), seconds, file and line, name, and the spec that killed
-- it, between tabs. Where $MM_MUTANTS holds such lines of an earlier run, the spec that killed a mutant then comes first.
-- Ends with code 3 when something is left from a mutant that spoils specs: the next one needs another process.
local mutants = require("spec.mutations.mutants")
local specs = require("spec.mutations.specs")
local texts = require("spec.mutations.texts")

-- What PostgreSQL says of a statement that makes no sense.
local NONSENSE = {"syntax error", "could not determine", "is ambiguous", "must appear in the GROUP BY",
   "cannot be matched", "there is no parameter", "operator does not exist", "column reference",
   "but expression is of type"}

local statements = texts.open(os.getenv("MM_SQL_TEXTS"))
local trees = {}
local killers = {} -- the tests that killed lately, the last one first
local known = {} -- names of tests that killed earlier, by the mutant's name

local function load(path)
   trees[path] = trees[path] or specs.load(path)
   return trees[path]
end

local function is_nonsense(message)
   for _, words in ipairs(NONSENSE) do
      if message:find(words, 1, true) then
         return true
      end
   end
   return message:find('column "[^"]*" does not exist') ~= nil
end

local function root_of(test)
   local block = test.parent
   while block.parent do
      block = block.parent
   end
   return block
end

local function remember(test)
   for i, each in ipairs(killers) do
      if each == test then
         table.remove(killers, i)
      end
   end
   table.insert(killers, 1, test)
   killers[4] = nil
end

local function read_known()
   local file = io.open(os.getenv("MM_MUTANTS") or "")
   for line in file and file:lines() or function() end do
      local name, by = line:match("^killed\t[^\t]*\t[^\t]*\t([^\t]*)\t([^\t]*)$")
      known[name or 0] = by
   end
end

-- Tests that may well fail: the one that did so before, and the last ones that killed another.
local function suspects(mutant)
   local list = {table.unpack(killers)}
   for _, path in ipairs(known[mutant.name] and mutant.specs or {}) do
      for _, test in ipairs(specs.tests(load(path))) do
         if test.name == known[mutant.name] then
            return {test}
         end
      end
   end
   return list
end

local function first_failure(mutant)
   local is_of_its = {}
   for _, path in ipairs(mutant.specs) do
      is_of_its[load(path)] = true
   end
   for _, test in ipairs(suspects(mutant)) do
      local failed, message
      if is_of_its[root_of(test)] then
         failed, message = specs.failure(root_of(test), {[test] = true})
      end
      if failed then
         return failed, message
      end
   end
   for _, path in ipairs(mutant.specs) do
      local failed, message = specs.failure(load(path))
      if failed then
         return failed, message
      end
   end
end

local function report(outcome, mutant, started, by)
   print(table.concat({outcome, ("%d"):format(os.difftime(os.time(), started)), mutant.file .. ":" .. mutant.line,
      mutant.name, by}, "\t"))
   io.flush()
end

local function try(mutant)
   local started, is_statement = os.time(), mutant.file:find("%.sql$")
   if is_statement then
      statements:set(mutant.file, mutants.text(mutant))
   end
   local failed, message = first_failure(mutant)
   if is_statement then
      statements:set(mutant.file)
   end
   if not failed then
      return report("survived", mutant, started, "")
   end
   report(is_nonsense(message) and "broken" or "killed", mutant, started, failed.name)
   remember(failed)
   if is_statement and specs.failure(root_of(failed), {[failed] = true}) then
      os.exit(3)
   end
end

local function check(path)
   local failed, message = specs.failure(load(path))
   if failed then
      print(("%s fails without any mutant: %s\n%s"):format(path, failed.name, message))
      os.exit(1)
   end
end

read_known()
for i = 1, #arg do
   if arg[1] ~= "check" then
      try(mutants.find(arg[i]))
   elseif i > 1 then
      check(arg[i])
   end
end
os.exit(0)
