-- The other side of worker.lua: runs the chunks that come in, one a line, until there are no more.
local serialize = require("spec.support.serialize")
local progress, conninfo = arg[1], arg[2]
local environment = setmetatable({conninfo = conninfo, mm = require("mm")}, {__index = _G})

-- What pcall gives; nil may stand anywhere in it.
local function outcome(is_ok, ...)
   return {is_error = not is_ok, n = select("#", ...), ...}
end

local function load_in(chunk)
   if setfenv then -- luacheck: ignore
      return setfenv(assert(loadstring(chunk)), environment) -- luacheck: ignore
   end
   return assert(load(chunk, "=chunk", "t", environment)) -- luacheck: ignore
end

local function run(request)
   return load_in(request.chunk)((unpack or table.unpack)(request, 1, request.n)) -- luacheck: ignore
end

local done = 0
for line in io.lines() do
   local values = outcome(pcall(run, serialize.decode(line)))
   done = done + 1
   local file = assert(io.open(progress, "w"))
   file:write(done)
   file:close()
   print("\27" .. serialize.encode(values))
   io.flush()
end
