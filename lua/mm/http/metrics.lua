-- What nginx counts, in memory that its processes share, as OpenMetrics.
local metrics = {}

local BUCKETS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
local COUNTERS = {
   {"refused", "mm_http_refused", "Requests that admission refused, all workers being busy."},
   {"failures", "mm_http_unauthorized", "Requests without a valid key."},
   {"limited", "mm_http_limited", "Requests refused because of too many without a valid key."},
   {"aborted", "mm_http_aborted", "Requests whose client went away."},
   {"cut", "mm_http_cut", "Answers that ended before they were whole."},
}

--- Counts one of COUNTERS.
---@param name string
function metrics.count(name)
   ngx.shared.mm_metrics:incr("count|" .. name, 1, 0)
end

--- Notes a request that ended.
---@param route string
---@param status integer
---@param seconds number
function metrics.note(route, status, seconds)
   local dict, bucket = ngx.shared.mm_metrics, 1
   while BUCKETS[bucket] and seconds > BUCKETS[bucket] do
      bucket = bucket + 1
   end
   dict:incr(("requests|%s|%d"):format(route, status), 1, 0)
   dict:incr(("bucket|%s|%d"):format(route, bucket), 1, 0)
   dict:incr("seconds|" .. route, seconds, 0)
end

local function header(lines, name, kind, help)
   lines[#lines + 1] = ("# TYPE %s %s\n# HELP %s %s"):format(name, kind, name, help)
end

-- The values of keys that begin with `prefix|`, sorted, with the rest of the key.
local function each(prefix)
   local dict, found = ngx.shared.mm_metrics, {}
   for _, key in ipairs(dict:get_keys(0)) do
      found[#found + 1] = key:match("^" .. prefix .. "|(.*)$")
   end
   table.sort(found)
   local i = 0
   return function()
      i = i + 1
      return found[i], found[i] and dict:get(prefix .. "|" .. found[i]) or 0
   end
end

local function add_counters(lines)
   for _, counter in ipairs(COUNTERS) do
      header(lines, counter[2], "counter", counter[3])
      lines[#lines + 1] = ("%s_total %d"):format(counter[2], ngx.shared.mm_metrics:get("count|" .. counter[1]) or 0)
   end
end

local function add_requests(lines)
   header(lines, "mm_http_requests", "counter", "Requests by route and status.")
   for key, value in each("requests") do
      local route, status = key:match("^(.*)|(%d+)$")
      lines[#lines + 1] = ('mm_http_requests_total{route="%s",status="%s"} %d'):format(route, status, value)
   end
end

local function add_durations(lines)
   local name = "mm_http_request_duration_seconds"
   header(lines, name, "histogram", "Seconds from a request's first byte to the answer's last.")
   for route, seconds in each("seconds") do
      local total = 0
      for i = 1, #BUCKETS + 1 do
         total = total + (ngx.shared.mm_metrics:get(("bucket|%s|%d"):format(route, i)) or 0)
         lines[#lines + 1] = ('%s_bucket{route="%s",le="%s"} %d'):format(name, route, BUCKETS[i] or "+Inf", total)
      end
      lines[#lines + 1] = ('%s_sum{route="%s"} %.6f'):format(name, route, seconds)
      lines[#lines + 1] = ('%s_count{route="%s"} %d'):format(name, route, total)
   end
end

--- nginx's metrics, and after them those of the worker.
---@param others string
---@return string
function metrics.text(others)
   local lines = {}
   add_counters(lines)
   add_requests(lines)
   add_durations(lines)
   lines[#lines + 1] = others:gsub("# EOF\n?$", "") .. "# EOF\n"
   return table.concat(lines, "\n")
end

return metrics
