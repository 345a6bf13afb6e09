-- Rows as an aligned table, or one as a list of headings and values, for people.
local json = require("mm.json")
local text = require("mm.text")

local text_table = {}

local ROWS_TO_MEASURE = 1000 -- later ones are printed as they come

local formats = {bytes = text.bytes, count = text.count, duration = text.duration}

--- A value in plain text: what CSV holds.
---@param value any
---@return string
function text_table.plain(value)
   if value == nil or value == json.null then
      return ""
   elseif type(value) == "table" or type(value) == "number" then
      return json.encode(value)
   end
   return tostring(value)
end

local function cell(column, row)
   local value = row[column.name]
   if type(column.format) == "function" then
      value = column.format(value, row)
   elseif formats[column.format] and type(value) == "number" then
      value = formats[column.format](value)
   elseif type(value) == "boolean" then
      value = value and "yes" or "no"
   end
   return text.escape(text_table.plain(value))
end

local function cells_of(columns, row)
   local cells = {}
   for i, column in ipairs(columns) do
      cells[i] = cell(column, row)
   end
   return cells
end

local function headings_of(columns)
   local headings = {}
   for i, column in ipairs(columns) do
      headings[i] = column.heading
   end
   return headings
end

local function alignment(column, row)
   if formats[column.format] or type(row[column.name]) == "number" then
      return "right"
   end
end

-- The first rows, as lists of cells; they decide how wide each column is, and whether it holds numbers.
local function measure(columns, next_row)
   local lines = {}
   for row in next_row do
      local cells = cells_of(columns, row)
      for i, column in ipairs(columns) do
         column.width = math.max(column.width or text.width(column.heading), text.width(cells[i]))
         column.align = column.align or alignment(column, row)
      end
      lines[#lines + 1] = cells
      if #lines == ROWS_TO_MEASURE then
         break
      end
   end
   return lines
end

local function line(columns, cells)
   local padded = {}
   for i, column in ipairs(columns) do
      padded[i] = text.pad(cells[i], column.width, column.align)
   end
   return (table.concat(padded, "  "):gsub(" +$", "")) .. "\n"
end

--- Writes a heading and a line for each row; false when there was none, and nothing was written.
---@param write function
---@param next_row function
---@param columns table[]
---@return boolean
function text_table.rows(write, next_row, columns)
   local lines = measure(columns, next_row)
   if #lines == 0 then
      return false
   end
   write(line(columns, headings_of(columns)))
   for _, cells in ipairs(lines) do
      write(line(columns, cells))
   end
   if #lines == ROWS_TO_MEASURE then
      for row in next_row do
         write(line(columns, cells_of(columns, row)))
      end
   end
   return true
end

--- Writes a line for each column: its heading and the value.
---@param write function
---@param row table
---@param columns table[]
function text_table.record(write, row, columns)
   local width = 0
   for _, column in ipairs(columns) do
      width = math.max(width, text.width(column.heading))
   end
   for _, column in ipairs(columns) do
      local value = text.pad(column.heading, width) .. "  " .. cell(column, row)
      write((value:gsub(" +$", "")), "\n")
   end
end

return text_table
