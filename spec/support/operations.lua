-- What is done with a retirement of a small made-up lake, to be disturbed (disturbed.lua): from which start, in which
-- state it ends, and which files are live and queued then.
--
--   operations.run(name, lake, id, limit) -> {result =, err =, told =}    what the operation returns, and how many
--                                partitions it told its `on_batch` of; in any process
local operations = {}

local OLD, NEW = "05", "07" -- of log_entries under release 0.33

operations.CURRENT = {log_entries = NEW}
operations.ROWS = {
   {"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {false, 2, 3, OLD}, {"d", 3, 4, OLD}, {"e", 4, 5, OLD},
}
operations.PLANNED = 5 -- of them
-- Of the guards: stage.lua's, which is not to be loaded here.
operations.OVERRIDES = {writers = "a made-up lake", blocks_last = "a made-up lake", budget = "a made-up lake"}

-- kind: of its batches in mmadmin.batch; count: the partitions that they retire or restore together.
operations.BY_NAME = {
   apply = {start = "planned", state = "applied", kind = "apply", count = 5, live = "new", queued = "a b d e"},
   ["apply of moved rows"] = {start = "moved", state = "applied", kind = "apply", count = 5, live = "new",
      queued = "a b d e", method = "apply"},
   undo = {start = "applied", state = "undone", kind = "undo", count = 5, live = "a b d e new", queued = ""},
   ["undo of what can be restored"] = {start = "incomplete", state = "undone", kind = "undo", count = 4,
      live = "a d e new", queued = "", method = "undo", partial = true},
   ["undo of nothing"] = {start = "begun", state = "undone", kind = "undo", count = 0, live = "a b d e new",
      queued = "", method = "undo"},
   pause = {start = "applying", state = "paused", live = "d e new", queued = "a b"},
   resume = {start = "paused", state = "applying", live = "d e new", queued = "a b"},
   abandon = {start = "planned", state = "abandoned", live = "a b d e new", queued = ""},
}

local function begin(lake, id)
   lake:apply(id, {reason = "spec", limit = 3, overrides = operations.OVERRIDES, on_batch = error})
end

-- Each leads from the plan to where an operation starts, with one batch at most.
operations.STARTS = {
   planned = function() end,
   -- Where each planned row was, there is another one that was planned and is not equal.
   moved = function(_, _, db)
      db:psql[[update mmadmin.item i set row_ctid = o.row_ctid from mmadmin.item o
         where o.seq = (i.seq + 1) % (select count(*) from mmadmin.item) + 1]]
   end,
   begun = function(_, _, db)
      db:psql[[update mmadmin.retirement set state = 'applying', reason = 'spec', undo_for = '7 days', applied_at = now(),
         undo_until = now() + interval '7 days']]
   end,
   applying = function(lake, id)
      pcall(begin, lake, id)
   end,
   paused = function(lake, id)
      pcall(begin, lake, id)
      assert(lake:pause(id))
   end,
   applied = function(lake, id)
      assert(lake:apply(id, {reason = "spec", overrides = operations.OVERRIDES}))
   end,
   incomplete = function(lake, id, db)
      assert(lake:apply(id, {reason = "spec", overrides = operations.OVERRIDES}))
      db:psql("delete from temporary_files where file_path = 'b'; insert into witness.deleted_file values ('b')")
   end,
}

function operations.run(name, lake, id, limit)
   local operation, told = operations.BY_NAME[name], 0
   local opts = operation.kind and {reason = "spec", limit = limit, partial = operation.partial,
      overrides = operations.OVERRIDES, on_batch = function(batch)
      told = told + (batch.retired or batch.restored)
   end}
   local result, err = lake[operation.method or name](lake, id, opts)
   return {result = result, err = err, told = told}
end

return operations
