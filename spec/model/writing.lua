-- Rows that come and change: writers of several releases, and hands that meddle.
--   writing.row(history, [row, [place]]) -> a random partition, in the place of `row`, or a current one in `place`
--   writing.writer(history, [row, [place]]) -> upstream's transaction that writes one
--   writing.pieces(history) -> a wide outdated row, and the places of rows that replace it
--   writing.update(history, row) -> a transaction that changes one column in place
--   writing.odd(history)       adds rows that no writer writes
local effects = require("spec.model.upstream_effects")
local scene = require("spec.model.scene")
local upstream = require("spec.support.upstream")
local verdicts = require("spec.model.verdicts")
local world = require("spec.model.world")

local writing = {}

-- A range of the grid of `global`, or between block times of an instance: closed, sometimes a point.
local function random_range(rng, instance)
   local width = rng:weighted{{56, 1}, {25, 4}, {8, 8}, {10, 2}, {1, scene.QUARTERS}}
   local first = rng:int(0, math.floor(scene.QUARTERS / width) - 1) * width
   local from = scene.START + first * scene.QUARTER
   if instance == "global" then
      return from, from + width * scene.QUARTER
   elseif rng:chance(20) then
      local point = from + rng:pick{0, 7 * scene.MINUTE}
      return point, point
   end
   return from, from + width * scene.QUARTER - (rng:chance(80) and 5 * scene.MINUTE or 0)
end

-- Mostly all that the source has, sometimes less, or nothing.
local function random_events(rng, full)
   return rng:weighted{{70, full}, {15, math.floor(full / 2)}, {5, full + 1}, {5, 2 * full}, {5, 0}}
end

local function random_view_set(rng)
   local list = {}
   for i, each in ipairs(scene.VIEW_SETS) do
      list[i] = {each.weight, each}
   end
   return rng:weighted(list)
end

local function new_path(history, folder)
   history.files = history.files + 1
   return ("views/%s/%d"):format(folder, history.files)
end

-- Often the range of a row that is there, written again by another release.
local function random_place(history, like)
   local rng = history.rng
   like = like or rng:chance(40) and rng:pick(history.world.rows) or nil
   local view_set = like and scene.BY_NAME[like.view_set] or random_view_set(rng)
   local row = {view_set = view_set.name, instance = like and like.instance or rng:pick(view_set.instances),
      version = 2, hash = rng:chance(65) and rng:pick(view_set.old) or view_set.new}
   if like then
      row.from, row.to = like.from, like.to
   else
      row.from, row.to = random_range(rng, row.instance)
   end
   return row
end

function writing.row(history, like, place)
   local rng, row = history.rng, random_place(history, like)
   if place then
      row.from, row.to, row.hash = place.from, place.to, scene.BY_NAME[row.view_set].new
   end
   local events = random_events(rng, verdicts.source_count(history.world, row) or 10)
   local is_empty = events == 0 and rng:chance(70) or rng:chance(5)
   row.rows, row.size = is_empty and 0 or math.max(events, 1), is_empty and 0 or rng:int(100, 999)
   row.source = rng:chance(3) and "0102" or world.source_of(events)
   if not is_empty then
      row.path, row.min, row.max = new_path(history, row.view_set), row.from, row.to
   end
   return world.row(row)
end

function writing.writer(history, like, place)
   local row = writing.row(history, like, place)
   local args = effects.as_row(row)
   args.overlaps = scene.BY_NAME[row.view_set].overlaps
   local is_meant = args.overlaps and effects.does_overlap or effects.is_contained
   local steps, state = effects.removing(history, function(other) return is_meant(other, row) end)
   function steps.insert()
      state.added = world.row({updated = history.world.now}, row)
      return history.world:is_in_the_way(row, state.doomed) and "overlaps an existing partition" or nil
   end
   return effects.start(history, upstream.writer(args), steps, state, "write " .. effects.words(row))
end

