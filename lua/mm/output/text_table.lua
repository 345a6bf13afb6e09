-- Rows as an aligned table, for people.
local cells = require("mm.output.cells")
local paint = require("mm.paint")
local records = require("mm.output.records")
local text = require("mm.text")

local text_table = {}

local ROWS_TO_MEASURE = 1000 -- later ones are printed as they come
local BETWEEN = "  "

-- The first rows, as lists of cells; they decide how wide each column is, and whether it holds numbers.
local function measure(columns, next_row)
   local lines = {}
   for _, column in ipairs(columns) do
      column.width = text.width(column.heading)
   end
   for row in next_row do
      local values = cells.row(columns, row)
      for i, column in ipairs(columns) do
         column.width = math.max(column.width, text.width(values[i]))
         column.align = column.align or cells.alignment(column, row)
      end
      lines[#lines + 1] = values
      if #lines == ROWS_TO_MEASURE then
         break
      end
   end
   return lines
end

local function total_width(columns)
   local sum = -#BETWEEN
   for _, column in ipairs(columns) do
      sum = sum + (column.is_hidden and 0 or column.width + #BETWEEN)
   end
   return sum
end

-- Optional columns are for tables on terminals that have room for all of them.
local function hide_optional(columns, layout)
   local has_room = not layout.is_vertical and layout.width and total_width(columns) <= layout.width
   for _, column in ipairs(columns) do
      column.is_hidden = column.optional and not has_room
   end
end

local function is_vertical(columns, layout)
   if layout.is_vertical ~= nil then
      return layout.is_vertical
   end
   return layout.width ~= nil and total_width(columns) > layout.width
end

local function line(columns, values, style)
   local pieces = {}
   for i, column in ipairs(columns) do
      if not column.is_hidden then
         local spaces = (" "):rep(column.width - text.width(values[i]))
         local value = paint.text(style or column.style, values[i])
         pieces[#pieces + 1] = column.align == "right" and spaces .. value or value .. spaces
      end
   end
   return (table.concat(pieces, BETWEEN):gsub(" +$", "")) .. "\n"
end

local function headings_of(columns)
   local headings = {}
   for i, column in ipairs(columns) do
      headings[i] = column.heading
   end
   return headings
end

-- The cells that were measured, then those of the rows that follow.
local function each(lines, columns, next_row)
   local i = 0
   return function()
      i = i + 1
      if i <= #lines then
         return lines[i]
      end
      local row = #lines == ROWS_TO_MEASURE and next_row() or nil
      return row and cells.row(columns, row)
   end
end

local function write_table(write, next_cells, columns)
   write(line(columns, headings_of(columns), "bold"))
   for values in next_cells do
      write(line(columns, values))
   end
end

--- Writes a heading and a line for each row, or, when `layout.width` columns do not hold that, or `layout.is_vertical`
--- says so, a record for each. False when there was no row, and nothing was written.
---@param write function
---@param next_row function
---@param columns table[]
---@param layout? {width: integer, is_vertical: boolean}
---@return boolean
function text_table.rows(write, next_row, columns, layout)
   layout = layout or {}
   local lines = measure(columns, next_row)
   if #lines == 0 then
      return false
   end
   hide_optional(columns, layout)
   local write_rows = is_vertical(columns, layout) and records.all or write_table
   write_rows(write, each(lines, columns, next_row), columns)
   return true
end

return text_table
