-- Follow a retirement from another terminal
-- Prints how far a retirement is, until nobody works on it any more.
--    mmlua follow.lua ID [SECONDS BETWEEN LOOKS]
local mm = require("mm")

local id, seconds = assert(arg[1], "usage: follow.lua ID [SECONDS]"), tonumber(arg[2] or 2)
local lake = assert(mm.open())
local before
repeat
   local found = assert(lake:retirement(id))
   local done = found.state == "undoing" and found.restored or found.retired
   local line = ("%s: %s, %d of %d partitions"):format(id, found.state, done, found.partitions)
   if line ~= before then
      print(line)
      io.stdout:flush()
      before = line
   end
   local is_moving = found.state == "applying" or found.state == "undoing"
   if is_moving then
      assert(os.execute("sleep " .. seconds))
   end
until not is_moving
lake:close()
