-- Values as people read them in tables and records.
local json = require("mm.json")
local text = require("mm.text")

local cells = {}

local formats = {bytes = text.bytes, count = text.count, duration = text.duration}

--- A value in plain text: what CSV holds.
---@param value any
---@return string
function cells.plain(value)
   if value == nil or value == json.null then
      return ""
   elseif type(value) == "table" or type(value) == "number" then
      return json.encode(value)
   end
   return tostring(value)
end

--- The value of a column in a row, formatted and safe on a terminal.
---@param column table
---@param row table
---@return string
function cells.of(column, row)
   local value = row[column.name]
   if type(column.format) == "function" then
      value = column.format(value, row)
   elseif formats[column.format] and type(value) == "number" then
      value = formats[column.format](value)
   elseif type(value) == "boolean" then
      value = value and "yes" or "no"
   end
   return text.escape(cells.plain(value))
end

--- "right" for a column of numbers, else nothing.
---@param column table
---@param row table
---@return string|nil
function cells.alignment(column, row)
   if formats[column.format] or type(row[column.name]) == "number" then
      return "right"
   end
end

--- The values of a row, column by column; `row` in it is the row.
---@param columns table[]
---@param row table
---@return string[]
function cells.row(columns, row)
   local list = {row = row}
   for i, column in ipairs(columns) do
      list[i] = cells.of(column, row)
   end
   return list
end

return cells
