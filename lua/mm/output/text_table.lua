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

local function fits(columns, layout)
   return layout.width == nil or total_width(columns) <= layout.width
end

-- Optional columns are for tables on terminals that have room for all of them.
local function hide_optional(columns, layout)
   local has_room = not layout.is_vertical and layout.width and total_width(columns) <= layout.width
   for _, column in ipairs(columns) do
      column.is_hidden = column.optional and not has_room
   end
end

-- Spare columns go where there is no room for them, the last ones first; all stay when even that does not help.
local function hide_spare(columns, layout)
   local hidden = {}
   for i = #columns, 1, -1 do
      if columns[i].spare and not fits(columns, layout) then
         columns[i].is_hidden = true
         table.insert(hidden, 1, columns[i].heading)
      end
   end
   if fits(columns, layout) then
      return hidden
   end
   for _, column in ipairs(columns) do
      column.is_hidden = column.optional
   end
   return {}
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

local function write_table(write, next_cells, columns)
   write(line(columns, headings_of(columns), "bold"))
   for values in next_cells do
      write(line(columns, values))
   end
end

local function write_briefly(brief)
   return function(write, next_cells)
      for values in next_cells do
         write(brief(values.row), "\n")
      end
   end
end

-- How the rows are written, and the headings of columns that were left out.
local function choose(columns, layout)
   hide_optional(columns, layout)
   if layout.is_vertical then
      return records.all, {}
   elseif layout.is_vertical == false then
      return write_table, {}
   end
   local hidden = hide_spare(columns, layout)
   if fits(columns, layout) then
      return write_table, hidden
   end
   return layout.brief and write_briefly(layout.brief) or records.all, {}
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

--- Writes a heading and a line for each row, or, when `layout.width` columns do not hold that, or `layout.is_vertical`
--- says so, a record for each, or what `layout.brief` makes of the row. False when there was no row, and nothing was
--- written.
---@param write function
---@param next_row function
---@param columns table[]
---@param layout? {width: integer, is_vertical: boolean, brief: fun(row: table): string} `brief` must escape
---@return boolean is_written, string[]|nil hidden the headings that there was no room for
function text_table.rows(write, next_row, columns, layout)
   local lines = measure(columns, next_row)
   if #lines == 0 then
      return false
   end
   local write_rows, hidden = choose(columns, layout or {})
   write_rows(write, each(lines, columns, next_row), columns, layout and layout.width)
   return true, hidden
end

return text_table
