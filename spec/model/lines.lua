-- A world (world.lua) as texts, one for each row of the tables that the database has for it (database.lua).
--   lines.of(world, touched) -> list
local join = require("spec.model.world").join

local lines = {}

local function add_retirement(list, n, ret)
   list[#list + 1] = join("retirement", n, ret.state, ret.next_seq, ret.undo_seq, #ret.items, ret.bytes,
      ret.valid_until, ret.applied_at, ret.undo_until, ret.changed_accepted, ret.reason, ret.undo_reason, ret.why)
   for seq, item in ipairs(ret.items) do
      list[#list + 1] = join("item", n, seq, item.status, item.verdict, item.row.line)
   end
   for _, name in ipairs{"skipped", "unrestored"} do
      for seq, why in pairs(ret[name]) do
         list[#list + 1] = join(name, n, seq, why)
      end
   end
   for _, batch in ipairs(ret.batches) do
      list[#list + 1] = join("batch", n, batch.kind, batch.first_seq, batch.last_seq, batch.done, batch.gone,
         batch.changed, batch.held, batch.bytes, batch.at)
   end
end

--- Of the world, with those retirements of which touched[n], or with all: touched is nil.
function lines.of(self, touched)
   local list = {}
   for _, row in ipairs(self.rows) do
      list[#list + 1] = "row|" .. row.line
   end
   for _, queued in ipairs(self.queue) do
      list[#list + 1] = join("queue", queued.path, queued.size, queued.expires)
   end
   for i, entry in ipairs(self.entries) do
      list[#list + 1] = join("audit", i, entry)
   end
   for n, hold in ipairs(self.holds) do
      list[#list + 1] = join("hold", n, hold.view_set, hold.view_instance, hold.from, hold.to, tostring(hold.released))
   end
   for path in pairs(self.deleted) do
      list[#list + 1] = "deleted|" .. path
   end
   for n, ret in ipairs(self.retirements) do
      if not touched or touched[n] then
         add_retirement(list, n, ret)
      end
   end
   return list
end

return lines
