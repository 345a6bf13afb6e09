-- All mutants: what rules make of the targets, and what is written by hand.
--
--   mutants.chosen(patterns) -> numbers in the list of those that have one of the patterns, plain text, in their name (no
--      pattern: all); and those of them that are not equivalent
--   mutants.list() -> {{name=, file=, from=, to=, with=, line=, specs = {path...}, equivalent = why or nil}...}
--   mutants.stale() -> names in equivalents.lua that are none
--   mutants.text(mutant) -> its file's text, changed
local code_rules = require("spec.mutations.code_rules")
local equivalents = require("spec.mutations.equivalents")
local replacements = require("spec.mutations.replacements")
local shell = require("spec.support.shell")
local sql_rules = require("spec.mutations.sql_rules")
local targets = require("spec.mutations.targets")

local mutants = {}

local texts = {}

local function read(path)
   if not texts[path] then
      local file = assert(io.open(path))
      texts[path] = file:read("a")
      file:close()
   end
   return texts[path]
end

function mutants.text(mutant)
   local text = read(mutant.file)
   return text:sub(1, mutant.from - 1) .. mutant.with .. text:sub(mutant.to + 1)
end

--- The text as it is.
mutants.original = read

local function by_rules(file)
   if file:find("%.sql$") then
      return sql_rules.changes(read(file))
   end
   return code_rules.changes(read(file), file:find("%.c$") ~= nil)
end

local function by_hand(file)
   local list = {}
   for _, each in ipairs(replacements) do
      if each.file == file then
         local from, to = read(file):find(each.from, 1, true)
         assert(from and not read(file):find(each.from, to, true), "not exactly once: " .. each.from)
         list[#list + 1] = {from = from, to = to, with = each.to, what = each.what}
      end
   end
   return list
end

local function spec_paths(names)
   local list = {}
   for name in names:gmatch("%S+") do
      local path = ("spec/integration/%s.lua"):format(name)
      list[#list + 1] = shell.run("test -f " .. path).code == 0 and path or nil
   end
   return list
end

local function line_of(mutant)
   return select(2, read(mutant.file):sub(1, mutant.from - 1):gsub("\n", "")) + 1
end

-- The name says what is changed where; the second of one name in a file ends in #2.
local function add(list, seen, file, change, specs)
   local name = ("%s: %s"):format(file, change.what:sub(1, 300))
   seen[name] = (seen[name] or 0) + 1
   change.file, change.specs = file, specs
   change.name = seen[name] > 1 and ("%s #%d"):format(name, seen[name]) or name
   change.line, change.equivalent = line_of(change), equivalents.why[change.name]
   list[#list + 1] = change
end

local function add_file(list, seen, file, specs)
   for _, changes in ipairs{by_rules(file), by_hand(file)} do
      for _, change in ipairs(changes) do
         add(list, seen, file, change, specs)
      end
   end
end

function mutants.list()
   local list, seen, is_done = {}, {}, {}
   for _, target in ipairs(targets) do
      local specs = spec_paths(target[2])
      for _, file in ipairs(shell.lines(shell.run("ls -d " .. target[1]).stdout)) do
         if not is_done[file] then
            is_done[file] = true
            add_file(list, seen, file, specs)
         end
      end
   end
   return list
end

local function fits(name, patterns)
   for _, pattern in ipairs(patterns) do
      if name:find(pattern, 1, true) then
         return true
      end
   end
   return #patterns == 0
end

function mutants.chosen(patterns)
   local chosen, to_run = {}, {}
   for number, mutant in ipairs(mutants.list()) do
      if fits(mutant.name, patterns) then
         chosen[#chosen + 1] = number
         to_run[#to_run + 1] = not mutant.equivalent and number or nil
      end
   end
   return chosen, to_run
end

function mutants.stale()
   local is_there, list = {}, {}
   for _, mutant in ipairs(mutants.list()) do
      is_there[mutant.name] = true
   end
   for name in pairs(equivalents.why) do
      list[#list + 1] = not is_there[name] and name or nil
   end
   return list
end

return mutants
