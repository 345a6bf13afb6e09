-- What is asked of tables again and again.
local lists = {}

--- The names in a table, sorted.
---@param map table<string, any>
---@return string[]
function lists.keys(map)
   local keys = {}
   for key in pairs(map) do
      keys[#keys + 1] = key
   end
   table.sort(keys)
   return keys
end

--- Whether a list holds a value.
---@param list any[]
---@param value any
---@return boolean
function lists.has(list, value)
   for _, known in ipairs(list) do
      if value == known then
         return true
      end
   end
   return false
end

return lists
