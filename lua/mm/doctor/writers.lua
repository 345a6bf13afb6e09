-- What the guard `writers` would say to a plan made now, as one finding of the doctor.
local guards = require("mm.guards.words")
local handle = require("mm.handle")

local OLDER = {newer_release = true, appeared_later = true} -- kinds that speak against the registry

local function summary(rows)
   local found, seen = {kind = "mixed_writers", count = 0, view_sets = {}}, {}
   for _, row in ipairs(rows) do
      local name, hash = row.view_set_name, row.view_set_name .. " " .. row.hash
      if not seen[name] then
         table.insert(found.view_sets, name)
      end
      found.count = found.count + (seen[hash] and 0 or 1)
      found.kind = OLDER[row.kind] and "older_registry" or found.kind
      if row.last_write and row.last_write > (found.time or "") then
         found.time, found.example = row.last_write, hash
      end
      seen[name], seen[hash] = true, true
   end
   table.sort(found.view_sets)
   return {found}
end

--- Outdated hashes that are still written, or that make the registry look older than the lake's writers.
---@param context table see mm.doctor.checks
---@return table[]|nil rows none or one, table|nil err
return function(context)
   local rows, err = handle.select(context.lake, "guard_writers", {n = 2, context.registry:arrays()})
   if rows then
      rows, err = guards.completes.writers(context.lake, rows)
   end
   if not rows then
      return nil, err
   end
   return #rows > 0 and summary(rows) or rows
end
