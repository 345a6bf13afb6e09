-- Has its share of the mutants tried, in a copy of the tree, with a PostgreSQL of its own:
--
--   worker.lua NUMBER COUNT [PATTERN ...]      in that copy, which is built with spec/mutations/embed-sql
--
-- Prints what trial.lua prints. The first of the COUNT workers looks first whether the specs pass without any mutant.
local mutants = require("spec.mutations.mutants")
local shell = require("spec.support.shell")

local TOGETHER = 20 -- statements that one process tries
local LIMIT_S = 900

local list = mutants.list()

local function write(path, text)
   local file = assert(io.open(path, "w"))
   file:write(text)
   file:close()
end

-- Numbers that go together: statements; one that is code has a process of its own.
local function shares(numbers)
   local result, last = {}, {}
   for _, number in ipairs(numbers) do
      local is_code = not list[number].file:find("%.sql$")
      if is_code or #last == TOGETHER or #last == 0 or last.is_code then
         last = {is_code = is_code}
         result[#result + 1] = last
      end
      last[#last + 1] = number
   end
   return result
end

local function report(outcome, number, by)
   local mutant = list[number]
   print(("%s\t0\t%s:%d\t%s\t%s"):format(outcome, mutant.file, mutant.line, mutant.name, by))
   io.flush()
end

-- Lets a process try them; how many it reported.
local function try(environment, numbers)
   local count = 0
   local process = io.popen(("%s timeout -k 5 %d spec/run-lua lua5.4 spec/mutations/trial.lua %s"):format(environment, LIMIT_S,
      table.concat(numbers, " ")))
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

local function try_statements(environment, numbers)
   local first = 1
   while first <= #numbers do
      local done = try(environment, {table.unpack(numbers, first)})
      if done == 0 then
         report("killed", numbers[first], "the process died or took too long")
      end
      first = first + math.max(done, 1)
   end
end

local function try_code(environment, number)
   local mutant = list[number]
   write(mutant.file, mutants.text(mutant))
   if shell.run("make -s build/lib/lua/5.4/mm/core.so").code ~= 0 then
      report("broken", number, "does not build")
   elseif try(environment, {number}) == 0 then
      report("killed", number, "the process died or took too long")
   end
   write(mutant.file, mutants.original(mutant.file))
end

local function check_specs(environment, numbers)
   local paths, is_there = {}, {}
   for _, number in ipairs(numbers) do
      for _, path in ipairs(list[number].specs) do
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

local number, count = tonumber(arg[1]), tonumber(arg[2])
local server = assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))
local environment = ("MM_SPEC_SERVER=%s MM_SQL_TEXTS=%s/sql.texts"):format(server.folder, server.folder)
local _, numbers = mutants.chosen({table.unpack(arg, 3)})
if number == 1 then
   check_specs(environment, numbers)
end
for i, share in ipairs(shares(numbers)) do
   if i % count == number % count then
      if share.is_code then
         try_code(environment, share[1])
      else
         try_statements(environment, share)
      end
   end
end
server:stop()
