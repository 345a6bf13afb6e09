-- Data on stdout, as an aligned table, JSON, JSON lines or CSV; messages on stderr.
local cells = require("mm.output.cells")
local errors = require("mm.errors")
local json = require("mm.json")
local pager = require("mm.pager")
local progress = require("mm.progress")
local records = require("mm.output.records")
local screen = require("mm.screen")
local text = require("mm.text")
local text_table = require("mm.output.text_table")

local output = {}

local EPIPE = 32

local function write(...)
   local is_written, message, number = io.stdout:write(...)
   if not is_written then
      local code = number == EPIPE and "closed_pipe" or "io"
      error(errors.new(code, "the output could not be written: " .. tostring(message)), 0)
   end
end

-- A loop over rows, whether they are a list or something callable.
local function each(rows)
   if type(rows) == "function" or (getmetatable(rows) or {}).__call then
      return rows
   end
   local i = 0
   return function()
      i = i + 1
      return rows[i]
   end
end

-- Copies; optional columns are pictures, which are for people.
local function complete(columns, is_for_people)
   local list = {}
   for _, column in ipairs(columns) do
      column = type(column) == "string" and {name = column} or column
      if is_for_people or not column.optional then
         local copy = {heading = column.name:gsub("_", " ")}
         for name, value in pairs(column) do
            copy[name] = value
         end
         list[#list + 1] = copy
      end
   end
   return list
end

local function names_of(columns)
   local names = {}
   for i, column in ipairs(columns) do
      names[i] = column.name
   end
   return names
end

local function as_object(names, row)
   local object = {}
   for _, name in ipairs(names) do
      object[name] = row[name] == nil and json.null or row[name]
   end
   return json.encode(object, names)
end

local writers = {}

function writers.json(next_row, columns)
   local names, before = names_of(columns), "[\n"
   for row in next_row do
      write(before, as_object(names, row))
      before = ",\n"
   end
   write(before == "[\n" and "[]\n" or "\n]\n")
end

function writers.jsonl(next_row, columns)
   local names = names_of(columns)
   for row in next_row do
      write(as_object(names, row), "\n")
   end
end

local function csv_line(values)
   for i, value in ipairs(values) do
      if value:find('[,"\r\n]') then
         values[i] = '"' .. value:gsub('"', '""') .. '"'
      end
   end
   return table.concat(values, ",") .. "\n"
end

function writers.csv(next_row, columns)
   write(csv_line(names_of(columns)))
   for row in next_row do
      local values = {}
      for i, column in ipairs(columns) do
         values[i] = cells.plain(row[column.name])
      end
      write(csv_line(values))
   end
end

local function writer_of(opts)
   return opts.json and writers.json or opts.jsonl and writers.jsonl or opts.csv and writers.csv
end

local function write_table(rows, columns, opts)
   local is_there, hidden
   pager.run(function(write_some)
      is_there, hidden = text_table.rows(write_some, each(rows), columns, {width = screen.width(), brief = opts.brief})
   end, write)
   if is_there == false then
      output.message("%s", opts.empty or "nothing")
   elseif hidden and #hidden > 0 then
      output.message("not shown for want of room: %s", table.concat(hidden, ", "))
   end
end

--- Writes rows: a list, or what returns the next one when it is called. As a table with formatted values, or, when
--- `opts` says `json`, `jsonl` or `csv`, with their plain values under the columns' names. A column is a name or
--- `{name=, heading=, format=, align=, style=, spare=, optional=}`; a format is "bytes", "count", "duration" or a
--- function of value and row, a style one of mm.paint. Terminals too narrow do without those that are `spare`; only
--- those with room for everything have `optional` ones. What still does not fit is shown one row below the other, or as
--- `opts.brief(row)` says; what is too long goes through the pager. `opts.empty` is said on stderr in place of a table
--- without rows. Raises when stdout cannot be written.
---@param rows table|function
---@param columns table[]
---@param opts? table as parsed from the command line
function output.rows(rows, columns, opts)
   opts = opts or {}
   local writer = writer_of(opts)
   columns = complete(columns, not writer)
   if writer then
      writer(each(rows), columns)
   else
      write_table(rows, columns, opts)
   end
end

--- Writes one row, as lines `heading  value`, or as an object, or as CSV of one line.
---@param row table
---@param columns table[] as `output.rows` has them
---@param opts? table as parsed from the command line
function output.record(row, columns, opts)
   opts = opts or {}
   columns = complete(columns, not writer_of(opts))
   if opts.json or opts.jsonl then
      write(as_object(names_of(columns), row), "\n")
   elseif opts.csv then
      writers.csv(each({row}), columns)
   else
      records.one(write, row, columns, screen.width())
   end
end

--- Writes lines, through the pager where the terminal cannot show them all.
---@param lines string[] safe on a terminal
function output.lines(lines)
   pager.run(function(write_some)
      for _, line in ipairs(lines) do
         write_some(line, "\n")
      end
   end, write)
end

--- Writes a table as one JSON object.
---@param value table
function output.object(value)
   write(json.encode(value), "\n")
end

--- A line on stderr, after what stdout was given, of string.format; strings in it are escaped. Folded where it is too
--- long for the terminal.
---@param format string
function output.message(format, ...)
   local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
   local count, values = select("#", ...), {...}
   for i = 1, count do
      values[i] = type(values[i]) == "string" and text.escape(values[i]) or values[i]
   end
   progress.end_line()
   io.stdout:flush()
   io.stderr:write(text.fold(format:format(unpack(values, 1, count)), screen.width()), "\n")
end

return output
