-- For wrk: counts answers by status, and prints that as JSON. An argument is how many milliseconds each connection rests
-- between two requests.
local threads = {}

function setup(thread) -- luacheck: ignore
   threads[#threads + 1] = thread
end

function init(arguments) -- luacheck: ignore
   statuses = {} -- luacheck: ignore
   if arguments[1] then
      function delay() -- luacheck: ignore
         return tonumber(arguments[1])
      end
   end
end

function response(status) -- luacheck: ignore
   local name = tostring(status)
   statuses[name] = (statuses[name] or 0) + 1 -- luacheck: ignore
end

function done(summary, latency) -- luacheck: ignore
   local counts = {}
   for _, thread in ipairs(threads) do
      for status, count in pairs(thread:get("statuses")) do
         counts[status] = (counts[status] or 0) + count
      end
   end
   local pieces = {}
   for status, count in pairs(counts) do
      pieces[#pieces + 1] = ('"%s":%d'):format(status, count)
   end
   local errors = summary.errors
   io.write(("\nLOAD {%s%s\"errors\":%d,\"timeouts\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n"):format(table.concat(pieces, ","),
      pieces[1] and "," or "", errors.connect + errors.read + errors.write, errors.timeout,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
