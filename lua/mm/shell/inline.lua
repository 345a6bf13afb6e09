-- Values on one line, nested or in circles.
local columns = require("mm.shell.columns")
local json = require("mm.json")
local screen = require("mm.screen")

local inline = {}

--- Whether it is a table that has no manners of its own.
---@param value any
---@return boolean
function inline.is_plain(value)
   return type(value) == "table" and getmetatable(value) == nil
end

--- The keys of a table in the order in which they are shown.
---@param value table
---@return any[]
function inline.keys(value)
   local keys = {}
   for key in pairs(value) do
      keys[#keys + 1] = key
   end
   table.sort(keys, columns.precedes)
   return keys
end

--- What stands for something that was left out.
---@return string
function inline.ellipsis()
   return screen.is_utf8() and "…" or "..."
end

local function quoted(name, value, is_exact)
   if value == json.null then
      return "null"
   elseif type(value) == "string" then
      return '"' .. columns.format(nil, value, true):gsub('"', '\\"') .. '"'
   end
   return columns.format(name, value, is_exact)
end

local function pieces_of(value, opts, depth)
   local pieces = {}
   for _, key in ipairs(inline.keys(value)) do
      local piece = inline.text(key, value[key], opts, depth - 1)
      local is_item = type(key) == "number" and key >= 1 and key <= #value
      pieces[#pieces + 1] = is_item and piece or ("%s = %s"):format(columns.format(nil, key), piece)
   end
   return pieces
end

--- The value that has this name; of tables, what is deeper than `depth`, or is being shown already, is only hinted at.
---@param name any
---@param value any
---@param opts {is_exact: boolean, seen: table}
---@param depth integer
---@return string
function inline.text(name, value, opts, depth)
   if not inline.is_plain(value) then
      return quoted(name, value, opts.is_exact)
   elseif opts.seen[value] then
      return "<cycle>"
   elseif next(value) == nil then
      return "{}"
   elseif depth == 0 then
      return "{" .. inline.ellipsis() .. "}"
   end
   opts.seen[value] = true
   local pieces = pieces_of(value, opts, depth)
   opts.seen[value] = nil
   return "{" .. table.concat(pieces, ", ") .. "}"
end

return inline
