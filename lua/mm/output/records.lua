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

-- A value that is too long for the terminal is broken between words.
local function folded(value, before, screen_width)
   if not screen_width or before + text.width(value) <= screen_width then
      return value
   end
   return table.concat(text.wrap(value, screen_width - before), "\n" .. (" "):rep(before))
end

local function write_lines(write, columns, values, width, screen_width)
   for i, column in ipairs(columns) do
      if not column.is_hidden then
         local heading = paint.text("bold", column.heading) .. (" "):rep(width - text.width(column.heading)) .. "  "
         write(((heading .. folded(values[i], width + 2, screen_width)):gsub(" +$", "")), "\n")
      end
   end
end

--- Writes a line for each column: its heading and the value.
---@param write function
---@param row table
---@param columns table[]
---@param screen_width? integer
function records.one(write, row, columns, screen_width)
   write_lines(write, columns, cells.row(columns, row), heading_width(columns), screen_width)
end

--- Writes rows, given as lists of cells, each below a line with its number.
---@param write function
---@param next_cells fun(): string[]|nil
---@param columns table[]
---@param screen_width? integer
function records.all(write, next_cells, columns, screen_width)
   local width, number = heading_width(columns), 0
   for values in next_cells do
      number = number + 1
      local title = ("-[ %d ]"):format(number)
      write(title .. ("-"):rep(math.max(4, RULE_WIDTH - #title)), "\n")
      write_lines(write, columns, values, width, screen_width)
   end
end

return records
