-- Which statements the specs send, and how long they take: as no test can notice a change of what it does not send.
--
--   profile.lua PATH ...            prints a line for each unit of these specs (specs.lua): path, number, milliseconds and
--                                   the files of src/sql/, between tabs. Its server logs all that it is sent, signed.
--   profile.read(path) -> {[PATH] = {[NUMBER] = {ms =, sends = {[FILE] = true}}}}
local quick = require("spec.mutations.quick")
local specs = require("spec.mutations.specs")
local texts = require("spec.mutations.texts")

local profile = {}

-- Milliseconds since the machine was started.
local function now()
   local file = assert(io.open("/proc/uptime"))
   local seconds = file:read("n")
   file:close()
   return math.floor(seconds * 1000)
end

local function files_in(text)
   local list, is_there = {}, {}
   for file in text:gmatch("/%* (src/sql/[%w_]+%.sql) %*/") do
      list[#list + 1] = not is_there[file] and file or nil
      is_there[file] = true
   end
   return table.concat(list, " ")
end

local function fail(path, test, message)
   io.stderr:write(("%s fails without any mutant: %s\n%s\n"):format(path, test.name, message))
   os.exit(1)
end

local function print_units(path, log)
   for number, unit in ipairs(specs.units(specs.load(path))) do
      local started = now()
      log:seek("end")
      local failed, message = specs.failure(unit.tree, unit.tests)
      if failed then
         fail(path, failed, message)
      end
      print(("%s\t%d\t%d\t%s"):format(path, number, now() - started, files_in(log:read("a"))))
   end
end

function profile.read(path)
   local result = {}
   for line in io.lines(path) do
      local spec, number, ms, files = line:match("^([^\t]*)\t(%d+)\t(%d+)\t([^\t]*)")
      local sends = {}
      for file in files:gmatch("%S+") do
         sends[file] = true
      end
      result[spec] = result[spec] or {}
      result[spec][tonumber(number)] = {ms = tonumber(ms), sends = sends}
   end
   return result
end

if arg[0]:find("profile%.lua$") then
   texts.open(os.getenv("MM_SQL_TEXTS"), true)
   quick.begin()
   local log = assert(io.open(os.getenv("MM_SPEC_SERVER") .. "/log"))
   for _, path in ipairs(arg) do
      print_units(path, log)
   end
   os.exit(0)
end
return profile
