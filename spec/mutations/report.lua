-- What tools/mutate prints.
--
--   report.lua list [PATTERN ...]        the names of mutants
--   report.lua tell                      reads what all shares print, and prints what was not killed
--   report.lua figures [PATTERN ...]     reads the same: how many there are of which kind, by group; exit code 1 when one
--                                        survived, makes no sense or was not run
local mutants = require("spec.mutations.mutants")

local ORDER = {"killed", "equivalent", "broken", "survived", "not run"}
local commands = {}

function commands.list(patterns)
   for _, mutant in ipairs(mutants.chosen(patterns)) do
      print(mutant.name .. (mutant.equivalent and ("  (equivalent: %s)"):format(mutant.equivalent) or ""))
   end
end

function commands.tell()
   for line in io.lines() do
      local outcome, place, name = line:match("^(%a+)\t%d+\t([^\t]*)\t[^\t:]*: ([^\t]*)")
      if outcome ~= "killed" then
         print(outcome and ("%s  %s  %s"):format(outcome, place, name) or line)
         io.flush()
      end
   end
end

-- The first outcome by the mutants' names.
local function read_outcomes()
   local outcomes = {}
   for line in io.lines() do
      local outcome, name = line:match("^(%a+)\t%d+\t[^\t]*\t([^\t]*)")
      outcomes[name or 0] = outcomes[name or 0] or outcome
   end
   return outcomes
end

local function add(counts, key, outcome)
   counts[key] = counts[key] or {all = 0}
   counts[key].all, counts[key][outcome] = counts[key].all + 1, (counts[key][outcome] or 0) + 1
end

local function print_figures(name, counts)
   local words = {("%d mutants"):format(counts.all)}
   for _, outcome in ipairs(ORDER) do
      if counts[outcome] or outcome == "survived" then
         words[#words + 1] = ("%d %s"):format(counts[outcome] or 0, outcome)
      end
   end
   print(("%-8s  %s"):format(name, table.concat(words, ", ")))
end

-- Prints the figures of each group, and of all; true when nothing is wrong.
local function print_groups(patterns, outcomes)
   local counts, groups = {}, {}
   for _, mutant in ipairs(mutants.chosen(patterns)) do
      groups[#groups + 1] = not counts[mutant.group] and mutant.group or nil
      local outcome = mutant.equivalent and "equivalent" or outcomes[mutant.name] or "not run"
      add(counts, mutant.group, outcome)
      add(counts, "all", outcome)
   end
   groups[#groups + 1] = #groups ~= 1 and "all" or nil
   for _, group in ipairs(groups) do
      print_figures(group, counts[group] or {all = 0})
   end
   local all = counts.all or {}
   return not (all.survived or all.broken or all["not run"])
end

function commands.figures(patterns)
   local is_right = print_groups(patterns, read_outcomes())
   for _, name in ipairs(mutants.stale()) do
      print("is no mutant any more: " .. name)
   end
   os.exit(is_right)
end

commands[arg[1]]({table.unpack(arg, 2)})
