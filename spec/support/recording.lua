-- What a terminal shows, as a page: of a lake in a database that is called lake, and of a shell whose environment leads
-- there. The shell's folder holds view_sets.json, a 0.33 server's answer to list_view_sets().
--   local recording = require("spec.support.recording")
--   recording.write{title = "A session", words = ..., build = "build", lake = "demo/lake-0.33.0.sql", columns = 120,
--      steps = STEPS}
-- A step is
--   a text                    is typed, with ID for the last plan's and HEAD for the first head of the audit that was shown
--   {"words", title = "..."}  end what is shown of the terminal, and stand before what comes; a title begins a part
--   {lake = path}             replaces the tables of micromegas by those of a dump; what mm keeps stays
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local tmux = require("spec.support.tmux")

local recording = {}

local LINES = 2000
-- Ten years of retention: else what can be rebuilt would depend on the day of the recording.
local KEPT_SOURCE = [[do $$ begin
   if to_regclass('settings') is not null then
      insert into settings (key, value, updated_at, updated_by) values ('retention_days', '3650', now(), 'recording');
   end if;
end $$]]

local function last_line(screen)
   return screen:match("[^\n]*$")
end

-- The prompt of sh, that of mmlua, or a question.
local function is_waiting(screen)
   local line = last_line(screen)
   return line == "$" or line:find("^[%w ()-]*>$") ~= nil or line:find("^Type .*:$") ~= nil
      or line:find("^Reason.*:$") ~= nil
end

local function last_id(screen)
   local id
   for found in screen:gmatch("plan (demo%-%d+%-%x+)") do
      id = found
   end
   return id
end

-- Waits until the terminal has answered, and gives its screen.
local function type_line(term, text, before)
   local words = {ID = last_id(before), HEAD = before:match("%d+%-" .. ("%x"):rep(64))}
   term:enter((text:gsub("%f[%w]%u+%f[%W]", words)))
   return term:wait_for(function(screen)
      return #screen > #before + #text and is_waiting(screen) and screen
   end, "the end of " .. text)
end

-- Puts another lake's tables in place of micromegas'; the schema mmadmin stays.
local function load(db, path)
   db:psql("drop schema public cascade; create schema public;")
   db:file(path)
   db:psql(KEPT_SOURCE)
   db:psql("vacuum analyze")
end

local function new_database(path)
   local db = postgres.database("empty")
   postgres.start().admin:psql("alter database " .. db.name .. " rename to lake")
   db.conninfo, db.name = db.conninfo:gsub("dbname=.*$", "dbname=lake"), "lake"
   load(db, path)
   return db
end

-- The folder to work in, with a server's answer to list_view_sets().
local function new_folder()
   local folder = shell.run("mktemp -d").stdout:match("%S+")
   shell.run(("cp demo/list_view_sets-0.33.0.json %s/view_sets.json"):format(folder))
   return folder
end

local function open(page, db)
   local folder, bin = new_folder(), shell.run(("cd %s/bin && pwd"):format(page.build)).stdout:match("[^\n]+")
   local command = ("cd %s && export PGHOST=%s PGPORT=5432 PGUSER=postgres PGDATABASE=lake MM_REGISTRY= PATH=%s:$PATH "
      .. "XDG_STATE_HOME=%s; unset MICROMEGAS_SQL_CONNECTION_STRING LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4 "
      .. "LUA_INIT PAGER; PS1='$ ' exec sh"):format(folder, postgres.start().server.folder, shell.quote(bin), folder)
   local term = tmux.open(command, {columns = page.columns, lines = LINES})
   term:wait("$")
   return term, function()
      term:close()
      db:drop()
      shell.run("rm -r " .. folder)
   end
end

-- What was shown since the last words, without the prompt at its end.
local function write_shown(shown)
   shown = shown:gsub("%s*\n[^\n]*$", "")
   if shown:find("\n") then
      io.write("\n```\n", shown, "\n```\n")
   end
end

local function write_words(step)
   io.write(step.title and ("\n## %s\n"):format(step.title) or "", "\n", step[1], "\n")
end

function recording.write(page)
   local db = new_database(page.lake)
   local term, close = open(page, db)
   local screen, from = "$", 1
   io.write("# ", page.title, "\n\n", page.words, "\n")
   for _, step in ipairs(page.steps) do
      if type(step) == "string" then
         screen = type_line(term, step, screen)
      elseif step.lake then
         load(db, step.lake)
      else
         write_shown(screen:sub(from))
         from = #screen - #last_line(screen) + 1
         write_words(step)
      end
   end
   write_shown(screen:sub(from))
   close()
end

return recording