--- They are quarters of it, halves, or all but a quarter; those of `global` touch, others do not.
function writing.pieces(history)
   local rng = history.rng
   local row = rng:pick(history.world:find(function(each)
      return verdicts.status(history.world, each) == "outdated" and each.to - each.from > 2 * scene.QUARTER
   end))
   local places, count = {}, rng:pick{2, 4, 4}
   for i = 1, row and count or 0 do
      local width = math.floor((row.to - row.from) / count)
      local to = row.instance == "global" and 0 or scene.MINUTE
      places[i] = {from = row.from + (i - 1) * width, to = i == count and row.to or row.from + i * width - to}
   end
   if row and rng:chance(30) then
      table.remove(places, rng:int(1, count))
   end
   return row, places
end

local SQL_NAME = {view_set = "view_set_name", instance = "view_instance_id", from = "begin_insert_time",
   to = "end_insert_time", min = "min_event_time", max = "max_event_time", updated = "updated", path = "file_path",
   size = "file_size", hash = "file_schema_hash", source = "source_data_hash", rows = "num_rows",
   version = "partition_format_version", sort_order = "sort_order", max_sort = "max_sort_key_time"}
local IS_TIME = {from = true, to = true, min = true, max = true, updated = true, max_sort = true}
local IS_BYTES = {hash = true, source = true}

local function literal(name, value)
   if not value then
      return "null"
   elseif IS_TIME[name] then
      return "'" .. scene.stamp(value) .. "'"
   end
   return ("'%s%s'"):format(IS_BYTES[name] and "\\x" or "", tostring(value))
end

local function random_change(history, row)
   local rng, now = history.rng, history.world.now
   local values = {min = now, max = now, updated = now, size = row.size + 1, source = world.source_of(rng:int(61, 99)),
      version = row.version + 1, sort_order = ("{%d}"):format(now), max_sort = now, rows = row.rows + 1,
      hash = rng:pick{"07", "05", "09"}, to = row.from < row.to and row.to - scene.MINUTE or row.to}
   local name = rng:pick{"min", "max", "updated", "size", "source", "version", "sort_order", "max_sort", "hash", "to",
      "rows", "path"}
   if name == "path" then
      values.path = row.path and new_path(history, "moved") or row.path
   end
   return name, values[name]
end

--- SQL that changes columns of one of the live rows that are equal to `row`.
function writing.update_sql(row, name, value)
   return ([[update lakehouse_partitions set %s = %s
      where ctid = (select ctid from lakehouse_partitions p where model.line_of(p) = '%s' limit 1)]]):format(
      SQL_NAME[name], literal(name, value), row.line)
end

function writing.update(history, row)
   local name, value = random_change(history, row)
   local changed = world.row({[name] = value}, row)
   local steps, state = effects.removing(history, function(other) return other == row end)
   function steps.update()
      steps.delete()
      state.added = changed
      return history.world:is_in_the_way(changed, state.doomed) and "overlaps" or nil
   end
   return effects.start(history, {{name = "begin", sql = "begin"},
      {name = "update", sql = writing.update_sql(row, name, value)}, {name = "commit", sql = "commit"}}, steps, state,
      ("update %s of %s"):format(name, effects.words(row)))
end

local function insert_sql(row)
   local names, values = {}, {}
   for _, name in ipairs(world.COLUMNS) do
      if SQL_NAME[name] then
         names[#names + 1], values[#values + 1] = SQL_NAME[name], literal(name, row[name])
      end
   end
   return ("insert into lakehouse_partitions (%s) values (%s)"):format(table.concat(names, ", "),
      table.concat(values, ", "))
end

local function no_writer(history)
   local row = writing.row(history)
   if row.path and history.rng:chance(60) then
      return {world.row({hash = false, updated = history.world.now}, row)}
   end
   row = world.row({path = false, rows = 0, size = 0, min = false, max = false, to = row.from,
      updated = history.world.now}, row)
   return {row, world.row({}, row)}
end

--- Rows that no writer writes: without hash, or two that are the same.
function writing.odd(history)
   local rows = no_writer(history)
   history:note("add by hand " .. effects.words(rows[1]) .. (rows[2] and " twice" or ""))
   for _, row in ipairs(rows) do
      history.eye:psql(insert_sql(row))
      history.world:add(row)
   end
end

return writing
