-- The terminal, as far as anybody knows: mmlua does, by its own module mm.terminal; any other interpreter has none.
local screen = {}

local function terminal()
   local is_there, module = pcall(require, "mm.terminal")
   return is_there and module or nil
end

--- Whether "stdin", "stdout" or "stderr" is a terminal.
---@param stream string
---@return boolean
function screen.is_terminal(stream)
   local module = terminal()
   return module ~= nil and module.is_terminal(stream)
end

--- Whether a stream is a terminal that can move its cursor and show colours.
---@param stream string
---@return boolean
function screen.is_capable(stream)
   local kind = os.getenv("TERM") or ""
   return kind ~= "" and kind ~= "dumb" and screen.is_terminal(stream)
end

--- Columns of the terminal that stdout is, else nil.
---@return integer|nil
function screen.width()
   local module = terminal()
   return module and module.width() or nil
end

local function ask_stty()
   local pipe = io.popen("stty size 2>/dev/null </dev/tty")
   local rows = pipe and pipe:read("*n")
   if pipe then
      pipe:close()
   end
   return rows ~= 0 and rows or nil
end

--- Lines of the terminal that stdout is, else nil.
---@return integer|nil
function screen.height()
   local module = terminal()
   if not module or not module.is_terminal("stdout") then
      return nil
   end
   return module.height and module.height() or ask_stty()
end

--- Whether the locale's characters are UTF-8, so that blocks and arrows can be drawn.
---@return boolean
function screen.is_utf8()
   for _, name in ipairs{"LC_ALL", "LC_CTYPE", "LANG"} do
      local value = os.getenv(name)
      if value and value ~= "" then
         return value:lower():find("utf%-?8") ~= nil
      end
   end
   return false
end

return screen
