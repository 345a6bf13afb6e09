-- What an expression gave, as the shell prints it.
local inline = require("mm.shell.inline")
local output = require("mm.output")
local pager = require("mm.pager")
local paint = require("mm.paint")
local progress = require("mm.progress")
local screen = require("mm.screen")
local text = require("mm.text")
local text_table = require("mm.output.text_table")
local tree = require("mm.shell.tree")

local show = {
   exact = false, -- bytes, counts and times as they are
   vertical = nil, -- true: rows one below the other, false: never so; nil: where they are too wide
   file = nil, -- where values go instead of stdout
   page = 1000, -- rows of a long result on a terminal without a pager
}

local ROWS_FOR_COLUMNS = 100

local function is_error(value)
   return type(value) == "table" and type(value.code) == "string" and type(value.message) == "string"
end

local function is_rows(value)
   local metatable = getmetatable(value)
   return type(value) == "table" and type(metatable) == "table" and metatable.__call ~= nil
      and type(value.all) == "function"
end

local function write_line(label, words, style)
   local line = text.fold(label .. ": " .. text.escape(tostring(words)), screen.width())
   io.stderr:write(paint.text(style, label, "stderr"), line:sub(#label + 1), "\n")
end

--- Prints an error on stderr: what happened, the detail and the hint, a line each.
---@param err mm.error
function show.error(err)
   progress.end_line()
   io.stdout:flush()
   write_line("error", err.message, "red")
   for _, name in ipairs{"detail", "hint"} do
      if err[name] then
         write_line(name, err[name])
      end
   end
end

local function layout()
   return {width = not show.file and screen.width() or nil, is_vertical = show.vertical}
end

-- Lines stay lines; everything else that a terminal would act on is shown.
local function scalar(value)
   if type(value) ~= "string" then
      return text.escape(tostring(value))
   end
   return (value:gsub("[^\n\t]+", text.escape))
end

local function lake_words(value)
   local core = package.loaded["mm.core"]
   local metatable = getmetatable(value)
   if not core or type(metatable) ~= "table" or metatable.__index ~= core.lake_methods then
      return nil
   end
   local is_open, info = pcall(core.lake_info, value)
   return is_open and ("lake %s: database %s, as %s"):format(info.name, info.database, info.role) or "lake, closed"
end

local function page_limit()
   local is_read_at_leisure = show.file or not screen.is_terminal("stdout") or pager.is_there()
   return is_read_at_leisure and math.huge or show.page
end

local function take(rows, count)
   local list = {}
   for row in rows do
      list[#list + 1] = row
      if #list == count then
         break
      end
   end
   return list
end

-- What is left of a long result stays in it for the next time.
local function write_rows(write, rows)
   local limit, count = page_limit(), 0
   local first = take(rows, math.min(limit, ROWS_FOR_COLUMNS))
   local function next_row()
      count = count + 1
      if count <= limit then
         return first[count] or rows()
      end
   end
   if not text_table.rows(write, next_row, tree.columns(first, show.exact), layout()) then
      write("no rows\n")
   elseif count > limit then
      output.message("%d rows; held in a variable, it shows the next ones when it is shown again", limit)
   end
end

local function write_table(write, value)
   if next(value) == nil then
      return write("{}\n")
   elseif not tree.is_rows(value) then
      return tree.write(write, value, {is_exact = show.exact, width = layout().width, depth = 0, seen = {}})
   end
   local i = 0
   text_table.rows(write, function()
      i = i + 1
      return value[i]
   end, tree.columns(value, show.exact), layout())
end

local function write_value(write, value)
   if is_rows(value) then
      write_rows(write, value)
   else
      write_table(write, value)
   end
end

local function is_block(value)
   return is_rows(value) or inline.is_plain(value)
end

-- What is short stands side by side, as print has it; tables and rows have lines of their own.
local function write_all(write, count, values)
   local line = {}
   local function end_line()
      if #line > 0 then
         write(table.concat(line, "\t"), "\n")
      end
      line = {}
   end
   for i = 1, count do
      if is_block(values[i]) then
         end_line()
         write_value(write, values[i])
      else
         line[#line + 1] = lake_words(values[i]) or scalar(values[i])
      end
   end
   end_line()
end

local function write_paged(count, values)
   if not show.file then
      return pager.run(function(write)
         write_all(write, count, values)
      end)
   end
   paint.without(write_all, function(...)
      show.file:write(...)
   end, count, values)
end

--- Prints what an expression gave: lists of rows as tables, one below the other where they are too wide; `nil, err` as
--- a message; results that are read in pages as far as they are looked at; other tables indented.
---@param count integer how many values there are, nils too
---@param ... any
function show.values(count, ...)
   local values = {...}
   local err = values[1] == nil and count == 2 and values[2] or count == 1 and values[1]
   if is_error(err) then
      return show.error(err)
   end
   local is_right, problem = pcall(write_paged, count, values)
   if not is_right and is_error(problem) and problem.code ~= "cancelled" then
      show.error(problem)
   elseif not is_right then
      error(problem, 0)
   end
end

return show
