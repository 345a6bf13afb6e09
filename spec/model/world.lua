-- What must be true, in plain tables: the model's side of a history.
--   world.now                 the lake's clock, microseconds since 1970
--   world.rows                live partitions, as world.row makes them: never changed, equal when their `line` is
--   world.queue               {path =, size =, expires =} for each row of temporary_files
--   world.deleted[path]       objects that upstream deleted
--   world.blocks              source blocks (scene.lua)
--   world.holds[n]            {view_set =, view_instance =, from =, to =, released =}
--   world.entries             of the audit, those since the last comparison
--   world.retirements[n]      see retiring.lua
local scene = require("spec.model.scene")

local world = {}
world.__index = world

world.COLUMNS = {"view_set", "instance", "from", "to", "min", "max", "updated", "path", "size", "hash", "source",
   "metadata", "rows", "version", "sort_order", "max_sort"}

local function text_of(value)
   if value == nil or value == false then
      return "~"
   end
   return type(value) == "number" and ("%d"):format(value) or value
end

--- A line of what may be nil.
function world.join(...)
   local list = {...}
   for i = 1, select("#", ...) do
      list[i] = text_of(list[i])
   end
   return table.concat(list, "|")
end

-- The source count: 8 bytes, little-endian, or nobody knows.
local function count_of(source)
   if source and #source == 16 and source:sub(11) == "000000" then
      local bytes = source:gsub("(..)(..)(..)(..)(..).*", "%5%4%3%2%1")
      return tonumber(bytes, 16)
   end
end

function world.source_of(count)
   return (("%016x"):format(count):reverse():gsub("(.)(.)", "%2%1"))
end

--- A partition of these columns, or of those of `base` with these.
function world.row(columns, base)
   local row, values = {}, {}
   for i, name in ipairs(world.COLUMNS) do
      row[name] = base and base[name]
      if columns[name] ~= nil then
         row[name] = columns[name]
      end
      values[i] = text_of(row[name])
   end
   row.line, row.count = table.concat(values, "|"), count_of(row.source)
   return row
end

function world.new()
   local blocks = {}
   for i, block in ipairs(scene.BLOCKS) do
      blocks[i] = block
   end
   return setmetatable({now = scene.NOW, latest = scene.NOW, rows = {}, queue = {}, deleted = {}, blocks = blocks,
      retirements = {}, holds = {}, entries = {}, births = 0, is_log_stats_defined = true}, world)
end

-- Rows, items, queue rows and batches are never changed, so that copies share them.
local function copy(value)
   local result = {}
   for key, each in pairs(value) do
      result[key] = each
   end
   return result
end

local SHARED = {items = true, selection = true}

local function copy_retirement(ret)
   local result = copy(ret)
   for name, value in pairs(ret) do
      if type(value) == "table" and not SHARED[name] then
         result[name] = copy(value)
      end
   end
   return result
end

--- A world that goes its own way from here.
function world:clone()
   local result = setmetatable(copy(self), world)
   for _, name in ipairs{"rows", "queue", "deleted", "blocks", "holds", "entries"} do
      result[name] = copy(self[name])
   end
   result.retirements = {}
   for number, ret in ipairs(self.retirements) do
      result.retirements[number] = copy_retirement(ret)
   end
   return result
end

--- Live rows for which `is_wanted`.
function world:find(is_wanted)
   local list = {}
   for _, row in ipairs(self.rows) do
      if is_wanted(row) then
         list[#list + 1] = row
      end
   end
   return list
end

--- Takes out of a list what is in the set.
function world.without(list, set)
   local kept = {}
   for _, each in ipairs(list) do
      if not set[each] then
         kept[#kept + 1] = each
      end
   end
   return kept
end

--- The order of what is written.
function world:birth()
   self.births = self.births + 1
   return self.births
end

--- Adds a row, with whom the transaction that wrote it comes.
function world:add(row)
   local added = world.row({}, row)
   added.born = self:birth()
   self.rows[#self.rows + 1] = added
end

function world:audit(what, number, why)
   self.entries[#self.entries + 1] = world.join(what, number, why)
end

--- Whether upstream's exclusion constraint lets no row like this in, but for rows in the set `without`.
function world:is_in_the_way(row, without)
   for _, other in ipairs(self.rows) do
      if not (without and without[other]) and other.view_set == row.view_set and other.instance == row.instance
         and other.hash and other.hash == row.hash and other.from < other.to and row.from < row.to
         and other.from < row.to and row.from < other.to then
         return true
      end
   end
   return false
end

--- Whether the registry or the catalog knows this view set.
function world:knows(view_set)
   return not scene.BY_NAME[view_set].is_unregistered
      or #self:find(function(row) return row.view_set == view_set end) > 0
end

--- Live rows that the retirement is still to retire.
function world:to_come(ret)
   local live, list = {}, {}
   for _, row in ipairs(self.rows) do
      live[row.line] = row
   end
   for seq = ret.next_seq, #ret.items do
      list[#list + 1] = live[ret.items[seq].row.line]
   end
   return list
end

--- The first expiration of a path in the queue.
function world:expiration(path)
   local first
   for _, queued in ipairs(self.queue) do
      if queued.path == path and (not first or queued.expires < first) then
         first = queued.expires
      end
   end
   return first
end

return world
