-- All mutants: what rules make of the targets, and what is written by hand.
--
--   mutants.files() -> paths of what is changed, in the order of targets.lua
--   mutants.of(file) -> {{name=, id=, file=, from=, to=, with=, line=, group=, specs = {path...}, equivalent = why or
--      nil}...}
--   mutants.find(id) -> the mutant of that id
--   mutants.chosen(patterns) -> those that have one of the patterns, plain text, in their name; without a pattern all
--   mutants.text(mutant) -> its file's text, changed      mutants.original(file) -> as it is
--   mutants.stale() -> names in equivalents.lua that are none
local code_rules = require("spec.mutations.code_rules")
local equivalents = require("spec.mutations.equivalents")
local replacements = require("spec.mutations.replacements")
local shell = require("spec.support.shell")
local sql_rules = require("spec.mutations.sql_rules")
local targets = require("spec.mutations.targets")

local mutants = {}

local LONGEST_NAME = 300
local texts = {}
local files, specs_of, group_of

function mutants.original(path)
   if not texts[path] then
      local file = assert(io.open(path))
      texts[path] = file:read("a")
      file:close()
   end
   return texts[path]
end

function mutants.text(mutant)
   local text = mutants.original(mutant.file)
   return text:sub(1, mutant.from - 1) .. mutant.with .. text:sub(mutant.to + 1)
end

local function exists(path)
   local file = io.open(path)
   return file ~= nil and file:close()
end

local function spec_paths(names)
   local list = {}
   for name in names:gmatch("%S+") do
      local path = ("spec/integration/%s.lua"):format(name)
      list[#list + 1] = exists(path) and path or nil
   end
   return list
end

local function find_files()
   files, specs_of, group_of = {}, {}, {}
   for _, target in ipairs(targets) do
      local specs = spec_paths(target[3])
      for _, file in ipairs(shell.lines(shell.run("ls -d " .. target[2]).stdout)) do
         files[#files + 1] = not specs_of[file] and file or nil
         specs_of[file], group_of[file] = specs_of[file] or specs, group_of[file] or target[1]
      end
   end
end

function mutants.files()
   if not files then
      find_files()
   end
   return files
end

local function by_rules(file)
   if file:find("%.sql$") then
      return sql_rules.changes(mutants.original(file))
   end
   return code_rules.changes(mutants.original(file), file:find("%.c$") ~= nil)
end

local function by_hand(file)
   local list, text = {}, mutants.original(file)
   for _, each in ipairs(replacements) do
      if each.file == file then
         local from, to = text:find(each.from, 1, true)
         assert(from and not text:find(each.from, to, true), "not exactly once: " .. each.from)
         list[#list + 1] = {from = from, to = to, with = each.to, what = each.what}
      end
   end
   return list
end

-- The name says what is changed where; the second of one name in a file ends in #2.
local function name_all(file, list)
   local seen, lines, at = {}, 1, 1
   table.sort(list, function(a, b)
      return a.from < b.from or a.from == b.from and (a.to < b.to or a.to == b.to and a.what < b.what)
   end)
   for number, mutant in ipairs(list) do
      local name = ("%s: %s"):format(file, mutant.what:sub(1, LONGEST_NAME))
      seen[name] = (seen[name] or 0) + 1
      lines = lines + select(2, mutants.original(file):sub(at, mutant.from - 1):gsub("\n", ""))
      mutant.name, mutant.line, at = seen[name] > 1 and ("%s #%d"):format(name, seen[name]) or name, lines, mutant.from
      mutant.file, mutant.specs, mutant.group = file, specs_of[file], group_of[file]
      mutant.equivalent = equivalents.why[mutant.name]
      mutant.id = ("%s#%d"):format(file, number)
   end
   return list
end

function mutants.of(file)
   mutants.files()
   local list = by_rules(file)
   for _, change in ipairs(by_hand(file)) do
      list[#list + 1] = change
   end
   return name_all(file, list)
end

function mutants.find(id)
   local file, number = id:match("^(.*)#(%d+)$")
   return mutants.of(file)[tonumber(number)]
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
   local list = {}
   for _, file in ipairs(mutants.files()) do
      for _, mutant in ipairs(mutants.of(file)) do
         list[#list + 1] = fits(mutant.name, patterns) and mutant or nil
      end
   end
   return list
end

function mutants.stale()
   local is_there, list = {}, {}
   for _, mutant in ipairs(mutants.chosen({})) do
      is_there[mutant.name] = true
   end
   for name in pairs(equivalents.why) do
      list[#list + 1] = not is_there[name] and name or nil
   end
   return list
end

return mutants
