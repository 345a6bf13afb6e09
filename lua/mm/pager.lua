-- Output by way of $PAGER, where a person at a terminal could not see all of it at once.
local screen = require("mm.screen")
local text = require("mm.text")

local pager = {}

local CLOSED = {} -- what a write raises after the reader has left

-- Without less the text appears all the same.
local DEFAULT = "if command -v less >/dev/null; then exec less -RSFX; else exec cat; fi"

local function command()
   local name = os.getenv("PAGER")
   if name == "" or name == "cat" then
      return nil
   end
   return name or DEFAULT
end

-- Adds the lines that a piece takes; what it leaves open is counted when its end is known.
local function count(self, piece)
   local line, rest = self.line .. piece, nil
   for whole, after in line:gmatch("([^\n]*)\n()") do
      local width = text.width((whole:gsub("\27%[[%d;]*m", "")))
      self.lines = self.lines + math.max(1, math.ceil(width / self.width))
      rest = after
   end
   self.line = rest and line:sub(rest) or line
end

local function start(self)
   io.stdout:flush()
   self.pipe, self.is_held = io.popen(self.command, "w"), false
   self.pipe:write(table.concat(self.pieces))
   self.pipe:flush()
end

local function hold(self, ...)
   for i = 1, select("#", ...) do
      local piece = select(i, ...)
      self.pieces[#self.pieces + 1] = piece
      count(self, piece)
   end
   if self.lines >= self.height then
      start(self)
   end
end

local function writer(self, write)
   return function(...)
      if self.is_held then
         hold(self, ...)
      elseif not self.pipe then
         write(...)
      elseif not self.pipe:write(...) then
         error(CLOSED, 0)
      end
   end
end

local function open()
   local self = {command = command(), height = screen.height(), width = screen.width(), lines = 0, line = "",
      pieces = {}}
   self.is_held = self.command ~= nil and self.height ~= nil and self.width ~= nil and screen.is_capable("stdin")
      and screen.is_capable("stdout")
   return self
end

--- Whether output that is long enough would go through a pager.
---@return boolean
function pager.is_there()
   return open().is_held
end

--- Calls `f(write)`. What that writes is held back until it is more than the terminal shows, and goes to the pager
--- from then on; elsewhere `write_all`, by default that of stdout, gets it at once. A reader who leaves early ends `f`.
---@param f fun(write: fun(...: string)): any
---@param write_all? fun(...: string)
---@return any result of f; nil after a reader left
function pager.run(f, write_all)
   write_all = write_all or function(...)
      io.stdout:write(...)
   end
   local self = open()
   local is_right, result = pcall(f, writer(self, write_all))
   if self.pipe then
      self.pipe:close()
   elseif self.is_held then
      write_all(table.concat(self.pieces))
   end
   if not is_right and result ~= CLOSED then
      error(result, 0)
   end
   return is_right and result or nil
end

return pager
