-- The lake of the histories: its view sets, whose rows come from blocks of two processes, in the 32 quarters of an hour
-- from 2026-11-01 00:00 on. Times are microseconds since 1970.
--   scene.VIEW_SETS[i] = {name =, weight = of writers, instances =, old = hashes, new = hash, origin =}
--      origin: what its source events are: "all" (their number is that of blocks), a tag, "stream"; nil: nobody knows
--   scene.BLOCKS       source blocks {stream =, process =, tag =, at =, events =}
--   scene.stamp(us), scene.rfc3339(us)    texts for PostgreSQL, and as mm writes times
local scene = {}

scene.US, scene.MINUTE, scene.HOUR, scene.DAY = 1000000, 60000000, 3600000000, 86400000000
scene.START = 1793491200 * scene.US        -- 2026-11-01 00:00
scene.NOW = scene.START + 19 * scene.DAY   -- when histories begin
scene.QUARTER, scene.QUARTERS = 15 * scene.MINUTE, 32

local P1, P2 = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
local CPU = "22222222-0000-4000-8000-000000000003"
local STREAMS = {
   {stream = "22222222-0000-4000-8000-000000000001", process = P1, tag = "log"},
   {stream = "22222222-0000-4000-8000-000000000002", process = P2, tag = "log"},
   {stream = CPU, process = P1, tag = "cpu"},
}

-- overlaps: its writers retire what they meet, not only what they contain. feeds: what upstream rebuilds it from is 0
-- PostgreSQL's table of blocks, 1 the view set blocks, 2 log_entries as well.
scene.VIEW_SETS = {
   {name = "log_entries", weight = 50, instances = {"global", P1, P2}, old = {"05", "05", "04"}, new = "07",
      origin = "log", feeds = 1, are_rows_comparable = true},
   {name = "blocks", weight = 15, instances = {"global"}, old = {"03"}, new = "05", origin = "all", feeds = 0,
      are_rows_comparable = true},
   {name = "thread_spans", weight = 10, instances = {CPU}, old = {"03"}, new = "04", origin = "stream", feeds = 1,
      are_rows_comparable = true, overlaps = true},
   {name = "processes", weight = 8, instances = {"global"}, old = {"79584c57aa06561f"}, new = "17d5dc614ae768b2",
      origin = "all", feeds = 1},
   {name = "log_stats", weight = 6, instances = {"global"}, old = {"d1f5ee4d4c14d71a"}, new = "4a9bf1a76cf1203f",
      origin = "log", feeds = 2},
   {name = "images", weight = 6, instances = {P1}, old = {"01"}, new = "02", are_rows_comparable = true},
   {name = "x_gone", weight = 5, instances = {"global"}, old = {"01"}, new = "02", is_unregistered = true},
}

scene.BY_NAME = {}
for _, view_set in ipairs(scene.VIEW_SETS) do
   scene.BY_NAME[view_set.name] = view_set
end

scene.BLOCKS = {}
for quarter = 0, scene.QUARTERS - 1 do
   for _, stream in ipairs(STREAMS) do
      scene.BLOCKS[#scene.BLOCKS + 1] = {stream = stream.stream, process = stream.process, tag = stream.tag,
         events = 10, at = scene.START + quarter * scene.QUARTER + 7 * scene.MINUTE}
   end
end

local function text(us, format)
   local seconds = math.floor(us / scene.US)
   return os.date(format, seconds):format(us - seconds * scene.US)
end

function scene.stamp(us)
   return text(us, "!%Y-%m-%d %H:%M:%S.%%06d+00")
end

function scene.rfc3339(us)
   return text(us, "!%Y-%m-%dT%H:%M:%S.%%06dZ")
end

--- SQL that puts the source blocks, their streams and processes there.
function scene.source_sql()
   local lines = {}
   for _, each in ipairs(STREAMS) do
      lines[#lines + 1] = ([[
         insert into processes (process_id, insert_time) values ('%s', now()) on conflict do nothing;
         insert into streams (stream_id, process_id, tags, insert_time) values ('%s', '%s', '{%s}', now());]]):format(
         each.process, each.stream, each.process, each.tag)
   end
   for _, block in ipairs(scene.BLOCKS) do
      lines[#lines + 1] = ([[insert into blocks (block_id, stream_id, process_id, nb_objects, insert_time)
         values (gen_random_uuid(), '%s', '%s', %d, '%s');]]):format(block.stream, block.process, block.events,
         scene.stamp(block.at))
   end
   return table.concat(lines, "\n")
end

return scene
