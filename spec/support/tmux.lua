-- A real terminal: keys go in, and the screen comes out.
--   local term = tmux.open(command, {columns = 80, lines = 24})    command of sh
--   term:keys("Up", "C-c")       keys by tmux's names
--   term:type(text)              characters as they are
--   term:enter(text)             a line and Enter
--   term:paste(text)             as a terminal pastes: between marks, if the program asked for them
--   term:screen() -> text        without blanks at the ends of lines and empty lines at its end
--   term:wait(text)              until the screen has it; raises with the screen after 10 seconds
--   term:wait_for(f, what)       until f(screen) is true, and gives that
--   term:wait_end()              until the command has ended
--   term:resize(columns, lines)  term:close()
local shell = require("spec.support.shell")

local tmux = {}
tmux.__index = tmux

local SECONDS = 10
local PAUSE = "sleep 0.02"
local CONFIGURATION = [[
set -g default-terminal screen
set -g remain-on-exit on
set -s escape-time 0
set -g status off
new-session -d -x %d -y %d %s
]]

local function write(path, text)
   local file = assert(io.open(path, "w"))
   file:write(text)
   file:close()
end

local function run(self, words)
   return shell.run(("tmux -S %s/socket %s"):format(self.folder, words))
end

-- The server of tmux ends with this process.
function tmux.open(command, size)
   size = size or {}
   local self = setmetatable({folder = shell.run("mktemp -d").stdout:match("%S+")}, tmux)
   write(self.folder .. "/command", command .. "\n")
   write(self.folder .. "/conf", CONFIGURATION:format(size.columns or 80, size.lines or 24,
      shell.quote("sh " .. self.folder .. "/command")))
   self.server = assert(io.popen(
      ("exec spec/support/until-eof env LC_ALL=C.UTF-8 SHELL=/bin/sh tmux -u -D -S %s/socket -f %s/conf"):format(
         self.folder, self.folder), "w"))
   self:poll(function()
      return run(self, "has-session").code == 0
   end, "the terminal")
   return self
end

-- Asks again and again, for a bounded time.
function tmux:poll(f, what)
   local deadline = os.time() + SECONDS
   repeat
      local result = f()
      if result then
         return result
      end
      os.execute(PAUSE)
   until os.time() > deadline
   error(("waited %d seconds for %s; the screen is\n%s"):format(SECONDS, what, self:screen()), 0)
end

function tmux:keys(...)
   for _, key in ipairs({...}) do
      run(self, "send-keys " .. shell.quote(key))
   end
end

function tmux:type(text)
   run(self, "send-keys -l -- " .. shell.quote(text))
end

function tmux:enter(text)
   self:type(text)
   self:keys("Enter")
end

function tmux:paste(text)
   write(self.folder .. "/paste", text)
   run(self, ("load-buffer %s/paste \\; paste-buffer -p"):format(self.folder))
end

function tmux:screen()
   local text = run(self, "capture-pane -p").stdout:gsub(" +\n", "\n")
   return (text:gsub("%s+$", ""))
end

function tmux:wait_for(f, what)
   return self:poll(function()
      return f(self:screen())
   end, what)
end

function tmux:wait(text)
   return self:wait_for(function(screen)
      return screen:find(text, 1, true) and screen
   end, "'" .. text .. "'")
end

function tmux:wait_end()
   self:poll(function()
      return run(self, "display-message -p '#{pane_dead}'").stdout == "1\n"
   end, "the end of the command")
end

function tmux:resize(columns, lines)
   run(self, ("resize-window -x %d -y %d"):format(columns, lines))
end

function tmux:close()
   self.server:close()
   shell.run("rm -r " .. self.folder)
end

return tmux
