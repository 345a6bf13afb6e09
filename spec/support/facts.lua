-- What specs of listings compare with: the real lakes under the registries that real servers answered, by plain SQL.
--
--   facts.lakes                     the three real lakes, each {name=, registry = path of the answer, outdated = {view set
--                                   = {groups, partitions}}}, counted once by hand
--   facts.registry_sql(path)        a table expression r (name, hash) of the answer's view sets
--   facts.time_sql(expression)      a timestamptz as mm writes it
local json = require("cjson")

local facts = {}

local OLD, NEW = "spec/data/list_view_sets-0.27.0.json", "demo/list_view_sets-0.33.0.json"

facts.lakes = {
   {name = "lake-0.27.0", registry = OLD, outdated = {}},
   {name = "lake-rolling", registry = OLD, outdated = {
      blocks = {1, 24}, log_entries = {1, 13}, log_stats = {1, 3}, measures = {1, 7}, processes = {1, 2},
      streams = {1, 1},
   }},
   {name = "lake-rolling", registry = NEW, outdated = {
      async_events = {11, 20}, blocks = {1, 293}, log_entries = {12, 384}, log_stats = {1, 313}, measures = {12, 389},
      processes = {1, 314}, streams = {1, 315}, thread_spans = {30, 30},
   }},
   {name = "lake-0.33.0", registry = NEW, outdated = {
      async_events = {8, 12}, blocks = {1, 177}, errors_per_minute = {1, 6}, log_entries = {9, 219},
      log_stats = {1, 178}, measures = {9, 219}, processes = {1, 178}, streams = {1, 178}, thread_spans = {23, 23},
   }},
}

function facts.registry_sql(path)
   local file = assert(io.open(path))
   local values = {}
   for i, row in ipairs(json.decode(file:read("*a"))) do
      values[i] = ("('%s', '\\x%s'::bytea)"):format(row.view_set_name, row.current_schema_hash)
   end
   file:close()
   return ("(values %s) r (name, hash)"):format(table.concat(values, ", "))
end

function facts.time_sql(expression)
   local format = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
   return ("case when isfinite(%s) then to_char((%s) at time zone 'UTC', '%s') else (%s)::text end"):format(
      expression, expression, format, expression)
end

return facts
