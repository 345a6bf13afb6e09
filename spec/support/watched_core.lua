-- The core's calls, each of which must say truly what became of its transaction: for disturbed.lua.
local core = require("mm.core")

local watched_core = {}

-- One transaction each.
local CHANGES = {"lake_begin", "lake_apply_batch", "lake_undo_begin", "lake_undo_batch", "lake_undo_end",
   "lake_set_state"}

-- Of a failed call of the core that says what became of its transaction.
local function note_untrue(self, found, name, before, err)
   self:settle()
   local outcome = found(self).row == before.row and "aborted" or "committed"
   if err.outcome ~= outcome then
      self.untrue[#self.untrue + 1] = ("%s said %s and was %s"):format(name, tostring(err.outcome), outcome)
   end
end

--- The core's calls are looked at one by one, as long as no transaction may still be running: `found` says how the lake
--- stands. It does not sleep long. Returns the calls that are to be put back.
function watched_core.watch(self, found)
   local calls = {sleep = core.sleep}
   for _, name in ipairs(CHANGES) do
      local call = core[name]
      calls[name] = call
      core[name] = function(...)
         local before = found(self)
         local result, err = call(...)
         self.is_in_doubt = self.is_in_doubt or err and err.outcome == "unknown"
         if err and not self.is_in_doubt then
            note_untrue(self, found, name, before, err)
         end
         return result, err
      end
   end
   core.sleep = function(seconds)
      calls.sleep(seconds / 1000)
   end
   return calls
end

return watched_core
