-- The history of what was typed, in a private file that all sessions share: an entry per line.
local terminal = require("mm.terminal")

local history = {}

local ENTRIES = 2000
local ENTRY_BYTES = 16384

local function absolute(name)
   local folder = os.getenv(name)
   return folder and folder:sub(1, 1) == "/" and folder or nil
end

--- The file, or nil where nobody says where such files are.
---@return string|nil
function history.path()
   local home = absolute("HOME")
   local folder = absolute("XDG_STATE_HOME") or home and home .. "/.local/state"
   return folder and folder .. "/mm/history"
end

local function encode(entry)
   return (entry:gsub("[\\\n]", {["\\"] = "\\\\", ["\n"] = "\\n"}))
end

local function decode(line)
   return (line:gsub("\\(.)", {n = "\n", ["\\"] = "\\"}))
end

--- Whether there may be a password in it.
---@param entry string
---@return boolean
function history.is_secret(entry)
   local text = entry:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
   end):lower()
   return text:find("password[\"'%]]*%s*[=:]") ~= nil or text:find("pgpassword", 1, true) ~= nil
      or text:find("://[^/%s\"']*:[^%s\"']*@") ~= nil
end

-- The lines of the file, the newest last, without `line`.
local function others(content, line)
   local lines = {}
   for other in content:gmatch("[^\n]+") do
      if other ~= line then
         lines[#lines + 1] = other
      end
   end
   return lines
end

--- What was typed, here and in other sessions, the newest last.
---@return string[]
function history.entries()
   local path = history.path()
   local file = path and io.open(path, "rb")
   local entries = {}
   for line in (file and file:read("*a") or ""):gmatch("[^\n]+") do
      entries[#entries + 1] = decode(line)
   end
   if file then
      file:close()
   end
   return entries
end

--- Adds an entry, unless there is a secret in it. One that is there already moves to the end.
---@param entry string
function history.add(entry)
   local path = history.path()
   if not path or #entry > ENTRY_BYTES or not entry:find("%S") or history.is_secret(entry) then
      return
   end
   terminal.update_private(path, function(content)
      local line = encode(entry)
      local lines = others(content, line)
      lines[#lines + 1] = line
      return table.concat(lines, "\n", math.max(1, #lines - ENTRIES + 1)) .. "\n"
   end)
end

return history
