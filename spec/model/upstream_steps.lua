-- What else micromegas does to the lake: its transactions with random arguments.
--   upstream_steps.retire(history)             -> a transaction (transaction.lua)
--   upstream_steps.purge(history, [ahead])     -> one, by a clock that is so much ahead
--   upstream_steps.retire_by_metadata(history, row), .retire_by_file(history, row)
--   upstream_steps.retention(history)   removes old source blocks
local effects = require("spec.model.upstream_effects")
local scene = require("spec.model.scene")
local upstream = require("spec.support.upstream")
local writing = require("spec.model.writing")

local upstream_steps = {}

local function retire_range(history)
   local row = writing.row(history)
   local steps, state = effects.removing(history, function(other) return effects.is_contained(other, row) end)
   return effects.start(history, upstream.retire_partitions(effects.as_row(row)), steps, state,
      "retire_partitions " .. effects.words(row))
end

-- The function takes exactly one row, or before 0.30 the first of several.
local function removing_one(history, is_meant, takes_first)
   local steps, state = effects.removing(history, is_meant)
   local select, delete = steps.select, steps.delete
   function steps.select(answers)
      select()
      if #state.selected == 0 or #state.selected > 1 and not takes_first then
         return "not exactly one"
      end
      local path, chosen = answers.select:match("^[^|\n]*"), nil
      for _, row in ipairs(state.selected) do
         chosen = (row.path or "") == path and row or chosen
      end
      state.selected = {chosen}
   end
   function steps.delete()
      delete()
      return next(state.doomed) == nil and "nothing deleted" or nil
   end
   return steps, state
end

function upstream_steps.retire_by_metadata(history, like)
   local row, is_old = like or history.rng:pick(history.world.rows), history.rng:chance(30)
   if not row or not row.hash then
      return retire_range(history)
   end
   local steps, state = removing_one(history, function(other)
      return other.view_set == row.view_set and other.instance == row.instance and other.from == row.from
         and other.to == row.to and (is_old or other.hash == row.hash)
   end, is_old)
   local args = effects.as_row(row)
   args.is_old, args.is_spoilt = is_old, history.rng:chance(10)
   steps.commit = not args.is_spoilt and steps.commit or nil
   return effects.start(history, upstream.retire_by_metadata(args), steps, state, ("retire_by_metadata%s%s %s"):format(
      is_old and " (old)" or "", args.is_spoilt and " (spoilt)" or "", effects.words(row)))
end

function upstream_steps.retire_by_file(history, like)
   local row = like or history.rng:pick(history.world.rows) or {}
   local path = row.path or "views/nowhere"
   local steps, state = removing_one(history, function(other) return other.path == path end, true)
   return effects.start(history, upstream.retire_by_file(path), steps, state, "retire_by_file " .. path)
end

local function drop_view(history)
   local name = history.rng:chance(75) and "x_gone" or "log_stats"
   local steps, state = effects.removing(history, function(row)
      return row.view_set == name and row.instance == "global"
   end)
   local commit = steps.commit
   function steps.commit()
      commit()
      history.world.is_log_stats_defined = history.world.is_log_stats_defined and name ~= "log_stats"
   end
   return effects.start(history, upstream.drop_view(name), steps, state, "drop view " .. name)
end

-- One statement selects and deletes.
local function expire(history)
   local before = scene.START + history.rng:int(0, 3) * scene.QUARTER
   local steps, state = effects.removing(history, function(row) return row.to < before end)
   local select, delete = steps.select, steps.delete
   function steps.delete()
      select()
      delete()
   end
   steps.select = nil
   return effects.start(history, upstream.expiry(scene.stamp(before)), steps, state,
      "expire before " .. scene.stamp(before))
end

function upstream_steps.retire(history)
   return history.rng:weighted{{35, retire_range}, {30, upstream_steps.retire_by_metadata},
      {20, upstream_steps.retire_by_file}, {10, expire}, {5, drop_view}}(history)
end

local function rows_by_clock(history, clock)
   local paths, rows = {}, {}
   for _, queued in ipairs(history.world.queue) do
      paths[queued.path] = paths[queued.path] or queued.expires < clock
   end
   for _, queued in ipairs(history.world.queue) do
      rows[queued] = paths[queued.path] or nil
   end
   return rows
end

-- The daemon's clock goes its own ways. One that is ahead and then rolls back after it had deleted objects leaves no
-- trace of it, against which nothing helps; by the lake's clock, the queue's expirations tell of it.
local function random_clock(history, ahead)
   ahead = ahead or history.rng:weighted{{60, 0}, {10, -scene.DAY}, {10, 2 * scene.HOUR}, {10, 8 * scene.DAY},
      {5, 40 * scene.DAY}, {5, 2 * scene.MINUTE}}
   local may_roll_back = ahead <= 2 * scene.MINUTE
   return history.world.now + ahead, may_roll_back and history.rng:chance(15) and "rollback" or "commit", may_roll_back
end

function upstream_steps.purge(history, ahead)
   local clock, ending, may_roll_back = random_clock(history, ahead)
   local steps, state = {}, {doomed = {}}
   function steps.delete()
      state.doomed = rows_by_clock(history, clock)
   end
   function steps.objects()
      for queued in pairs(state.doomed) do
         history.world.deleted[queued.path] = true
      end
   end
   function steps.commit()
      if ending == "commit" then
         history.world.queue = history.world.without(history.world.queue, state.doomed)
      end
   end
   local one = effects.start(history, upstream.purge("'" .. scene.stamp(clock) .. "'", ending), steps, state,
      ("purge by %s: %s"):format(scene.stamp(clock), ending))
   one.is_sure = not may_roll_back
   return one
end

--- Source blocks that upstream's retention removes.
function upstream_steps.retention(history)
   local before = scene.START + history.rng:int(1, scene.QUARTERS / 4) * scene.QUARTER
   history:note("remove blocks before " .. scene.stamp(before))
   history.eye:psql(("delete from blocks where insert_time < '%s'"):format(scene.stamp(before)))
   local kept = {}
   for _, block in ipairs(history.world.blocks) do
      kept[#kept + 1] = block.at >= before and block or nil
   end
   history.world.blocks = kept
end

return upstream_steps
