-- Has its share of the mutants tried, in a copy of the tree, with a PostgreSQL of its own:
--
--   share.lua NUMBER COUNT [PATTERN ...]      in that copy, which is built with spec/mutations/embed-sql
--
-- Prints what trial.lua prints. The first of the COUNT shares looks first whether the specs pass without any mutant.
local mutants = require("spec.mutations.mutants")
local shell = require("spec.support.shell")

local TOGETHER = 20 -- statements that one process tries
local LIMIT_S = 900

local function write(path, text)
   local file = assert(io.open(path, "w"))
   file:write(text)
   file:close()
end

-- Those that go together: statements; one that is code has a process of its own.
local function shares(list)
   local result, last = {}, {}
   for _, mutant in ipairs(list) do
      local is_code = not mutant.file:find("%.sql$")
      if is_code or #last == TOGETHER or #last == 0 or last.is_code then
         last = {is_code = is_code}
         result[#result + 1] = last
      end
      last[#last + 1] = mutant
   end
   return result
end

local function report(outcome, mutant, by)
   print(("%s\t0\t%s:%d\t%s\t%s"):format(outcome, mutant.file, mutant.line, mutant.name, by))
   io.flush()
end

-- Lets a process try them from `first` on; how many it reported.
local function try(environment, share, first)
   local ids, count = {}, 0
   for i = first, #share do
      ids[#ids + 1] = shell.quote(share[i].id)
   end
   local process = io.popen(("%s timeout -k 5 %d spec/run-lua lua5.4 spec/mutations/trial.lua %s"):format(environment,
      LIMIT_S, table.concat(ids, " ")))
   for line in process:lines() do
      if line:find("^%a+\t%d+\t") then
         print(line)
         io.flush()
         count = count + 1
      end
   end
   process:close()
   return count
end

local function try_statements(environment, share)
   local first = 1
   while first <= #share do
      local done = try(environment, share, first)
      if done == 0 then
         report("killed", share[first], "the process died or took too long")
      end
      first = first + math.max(done, 1)
   end
end

local function try_code(environment, share)
   local mutant = share[1]
   write(mutant.file, mutants.text(mutant))
   if shell.run("make -s build/lib/lua/5.4/mm/core.so").code ~= 0 then
      report("broken", mutant, "does not build")
   elseif try(environment, share, 1) == 0 then
      report("killed", mutant, "the process died or took too long")
   end
   write(mutant.file, mutants.original(mutant.file))
end

local function check_specs(environment, list)
   local paths, is_there = {}, {}
   for _, mutant in ipairs(list) do
      for _, path in ipairs(mutant.specs) do
         paths[#paths + 1] = not is_there[path] and path or nil
         is_there[path] = true
      end
   end
   local result = shell.run(("%s spec/run-lua lua5.4 spec/mutations/trial.lua check %s"):format(environment,
      table.concat(paths, " ")))
   if result.code ~= 0 then
      error(result.stdout .. result.stderr, 0)
   end
end

local function without_equivalents(list)
   local result = {}
   for _, mutant in ipairs(list) do
      result[#result + 1] = not mutant.equivalent and mutant or nil
   end
   return result
end

local number, count = tonumber(arg[1]), tonumber(arg[2])
local list = without_equivalents(mutants.chosen({table.unpack(arg, 3)}))
local server = assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))
local environment = ("MM_SPEC_SERVER=%s MM_SQL_TEXTS=%s/sql.texts"):format(server.folder, server.folder)
if number == 1 then
   check_specs(environment, list)
end
for i, share in ipairs(shares(list)) do
   if i % count == number % count then
      if share.is_code then
         try_code(environment, share)
      else
         try_statements(environment, share)
      end
   end
end
server:stop()
