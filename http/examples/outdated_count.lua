-- A handler of an operator's own: how many partitions are outdated. nginx runs this in a thread, with a Lua state of
-- its own, so it knows nothing of ngx.*, and gets and gives plain values: see outdated_count.conf.
local outdated_count = {}

--- The number, or nil and why not: what is raised here must be a string, for a table arrives as an empty one.
---@param conninfo string
---@return integer|nil count, string|nil message
function outdated_count.ask(conninfo)
   local mm = require("mm")
   local lake, err = mm.open(conninfo)
   local groups
   if lake then
      groups, err = lake:list_outdated_partitions()
      lake:close()
   end
   if not groups then
      return nil, tostring(err)
   end
   local count = 0
   for _, group in ipairs(groups) do
      count = count + group.partition_count
   end
   return count
end

return outdated_count
