-- Sessions of mmlua in a real terminal.
--   local term = shells.open(db, {words = "", environment = "", columns = 80, lines = 24, state = FOLDER})
--      a terminal (tmux.lua) in which mmlua has opened the lake of `db` and shows its prompt; db nil: no lake is named.
--      `state` is where the history lives, else a folder of its own, gone with `term:close()`
--   shells.pipe(db, text, words) -> {stdout=, stderr=, code=}     the same without a terminal: lines on standard input
--   shells.are_tested_elsewhere    one Lua is enough to run the specs of sessions
--   shells.command(words)  mmlua as a command of sh, without the variables that the specs run with
local shell = require("spec.support.shell")
local tmux = require("spec.support.tmux")

local shells = {}

-- Sessions are mmlua's, whichever Lua runs the specs.
shells.are_tested_elsewhere = (os.getenv("SPEC_LUA") or ""):find("luajit$") ~= nil

local build = os.getenv("BUILD") or "build"
local UNSET = "env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 -u LUA_INIT -u EDITOR -u VISUAL -u PAGER"

function shells.command(words, environment)
   return ("%s MICROMEGAS_SQL_CONNECTION_STRING= MM_REGISTRY= %s %s/bin/mmlua %s"):format(
      UNSET, environment or "", build, words)
end

function shells.open(db, opts)
   opts = opts or {}
   local state = opts.state or shell.run("mktemp -d").stdout:match("%S+")
   local words = db and ("--lake %s %s"):format(shell.quote(db.conninfo), opts.words or "") or opts.words or ""
   local environment = ("XDG_STATE_HOME=%s %s"):format(state, opts.environment or "")
   local term = tmux.open("exec " .. shells.command(words, environment), opts)
   local close = term.close
   function term:close()
      close(self)
      if not opts.state then
         shell.run("rm -r " .. state)
      end
   end
   term.state = state
   term:wait(db and "\n" .. db.name or "\n>")
   return term
end

function shells.pipe(db, text, words)
   return shell.run("timeout 30 " .. shells.command(("--lake %s %s"):format(shell.quote(db.conninfo), words or "")), text)
end

return shells
