-- Verdicts go stale: what a retirement would lose is looked at again before it goes on, and once it is applied.
local errors = require("mm.errors")
local handle = require("mm.handle")

local look = {}

-- What would lose more today than when it was planned, of what is retired or of what is still to come.
local function worse_items(self, found, is_retired)
   return handle.select(self, "retire_recheck", {n = 9, found.view_sets, found.schema_hashes, nil, nil, nil, nil,
      found.retention_days, found.number, is_retired}, "items")
end

-- Verdicts go stale: what got worse since the plan stops it before the next row is touched.
function look.ahead(self, found)
   local worse, err = worse_items(self, found, false)
   if not worse or #worse == 0 then
      return err
   end
   local row, count = worse[1], 0
   for _, each in ipairs(worse) do
      count = count + each.partitions
   end
   return errors.new("conflict", ("%d partitions would lose more now than when they were planned"):format(count), {
      detail = ("%d of %s were %s and are %s"):format(row.partitions, row.view_set_name, row.planned, row.now),
      done = found.retired > 0 and found.retired or nil,
      hint = found.retired == 0 and "nothing was retired; look again and make a new plan"
         or ("%d were retired before; mmlua undo %s takes them back"):format(found.retired, found.id),
   })
end

local function broken_words(broken)
   local first, count = broken[1], 0
   for _, row in ipairs(broken) do
      if row.view_set_name == first.view_set_name and row.planned == first.planned then
         count = count + row.partitions
      end
   end
   if first.planned == "replaced" then
      return ("%d retired partitions of %s are not replaced any more"):format(count, first.view_set_name)
   end
   return ("%d retired partitions of %s were %s and are %s"):format(count, first.view_set_name, first.planned,
      first.now)
end

-- Afterwards, while everything can still be undone: what was replaced is replaced, and no live file is queued.
-- Again when it is applied again: who did it before may have been stopped short of this.
function look.back(self, found)
   if found.undo_until and found.undo_until <= found.now then
      return nil
   end
   local broken, err = worse_items(self, found, true)
   if not broken then
      return err
   end
   local live
   live, err = handle.select(self, "retire_live_files", {n = 1, found.number})
   if not live then
      return err
   end
   local message, detail
   if live[1].files > 0 then
      message = ("%d files of live partitions are queued for deletion"):format(live[1].files)
      detail = live[1].example
   elseif #broken > 0 then
      message = broken_words(broken)
   end
   return message and errors.new("conflict", message, {
      detail = detail, outcome = "committed", hint = "take it back: mmlua undo " .. found.id,
   })
end

return look
