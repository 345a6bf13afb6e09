-- How far long work is, on stderr: a bar that is drawn anew on a terminal, elsewhere a line every few seconds.
local bars = require("mm.bars")
local paint = require("mm.paint")
local screen = require("mm.screen")
local text = require("mm.text")

local progress = {}
local methods = {}
local metatable = {__index = methods}

local SECONDS_BETWEEN_LINES = 5
local BAR, WIDE_BAR, WIDTH, WIDE = 10, 24, 80, 100

local drawn -- the progress whose bar is the last thing on the terminal

local function left(seconds)
   if seconds < 60 then
      return ("%d s left"):format(seconds)
   elseif seconds < 3600 then
      return ("%d min left"):format(math.ceil(seconds / 60))
   end
   return ("%d h %d min left"):format(math.floor(seconds / 3600), math.floor(seconds % 3600 / 60))
end

-- Without a total nobody knows what is left.
local function words(self)
   local list = {("%s %s"):format(self.word, text.count(self.done))}
   if self.total then
      list[1] = list[1] .. (" of %s"):format(text.count(self.total))
   end
   local elapsed = self.clock() - self.started
   local rate = elapsed > 0 and self.done / elapsed
   if rate and rate >= 1 then
      list[#list + 1] = text.count(math.floor(rate)) .. "/s"
      if self.total and self.total > self.done then
         list[#list + 1] = left(math.ceil((self.total - self.done) / rate))
      end
   end
   list[#list + 1] = self.batches and "batch " .. text.count(self.batches)
   return table.concat(list, ", ")
end

-- What would wrap could not be drawn over; what was longer before is wiped out.
local function draw(self)
   local bar, width = "", screen.width() or WIDTH
   if self.total then
      local share = self.total > 0 and self.done / self.total or 1
      bar = "[" .. bars.row(share, width < WIDE and BAR or WIDE_BAR, not screen.is_utf8()) .. "] "
   end
   local line = text.truncate(words(self), math.max(1, width - 1 - text.width(bar)))
   self.write("\r" .. paint.text("green", bar, "stderr") .. line .. "\27[K")
   drawn = self
end

local function print_line(self, is_last)
   local now = self.clock()
   if is_last or now - self.printed >= SECONDS_BETWEEN_LINES then
      self.write(words(self) .. "\n")
      self.printed = now
   end
end

--- Says that so many are done now.
---@param done integer
---@param total? integer
---@param is_last? boolean unless said, when all are done
function methods:set(done, total, is_last)
   self.done, self.total = done, total or self.total
   if is_last == nil then
      is_last = self.total ~= nil and self.done >= self.total
   end
   if not self.is_bar then
      print_line(self, is_last)
   else
      draw(self)
      if is_last then
         progress.end_line()
      end
   end
end

--- Takes a batch of a retirement or an undo: what it did, and how much remains.
---@param batch mm.batch
function methods:batch(batch)
   self.batches = (self.batches or 0) + 1
   local done = self.done + (batch.retired or batch.restored or 0)
   self.others = (self.others or 0) + (batch.gone or batch.lost or 0) + (batch.changed or batch.overlapped or 0)
   self:set(done, done + self.others + batch.remaining, batch.remaining == 0)
end

--- Ends the line of a bar that is being drawn, so that others can write below it.
function progress.end_line()
   if drawn then
      drawn.write("\n")
      drawn = nil
   end
end

-- mmlua knows fractions of a second.
local function clock()
   local is_there, module = pcall(require, "mm.terminal")
   return is_there and module.now and module.now() or os.time()
end

local function write_stderr(line)
   io.stdout:flush()
   io.stderr:write(line)
   io.stderr:flush()
end

--- Begins to say how far something is. `word` is what becomes of things, as "retired".
---@param opts {word: string, total: integer, clock: fun(): number, write: fun(line: string), is_bar: boolean} what is
---   not said: the system's clock, in seconds, stderr, and whether that is a terminal
---@return mm.progress
function progress.new(opts)
   local self = {word = opts.word, total = opts.total, done = 0, clock = opts.clock or clock,
      write = opts.write or write_stderr, is_bar = opts.is_bar}
   if self.is_bar == nil then
      self.is_bar = screen.is_capable("stderr")
   end
   self.started = self.clock()
   self.printed = self.started
   return setmetatable(self, metatable)
end

return progress
