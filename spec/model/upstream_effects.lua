-- What upstream's transactions do in the model, and how they are begun.
--   effects.start(history, list, effects, state, words) -> a transaction (transaction.lua); its `state` has `doomed`,
--      the set of rows that it deletes, `queued` and `added`, what it will have added
--   effects.removing(history, is_meant) -> effects of the steps select, queue, delete and commit, their state
--   effects.is_contained(row, range), effects.does_overlap(row, range)
--   effects.as_row(row) -> the row as upstream.lua wants it     effects.words(row) -> a short text
local scene = require("spec.model.scene")
local transaction = require("spec.model.transaction")
local world = require("spec.model.world")

local effects = {}

function effects.as_row(row)
   return {view_set = row.view_set, instance = row.instance, from = scene.stamp(row.from), to = scene.stamp(row.to),
      hash = row.hash, path = row.path or nil, rows = row.rows, bytes = row.size, source = row.source}
end

function effects.is_contained(row, range)
   if row.view_set ~= range.view_set or row.instance ~= range.instance then
      return false
   elseif range.from == range.to then
      return row.from == range.from and row.to == range.from
   end
   return row.from >= range.from and row.to <= range.to
end

-- Both are closed.
function effects.does_overlap(row, range)
   return row.view_set == range.view_set and row.instance == range.instance and row.from <= range.to
      and range.from <= row.to
end

function effects.removing(history, is_meant)
   local state, steps = {queued = {}, doomed = {}, selected = {}}, {}
   function steps.select()
      state.selected = history.world:find(is_meant)
   end
   function steps.queue()
      for _, row in ipairs(state.selected) do
         if row.path then
            table.insert(state.queued, {path = row.path, size = row.size, expires = history.world.now + scene.HOUR})
         end
      end
   end
   function steps.delete()
      for _, row in ipairs(history.world:find(is_meant)) do
         state.doomed[row] = true
      end
   end
   function steps.commit()
      history.world.rows = world.without(history.world.rows, state.doomed)
      for _, queued in ipairs(state.queued) do
         table.insert(history.world.queue, queued)
      end
      if state.added then
         history.world:add(state.added)
      end
   end
   return steps, state
end

function effects.start(history, list, steps, state, words)
   history:note(words)
   local one = transaction.new(history.upstream, history, list, steps)
   one.state = state
   return one
end

function effects.words(row)
   local hours = {(row.from - scene.START) / scene.HOUR, (row.to - scene.START) / scene.HOUR}
   return ("%s/%s [%.2f, %.2f] %s %s"):format(row.view_set, row.instance:gsub("^(%x)%x+%-.*(%x)$", "%1..%2"), hours[1],
      hours[2], row.hash or "without hash", row.path or "empty")
end

return effects
