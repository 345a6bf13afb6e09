-- What tools/mutate prints.
--
--   report.lua list [PATTERN ...]     the names of mutants
--   report.lua sum [PATTERN ...]      reads what all shares print; exit code 1 when a mutant survived
local mutants = require("spec.mutations.mutants")

local commands = {}

function commands.list(patterns)
   for _, mutant in ipairs(mutants.chosen(patterns)) do
      print(mutant.name .. (mutant.equivalent and ("  (equivalent: %s)"):format(mutant.equivalent) or ""))
   end
end

local function print_outcome(outcome, rest)
   local place, name = rest:match("^%d+\t([^\t]*)\t[^\t]*: ([^\t]*)")
   print(("%s  %s  %s"):format(outcome, place, name))
   io.flush()
end

function commands.sum(patterns)
   local counts = {killed = 0, survived = 0, broken = 0}
   for line in io.lines() do
      local outcome, rest = line:match("^(%a+)\t(.*)$")
      if not counts[outcome] then
         print(line)
      else
         counts[outcome] = counts[outcome] + 1
      end
      if outcome == "survived" or outcome == "broken" then
         print_outcome(outcome, rest)
      end
   end
   local all, equivalent = mutants.chosen(patterns), 0
   for _, mutant in ipairs(all) do
      equivalent = equivalent + (mutant.equivalent and 1 or 0)
   end
   local missing = #all - equivalent - counts.killed - counts.survived - counts.broken
   print(("%d mutants, %d killed, %d equivalent, %s%d survived"):format(#all, counts.killed, equivalent,
      counts.broken > 0 and counts.broken .. " broken, " or "", counts.survived))
   for _, name in ipairs(mutants.stale()) do
      print("is no mutant any more: " .. name)
   end
   os.exit(counts.survived == 0 and counts.broken == 0 and missing == 0)
end

commands[arg[1]]({table.unpack(arg, 2)})
