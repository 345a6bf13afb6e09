-- Starts and stops the throw-away PostgreSQL beside this file, for the demo and the specs.
--
--   local throwaway = dofile(FOLDER .. "/throwaway.lua")
--   local server = assert(throwaway.start(FOLDER .. "/throwaway-postgres"))
--   server.conninfo  server.folder  server.pid
--   server:stop()    stops it and waits until nothing is left of it; so does the end of this process, without waiting
--   server:keep()    lets it go on; `kill PID` stops and removes it then
local throwaway = {}
local server = {}
server.__index = server

local function quoted(text)
   return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The path of a new named pipe: io.popen goes one way only, and the answer has to come back.
local function named_pipe()
   local path = os.tmpname()
   os.remove(path)
   assert(os.execute("mkfifo -m 600 " .. quoted(path)))
   return path
end

function throwaway.start(script)
   local path = named_pipe()
   local handle = assert(io.popen("exec " .. quoted(script) .. " >" .. quoted(path), "w"))
   local answer = assert(io.open(path))
   local line = answer:read("*l")
   answer:close()
   os.remove(path)
   if not line then
      handle:close()
      return nil, "the throw-away PostgreSQL did not start"
   end
   local pid, folder = line:match("^(%d+) (.+)$")
   local conninfo = ("host=%s port=5432 user=postgres"):format(folder)
   return setmetatable({handle = handle, pid = pid, folder = folder, conninfo = conninfo}, server)
end

function server:stop()
   self.handle:close()
end

function server:keep()
   self.handle:write("keep\n")
   self.handle:close()
end

return throwaway
