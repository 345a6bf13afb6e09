-- What an operator does, in a Lua whose allocations fail: each phase returns texts that tell what came of it. A phase
-- that is run again goes on where the first attempt was stopped.
local mm = require("mm")

local phases = {}
local lake

function phases.connect(conninfo)
   lake = assert(mm.open(conninfo))
end

function phases.disconnect()
   lake:close()
   lake = nil
end

function phases.collect()
   collectgarbage()
   collectgarbage()
end

function phases.releases()
   return #mm.registry.releases_of("log_entries", "07")
end

function phases.open(conninfo)
   local opened = assert(mm.open(conninfo))
   local name = opened:info().name
   opened:close()
   return name
end

function phases.status()
   local found = assert(lake:status())
   return found.partitions, found.registry, #found.writers
end

function phases.outdated()
   local list = assert(lake:list_outdated_partitions())
   return #list, list[1].partition_count
end

function phases.partitions()
   local paths = {}
   for row in assert(lake:list_partitions()) do
      paths[#paths + 1] = row.file_path or "empty"
   end
   return table.concat(paths, " ")
end

function phases.plan()
   local found = assert(lake:plan{view_set = "log_entries", verdicts = {"replaced", "short", "empty", "only_copy"}})
   return found.state, found.partitions, found.selection.view_set
end

local function id_of_first()
   local list = assert(lake:retirements())
   return list[#list].id, list[#list].state
end

-- Names of guards, each with the reason to override it.
function phases.apply(...)
   local overrides = {}
   for i = 1, select("#", ...), 2 do
      overrides[select(i, ...)] = select(i + 1, ...)
   end
   local found = assert(lake:apply(id_of_first(), {reason = "torture", limit = 2, overrides = overrides}))
   return found.state, found.retired, found.remaining, found.selection.view_set
end

function phases.audit()
   local chain = assert(lake:verify_audit())
   local entries = assert(assert(lake:audit()):all())
   return chain.is_intact and #entries == chain.entries and "intact" or "broken"
end

function phases.undo()
   local id, state = id_of_first()
   local found, err
   if state == "undone" then
      found, err = lake:retirement(id)
   else
      found, err = lake:undo(id, {reason = "torture", limit = 2})
   end
   assert(found, err)
   return found.state, found.restored, found.selection.view_set
end

return phases
