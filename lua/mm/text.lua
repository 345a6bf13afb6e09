-- Text for people: safe on a terminal, aligned in columns, numbers in human form.
local characters = require("mm.characters")
local errors = require("mm.errors")

local text = {}

local short = {["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}

local function escape_one(value, i, code, length)
   local character = value:sub(i, i + length - 1)
   if not code then
      return ("\\x%02x"):format(character:byte())
   elseif not characters.is_unsafe(code) then
      return character
   end
   return short[character] or (code < 0x80 and "\\x%02x" or "\\u{%x}"):format(code)
end

--- Text from the lake as a terminal may see it, on one line: controls, invisible characters, those that turn the
--- direction of text, and bytes that are not UTF-8 become \n, \xNN or \u{N}.
---@param value string
---@return string
function text.escape(value)
   if not value:find("[^ -~]") then
      return value
   end
   local pieces = {}
   for i, code, length in characters.each(value) do
      pieces[#pieces + 1] = escape_one(value, i, code, length)
   end
   return table.concat(pieces)
end

--- Columns that a text takes on a terminal.
---@param value string
---@return integer
function text.width(value)
   if not value:find("[^ -~]") then
      return #value
   end
   local width = 0
   for _, code in characters.each(value) do
      width = width + (code and characters.width(code) or 1)
   end
   return width
end

--- Adds spaces up to `width` columns, at the end or (align "right") at the beginning.
---@param value string
---@param width integer
---@param align? string
---@return string
function text.pad(value, width, align)
   local spaces = (" "):rep(width - text.width(value))
   return align == "right" and spaces .. value or value .. spaces
end

--- Cuts to `width` columns; an ellipsis shows that something is missing.
---@param value string
---@param width integer
---@return string
function text.truncate(value, width)
   if text.width(value) <= width then
      return value
   end
   local used = 1
   for i, code in characters.each(value) do
      used = used + (code and characters.width(code) or 1)
      if used > width then
         return value:sub(1, i - 1) .. "…"
      end
   end
   return value
end

--- Breaks a text between words into lines of at most `width` columns. A longer word fits nowhere, and stays where it
--- is.
---@param value string
---@param width integer
---@return string[]
function text.wrap(value, width)
   local lines = {}
   for before, word in value:gmatch("(%s*)(%S+)") do
      local last, gap = lines[#lines], before:match("^ +$") or " "
      local word_width = text.width(word)
      if last and (text.width(last) + #gap + word_width <= width or word_width > width) then
         lines[#lines] = last .. gap .. word
      else
         lines[#lines + 1] = word
      end
   end
   return lines
end

--- A line that is too long for `width` columns, broken between words; what follows is indented by three more than it.
--- Text of several lines stays as it is.
---@param line string
---@param width integer|nil nil: as long as it is
---@return string
function text.fold(line, width)
   if not width or text.width(line) <= width or line:find("\n", 1, true) then
      return line
   end
   local indent = line:match("^ *")
   return indent .. table.concat(text.wrap(line, width - #indent - 3), "\n   " .. indent)
end

local units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

--- Bytes in the largest unit that leaves at least 1: "512 B", "1.5 GiB".
---@param bytes number
---@return string
function text.bytes(bytes)
   local value, unit = math.abs(bytes), 1
   while (unit == 1 and value >= 1024 or value >= 1023.95) and unit < #units do
      value, unit = value / 1024, unit + 1
   end
   local sign = bytes < 0 and "-" or ""
   return sign .. (unit == 1 and "%d %s" or "%.1f %s"):format(value, units[unit])
end

--- A whole number with its digits in groups of three: "1 234 567".
---@param count number
---@return string
function text.count(count)
   local digits = ("%d"):format(count)
   local grouped = digits:reverse():gsub("(%d%d%d)", "%1 "):reverse()
   return (grouped:gsub("^ ", ""):gsub("^%- ", "-"))
end

local MAX_EXACT = 9007199254740992 -- 2^53
local seconds = {w = 604800, d = 86400, h = 3600, m = 60, s = 1}

--- Seconds of a duration: "7d", "36h", "90m", "1d12h".
---@param value string
---@return integer|nil seconds, table|nil err
function text.parse_duration(value)
   local sum, rest = 0, value
   while rest ~= "" do
      local count, unit, tail = rest:match("^(%d+)([wdhms])(.*)$")
      sum = count and #count <= 9 and sum + tonumber(count) * seconds[unit] or nil
      if not sum or sum > MAX_EXACT then
         sum = nil
         break
      end
      rest = tail
   end
   if value == "" or not sum then
      return errors.fail("invalid", ("'%s' is not a duration"):format(text.escape(value)), {
         hint = "a number and a unit: 7d, 36h, 90m, 30s, 2w, or several: 1d12h",
      })
   end
   return sum
end

--- A text as one word of the shell.
---@param value any
---@return string
function text.word(value)
   return "'" .. tostring(value):gsub("'", "'\\''") .. "'"
end

--- A duration in its largest whole unit, as `text.parse_duration` reads it: 604800 is "7d", 129600 "36h".
---@param duration integer seconds
---@return string
function text.duration(duration)
   for _, unit in ipairs{"d", "h", "m"} do
      if duration ~= 0 and duration % seconds[unit] == 0 then
         return ("%d%s"):format(duration / seconds[unit], unit)
      end
   end
   return ("%ds"):format(duration)
end

return text
