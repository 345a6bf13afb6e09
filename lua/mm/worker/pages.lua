-- Long lists: by pages with a cursor, or all of it as JSON lines.
local characters = require("mm.characters")
local errors = require("mm.errors")
local json = require("mm.json")
local time = require("mm.time")

local pages = {}

local LINES_PAGE = 1000
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

-- Base64 as URLs have it, without padding.
local function encode64(text)
   local pieces = {}
   for at = 1, #text, 3 do
      local a, b, c = text:byte(at, at + 2)
      local bits = a * 65536 + (b or 0) * 256 + (c or 0)
      for i = 0, c and 3 or b and 2 or 1 do
         local index = math.floor(bits / 64 ^ (3 - i)) % 64 + 1
         pieces[#pieces + 1] = ALPHABET:sub(index, index)
      end
   end
   return table.concat(pieces)
end

local function decode64(text)
   local pieces, bits, count = {}, 0, 0
   for character in text:gmatch(".") do
      local index = ALPHABET:find(character, 1, true)
      if not index then
         return nil
      end
      bits, count = (bits * 64 + index - 1) % 65536, count + 6
      if count >= 8 then
         count = count - 8
         pieces[#pieces + 1] = string.char(math.floor(bits / 2 ^ count) % 256)
      end
   end
   return table.concat(pieces)
end

local function is_text(value)
   return type(value) == "string" and characters.is_utf8(value) and not value:find("\0", 1, true)
end

local function is_address(value)
   local block, line = value:match("^%((%d+),(%d+)%)$")
   return block ~= nil and #block <= 10 and tonumber(block) < 2 ^ 32 and #line <= 5 and tonumber(line) < 2 ^ 16
end

local KINDS = {
   number = function(value)
      return type(value) == "number" and value % 1 == 0 and value >= 0 and value < 2 ^ 53
   end,
   partition = function(value)
      local is_right = type(value) == "table" and type(value.nulls) == "boolean"
      for _, name in ipairs{"view_set", "instance", "begin", "at"} do
         is_right = is_right and (value[name] == nil or is_text(value[name]))
      end
      return is_right and (value.at == nil or is_address(value.at))
         and (value.begin == nil or time.normalize(value.begin) ~= nil)
   end,
}

-- The cursors of mm.partitions are lists with holes.
local function pack(kind, cursor)
   if kind == "partition" then
      cursor = {view_set = cursor[1], instance = cursor[2], begin = cursor[3], at = cursor[4],
         nulls = cursor.nulls or false}
   end
   return encode64(json.encode(cursor))
end

local function unpack_cursor(kind, text)
   local value = decode64(text)
   value = value and json.decode(value)
   if not KINDS[kind](value) then
      return errors.fail("invalid", "the cursor is not one that was given out for this list")
   elseif kind == "partition" then
      value = {n = 4, value.view_set, value.instance, value.begin, value.at, nulls = value.nulls}
   end
   return value
end

local function escape(text)
   return (tostring(text):gsub("[^%w_.~-]", function(byte)
      return ("%%%02X"):format(byte:byte())
   end))
end

local function link(path, query, cursor)
   local pairs_of_it = {}
   for name, value in pairs(query) do
      if name ~= "cursor" then
         pairs_of_it[#pairs_of_it + 1] = escape(name) .. "=" .. escape(value)
      end
   end
   table.sort(pairs_of_it)
   pairs_of_it[#pairs_of_it + 1] = "cursor=" .. cursor
   return ("<%s?%s>; rel=\"next\""):format(path, table.concat(pairs_of_it, "&"))
end

--- The answer for a list. `list` has `kind` of its cursors (number, partition), `path`, and `open(size)`, which gives a
--- function as rows.new takes it, or nil and an error.
---@param request table
---@param list table
---@return table|nil answer, table|nil err
function pages.answer(request, list)
   local query, cursor, err = request.query or {}, nil, nil
   if query.cursor then
      cursor, err = unpack_cursor(list.kind, query.cursor)
   end
   local is_whole = request.accept == "lines"
   local fetch
   if not err then
      fetch, err = list.open(is_whole and LINES_PAGE or query.limit or 100)
   end
   if not fetch then
      return nil, err
   elseif is_whole then
      return {lines = fetch, cursor = cursor}
   end
   local page
   page, err = fetch(cursor)
   if not page then
      return nil, err
   end
   local next_cursor = page.cursor and pack(list.kind, page.cursor)
   page.cursor = nil
   return {body = {items = json.array(page), next = next_cursor},
      headers = next_cursor and {Link = link(list.path, query, next_cursor)}}
end

--- Writes all pages as JSON lines. What fails after the beginning cuts the answer short.
function pages.write_lines(answer, found)
   local cursor = found.cursor
   repeat
      local page, err = found.lines(cursor)
      if not page then
         return nil, err
      elseif not answer.is_begun then
         answer:begin(200, "application/x-ndjson", found.headers)
      end
      cursor, page.cursor = page.cursor, nil
      local lines = {}
      for i, row in ipairs(page) do
         lines[i] = json.encode(row)
      end
      lines[#lines + 1] = ""
   until not answer:chunk(table.concat(lines, "\n")) or not cursor
   answer:finish() -- a reader that went away is no error
   return true
end

return pages
