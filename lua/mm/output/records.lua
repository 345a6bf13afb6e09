-- Rows one below the other, each a list of headings and values: for what is too wide to be a table.
local cells = require("mm.output.cells")
local paint = require("mm.paint")
local text = require("mm.text")

local records = {}

local RULE_WIDTH = 40

local function heading_width(columns)
   local width = 0
   for _, column in ipairs(columns) do
      width = math.max(width, column.is_hidden and 0 or text.width(column.heading))
   end
   return width
end

local function write_lines(write, columns, values, width)
   for i, column in ipairs(columns) do
      if not column.is_hidden then
         local heading = paint.text("bold", column.heading) .. (" "):rep(width - text.width(column.heading))
         write(((heading .. "  " .. values[i]):gsub(" +$", "")), "\n")
      end
   end
end

--- Writes a line for each column: its heading and the value.
---@param write function
---@param row table
---@param columns table[]
function records.one(write, row, columns)
   write_lines(write, columns, cells.row(columns, row), heading_width(columns))
end

--- Writes rows, given as lists of cells, each below a line with its number.
---@param write function
---@param next_cells fun(): string[]|nil
---@param columns table[]
function records.all(write, next_cells, columns)
   local width, number = heading_width(columns), 0
   for values in next_cells do
      number = number + 1
      local title = ("-[ %d ]"):format(number)
      write(title .. ("-"):rep(math.max(4, RULE_WIDTH - #title)), "\n")
      write_lines(write, columns, values, width)
   end
end

return records
