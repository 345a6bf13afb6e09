-- Notify on refusal or failure
-- Applies a plan; when that is refused or fails, a command gets the reason on its standard input.
--    mmlua notify.lua ID REASON 'mail -s "retirement of the lake" ops@example.com'
local mm = require("mm")

local id, reason, command = arg[1], arg[2], arg[3]
assert(command, "usage: notify.lua ID REASON COMMAND")

local function apply()
   local lake, err = mm.open()
   if not lake then
      return nil, err
   end
   return lake:apply(id, {reason = reason})
end

local done, err = apply()
if done then
   print(("%s: %d partitions retired"):format(done.id, done.retired))
   return
end
local pipe = assert(io.popen(command, "w"))
pipe:write(("%s was not applied: %s (%s)\n"):format(id, tostring(err), err.code))
if err.done then
   pipe:write(("%d partitions were retired before; run it again, or mmlua undo %s\n"):format(err.done, id))
end
pipe:write(err.hint and "hint: " .. err.hint .. "\n" or "")
pipe:close()
os.exit(1)
