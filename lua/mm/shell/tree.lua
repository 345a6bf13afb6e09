-- Tables of any kind, nested or in circles, in a form that ends.
local columns = require("mm.shell.columns")
local inline = require("mm.shell.inline")
local text = require("mm.text")
local text_table = require("mm.output.text_table")

local tree = {}

local DEPTH, ROWS, CELL = 4, 20, 60
local INDENT = "  "

local is_plain = inline.is_plain

-- A list without holes or other keys; the cursor of a page of rows is none of it.
local function is_list(value)
   local count = 0
   for key in pairs(value) do
      count = count + (key ~= "cursor" and 1 or 0)
   end
   return count == #value
end

--- Whether it is a list of rows: of tables with names in them.
---@param value any
---@return boolean
function tree.is_rows(value)
   if not is_plain(value) or #value == 0 or not is_list(value) then
      return false
   end
   for _, row in ipairs(value) do
      if not is_plain(row) or #row > 0 or next(row) == nil then
         return false
      end
   end
   return true
end

-- What fits beside its name is shown there.
local function beside(name, value, opts, room)
   if not is_plain(value) then
      return columns.format(name, value, opts.is_exact)
   elseif opts.seen[value] or next(value) == nil or opts.depth >= DEPTH then
      return inline.text(name, value, opts, 0)
   end
   local line = inline.text(name, value, opts, 2)
   local is_whole = not line:find("{" .. inline.ellipsis() .. "}", 1, true)
   return is_whole and text.width(line) <= room and line or nil
end

local function indented(write)
   local is_new = true
   return function(...)
      for piece in table.concat({...}):gmatch("[^\n]*\n?") do
         write(is_new and piece ~= "" and INDENT or "", piece)
         if piece ~= "" then
            is_new = piece:sub(-1) == "\n"
         end
      end
   end
end

local function deeper(opts, value)
   local result = {}
   for name, option in pairs(opts) do
      result[name] = option
   end
   opts.seen[value] = true
   result.depth, result.width = opts.depth + 1, opts.width and opts.width - #INDENT
   return result
end

--- Columns for the rows of a list, in their usual order.
---@param rows table[]
---@param is_exact? boolean
---@return table[]
function tree.columns(rows, is_exact)
   local names, list = {}, {}
   for _, row in ipairs(rows) do
      for name in pairs(row) do
         names[name] = true
      end
   end
   for i, name in ipairs(inline.keys(names)) do
      list[i] = {name = name, heading = columns.format(nil, name), format = function(value)
         if is_plain(value) then
            return text.truncate(inline.text(name, value, {is_exact = is_exact, seen = {}}, 2), CELL)
         end
         return columns.format(name, value, is_exact)
      end}
   end
   return list
end

local function rest(write, count)
   if count > ROWS then
      write(("%s %d more\n"):format(inline.ellipsis(), count - ROWS))
   end
end

-- Within something else rows stay a table: the last columns go where there is no room for them.
local function write_rows(write, rows, opts)
   local i, shown = 0, tree.columns(rows, opts.is_exact)
   for n = 2, #shown do
      shown[n].spare = opts.depth > 0
   end
   local _, hidden = text_table.rows(write, function()
      i = i + 1
      return i <= ROWS and rows[i] or nil
   end, shown, {width = opts.width})
   rest(write, #rows)
   if #hidden > 0 then
      local words = ("not shown for want of room: %s"):format(table.concat(hidden, ", "))
      write(text.fold(words, opts.width), "\n")
   end
end

local function write_pair(write, key, value, width, opts)
   local name = text.pad(columns.format(nil, key), width)
   local line = beside(key, value, opts, (opts.width or 80) - width - 2)
   if line then
      return write(((name .. "  " .. line):gsub(" +$", "")), "\n")
   end
   write((name:gsub(" +$", "")), "\n")
   tree.write(indented(write), value, deeper(opts, value))
   opts.seen[value] = nil
end

local function write_pairs(write, value, opts)
   local keys, width = inline.keys(value), 0
   local is_long_list = opts.depth > 0 and is_list(value)
   for _, key in ipairs(keys) do
      width = math.max(width, text.width(columns.format(nil, key)))
   end
   for i, key in ipairs(keys) do
      if not is_long_list or i <= ROWS then
         write_pair(write, key, value[key], width, opts)
      end
   end
   if is_long_list then
      rest(write, #keys)
   end
end

--- Writes a table: a list of rows as a table, else a line for each key, and what it holds below, indented.
---@param write fun(...: string)
---@param value table
---@param opts {is_exact: boolean, width: integer, depth: integer, seen: table}
function tree.write(write, value, opts)
   if tree.is_rows(value) then
      return write_rows(write, value, opts)
   end
   opts.seen[value] = true
   write_pairs(write, value, opts)
   opts.seen[value] = nil
end

return tree
