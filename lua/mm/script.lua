-- Which file runs: for the audit.
local script = {}

--- The path of the outermost chunk that is a file, or nil: in the shell, in nginx, of a command line's -e.
---@return string|nil
function script.path()
   local found
   local level = 2
   local info = debug.getinfo(level, "S")
   while info do
      if info.what == "main" and info.source:sub(1, 1) == "@" then
         found = info.source:sub(2)
      end
      level = level + 1
      info = debug.getinfo(level, "S")
   end
   return found
end

return script
