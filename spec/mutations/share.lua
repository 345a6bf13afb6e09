-- Has its share of the mutants tried, in a copy of the tree, with a PostgreSQL of its own:
--
--   share.lua profile NUMBER COUNT [PATTERN ...]    in that copy, which is built with spec/mutations/embed-sql: adds to
--                                                   $MM_PROFILE what profile.lua prints of each COUNTth spec
--   share.lua try NUMBER COUNT [PATTERN ...]        prints what trial.lua prints; whoever makes the folder $MM_CLAIMS/N
--                                                   first takes the Nth piece of the work
local mutants = require("spec.mutations.mutants")
local shell = require("spec.support.shell")

local TOGETHER = 10 -- statements that one process tries
local LIMIT_S = 300
local TOOK_TOO_LONG = 124 -- what timeout exits with

local function write(path, text)
   local file = assert(io.open(path, "w"))
   file:write(text)
   file:close()
end

-- Those that go together: statements; one that is code has a process of its own.
local function pieces(list)
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

-- Lets a process try them from `first` on; how many it reported, and whether it took too long.
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
   local _, _, code = process:close()
   return count, code == TOOK_TOO_LONG
end

local function try_statements(environment, share)
   local first = 1
   while first <= #share do
      local done, is_late = try(environment, share, first)
      if done == 0 then
         report(is_late and "killed" or "broken", share[first], is_late and "it took too long" or "the process died")
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

local function spec_paths(list)
   local paths, is_there = {}, {}
   for _, mutant in ipairs(list) do
      for _, path in ipairs(mutant.specs) do
         paths[#paths + 1] = not is_there[path] and path or nil
         is_there[path] = true
      end
   end
   return paths
end

-- The names of those that an earlier run killed, where they are to be left out.
local function killed_before()
   local names, file = {}, io.open(os.getenv("MM_KILLED_BEFORE") or "")
   for line in file and file:lines() or function() end do
      names[line:match("^killed\t[^\t]*\t[^\t]*\t([^\t]*)") or 0] = true
   end
   return names
end

-- Terms first, then columns.
local function wanted(list)
   local terms, columns, killed = {}, {}, killed_before()
   for _, mutant in ipairs(list) do
      if not mutant.equivalent and not killed[mutant.name] then
         table.insert(mutant.name:find(": null for ", 1, true) and columns or terms, mutant)
      end
   end
   return table.move(columns, 1, #columns, #terms + 1, terms)
end

-- A mutant that makes a spec wait for ever: what it waits for ends with an error.
local END_WAITS = [[select pg_cancel_backend(pid) from pg_stat_activity
 where state = 'active' and datname like 'spec\_%' and query_start < now() - interval '10 seconds' \watch 2
]]

-- Lives as long as the server.
local function end_waits(server)
   local psql = io.popen(("psql -X '%s dbname=postgres' >/dev/null 2>&1"):format(server.conninfo), "w")
   psql:write(END_WAITS)
   psql:flush()
   return psql
end

local commands = {}

-- Of a spec and all that it may run.
local function stamp_of(path)
   local sources = "find src lua scripts demo spec/support spec/data -type f | LC_ALL=C sort | xargs cat"
   return (shell.run(("(cat %s; %s) | cksum"):format(path, sources)).stdout:gsub("%s+", " "))
end

-- What an earlier run has measured of the spec, when it was the same.
local function measured_before(path, stamp)
   local lines, file = {}, io.open(os.getenv("MM_MEASURED") or "")
   for line in file and file:lines() or function() end do
      if line:find(path, 1, true) == 1 and line:match("[^\t]*$") == stamp then
         lines[#lines + 1] = line .. "\n"
      end
   end
   return #lines > 0 and table.concat(lines) or nil
end

-- In one piece: shares write at once.
local function append(lines)
   local file = assert(io.open(os.getenv("MM_PROFILE"), "a"))
   file:setvbuf("full", #lines + 1)
   file:write(lines)
   return file:close()
end

-- Notes how long its units take and what they send; false when one fails.
local function measure(environment, path)
   local stamp = stamp_of(path)
   local lines = measured_before(path, stamp)
   if not lines then
      local result = shell.run(("%s spec/run-lua lua5.4 spec/mutations/profile.lua %s"):format(environment, path))
      io.stderr:write(result.stderr)
      lines = result.code == 0 and result.stdout:gsub("\n", "\t" .. stamp .. "\n")
   end
   return lines and append(lines)
end

function commands.profile(environment, list, number, count)
   for i, path in ipairs(spec_paths(list)) do
      if i % count == number % count and not measure(environment, path) then
         return false
      end
   end
   return true
end

function commands.try(environment, list)
   for i, piece in ipairs(pieces(list)) do
      if shell.run(("mkdir $MM_CLAIMS/%d"):format(i)).code == 0 then
         (piece.is_code and try_code or try_statements)(environment, piece)
      end
   end
   return true
end

local list = wanted(mutants.chosen({table.unpack(arg, 4)}))
local server = assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))
local environment = ("MM_SPEC_SERVER=%s MM_SQL_TEXTS=%s/sql.texts"):format(server.folder, server.folder)
local psql = end_waits(server)
local is_done = commands[arg[1]](environment, list, tonumber(arg[2]), tonumber(arg[3]))
server:stop()
psql:close()
os.exit(is_done or false)
