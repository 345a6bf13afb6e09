-- A made-up lake on which the same step is tried thousands of times: put back in a millisecond, judged in another.
--
--   local ground = grounds.new("applied")   fresh, planned or applied; the registry is published in it
--   ground.conninfo            for who is tried
--   ground:restore()           everything as it was at first
--   ground:look(sessions) -> state, planned, list of what is wrong
--      state tells which rows are live, which files queued, how far each retirement is that is more than planned
--      planned: how many are just that
--      wrong: invariants.lua's findings, and more than `sessions` connections of who is tried, or one that is not idle.
--      They have some seconds to end: a server process notices the end of its client by and by
--   ground:drop()
local invariants = require("spec.support.invariants")
local mm = require("mm")
local observer = require("spec.support.observer")
local snapshot = require("spec.support.snapshot")
local stage = require("spec.support.stage")

local grounds = {}
local ground = {}
ground.__index = ground

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
-- Planned are a, b, the empty one and c: two batches of two.
local ROWS = {
   {"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {false, 2, 3, OLD}, {"c", 3, 4, OLD},
   {"unhashed", 4, 5, false}, {"other", 3, 4, OLD, view_set = "measures", sort_order = "{time}"},
}
local QUEUED_BEFORE = "insert into temporary_files values ('earlier', 1, now() + interval '1 hour');"

-- The state is a line, so is what is planned; what is wrong follows, a line each.
local LOOK = [[
   create function witness.tried_too_much(sessions int) returns text language sql as $$
      select format('%s connections, %s in a transaction', count(*), count(xact_start)) from pg_stat_activity
       where datname = current_database() and application_name = 'mm_tried'
      having count(*) > sessions or count(xact_start) > 0 $$;

   create function witness.look(sessions int) returns setof text language plpgsql set timezone = 'UTC' as $$
   declare
      trouble text;
   begin
      for look in 1 .. 5000 loop
         perform pg_stat_clear_snapshot();
         trouble := witness.tried_too_much(sessions);
         exit when trouble is null;
         perform pg_sleep(0.001);
      end loop;
      return query select
         format('%s live %s, queued: %s, retirements: %s',
            (select count(*) from lakehouse_partitions),
            (select md5(string_agg(p::text, ' ' order by p::text)) from lakehouse_partitions p),
            (select string_agg(file_path, ' ' order by file_path) from temporary_files),
            (select string_agg(format('%s at %s and %s', state, next_seq, undo_seq), ', ' order by retirement)
               from mmadmin.retirement where state <> 'planned'));
      return query select count(*)::text from mmadmin.retirement where state = 'planned';
      return query select trouble where trouble is not null;
      return query select * from witness.broken();
   end $$;]]

local function publish(lake)
   local entries = {}
   for _, name in ipairs{"log_entries", "measures", "blocks"} do
      local entry = assert(mm.registry.release("0.33")):get(name)
      entry.schema = nil
      entries[#entries + 1] = entry
   end
   assert(lake:publish_registry(assert(mm.registry.new(entries))))
end

local function advance(lake, start)
   if start == "fresh" then
      return
   end
   local planned = assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS})
   assert(planned.partitions == 4, "four partitions were to be planned")
   if start == "applied" then
      assert(lake:apply(planned.id, {reason = "torture", overrides = stage.OVERRIDES}))
   end
end

function grounds.new(start)
   local made = stage.new("catalog-v10")
   made:set(ROWS, QUEUED_BEFORE)
   invariants.watch(made.db, {log_entries = NEW})
   local lake = made:open()
   publish(lake)
   advance(lake, start)
   made:close()
   snapshot.take(made.db)
   made:psql(LOOK)
   return setmetatable({made = made, eye = observer.open(made.db),
      conninfo = made.db.conninfo .. " application_name=mm_tried"}, ground)
end

function ground:restore()
   snapshot.restore(self.eye)
end

function ground:look(sessions)
   local lines = {}
   for _, row in ipairs(self.eye:rows(("select * from witness.look(%d)"):format(sessions))) do
      lines[#lines + 1] = row[1]
   end
   return table.remove(lines, 1), tonumber(table.remove(lines, 1)), lines
end

function ground:drop()
   self.eye:close()
   self.made:drop()
end

return grounds
