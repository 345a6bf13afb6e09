-- The demo: a private throw-away PostgreSQL with a real lake, and the main job done in it with mmlua's own verbs.
local errors = require("mm.errors")
local mm = require("mm")
local text = require("mm.text")

local demo = {}

local LAKE = "demo"

local quote = text.word

local function run(command, name)
   local is_done = os.execute(command)
   if is_done ~= true and is_done ~= 0 then
      error(errors.new("io", name .. " failed"), 0)
   end
end

local function say(format, ...)
   io.stdout:write("\n", format:format(...), "\n")
   io.stdout:flush()
end

-- Shows a command line of mmlua and runs it; what it says on stderr belongs to the story.
local function show(self, line, hidden)
   io.stdout:write("\n$ mmlua ", line, "\n")
   io.stdout:flush()
   run(("%s %s %s 2>&1"):format(self.mmlua, line, hidden or ""), "mmlua " .. line)
end

-- Both tables as one hash: every row, every column.
local function fingerprint(self)
   local pipe = assert(io.popen(("psql -X -A -t -d %s -c %s"):format(quote(self.conninfo), quote(
      "select md5(string_agg(p::text, ',' order by p::text)) from lakehouse_partitions p union all "
         .. "select md5(string_agg(t::text, ',' order by t::text)) from temporary_files t"))))
   local answer = pipe:read("*a")
   pipe:close()
   return answer
end

local function load_lake(self, folder)
   run(("psql -X -q -v ON_ERROR_STOP=1 -d %s -c 'create database lake' >/dev/null"):format(
      quote(self.server.conninfo .. " dbname=postgres")), "creating the database")
   run(("psql -X -q -v ON_ERROR_STOP=1 -d %s -f %s >/dev/null"):format(quote(self.conninfo),
      quote(folder .. "/lake-0.33.0.sql")), "loading the lake")
end

--- Starts the server and loads the lake.
---@param folder string with throwaway-postgres and the lake
---@param mmlua string the program
---@return table|nil demo, table|nil err
function demo.start(folder, mmlua)
   local throwaway = dofile(folder .. "/throwaway.lua")
   local server, message = throwaway.start(folder .. "/throwaway-postgres")
   if not server then
      return errors.fail("io", message)
   end
   local self = {server = server, conninfo = server.conninfo .. " dbname=lake"}
   self.registry = folder .. "/list_view_sets-0.33.0.json"
   self.mmlua = ("MICROMEGAS_SQL_CONNECTION_STRING=%s MM_REGISTRY= LUA_INIT= %s"):format(quote(self.conninfo),
      quote(mmlua))
   load_lake(self, folder)
   return self
end

--- Gives the lake a schema mmadmin and its registry, without a word.
function demo.prepare(self)
   for _, line in ipairs{("init --name %s --yes --reason demo"):format(LAKE),
      ("registry publish --registry %s --yes --reason demo"):format(quote(self.registry))} do
      run(("%s %s >/dev/null 2>&1"):format(self.mmlua, line), "mmlua " .. line)
   end
end

local function state(lake)
   local status = assert(lake:status())
   return ("%s partitions, %s files queued for deletion"):format(text.count(status.partitions),
      text.count(status.queued_files))
end

local function look(self)
   say("This is the catalog of a real lake after its services went from release 0.27 to 0.33. Partitions\n"
      .. "written with an old schema are invisible to queries and still cost storage. First mm gets a schema of its\n"
      .. "own, and is told what is current: the answer of a 0.33 server to list_view_sets().")
   show(self, ("init --name %s --yes --reason demo"):format(LAKE))
   show(self, ("registry publish --registry %s --yes --reason demo"):format(quote(self.registry)))
   say("What is outdated, and what retiring it would lose:")
   show(self, "outdated")
   say("replaced: current partitions hold at least the same events. empty: no rows. rebuildable: every source block\n"
      .. "is still there. waits for blocks: the same, once the view set `blocks` is rebuilt. short: covered, but not\n"
      .. "provably. only copy: nothing else holds this data. The evidence for two of them:")
   show(self, "explain blocks --at 2026-11-16T12:30Z")
   show(self, "explain measures --at 2026-11-15T16:30Z")
end

local function retire(self, lake)
   say("A plan takes what loses nothing, and says what it leaves alone:")
   show(self, "plan --all --dry-run")
   show(self, "plan --all")
   local id = assert(lake:retirements())[1].id
   local before, print_before = state(lake), fingerprint(self)
   say("Applying it deletes exactly those rows, and queues their files: micromegas deletes them after the undo window.")
   show(self, "apply " .. id, "--yes --reason 'upgrade to 0.33'")
   say("before:  %s\nafter:   %s", before, state(lake))
   show(self, "show " .. id)
   say("And back:")
   show(self, "undo " .. id, "--yes --reason 'only a demo'")
   say("now:     %s\nEvery row of both tables is as it was before: %s", state(lake),
      fingerprint(self) == print_before and "yes" or "NO")
end

--- Walks through the main job.
function demo.walk(self)
   look(self)
   local lake = assert(mm.open(self.conninfo))
   retire(self, lake)
   lake:close()
end

--- Ends the server, or lets it go on and says how to connect.
function demo.finish(self, is_kept)
   if not is_kept then
      self.server:stop()
      return say("The server is stopped and removed. Once more, to play with it: mmlua demo --keep")
   end
   self.server:keep()
   say("The lake is still there. To use it:\n\n   export MICROMEGAS_SQL_CONNECTION_STRING=%s\n   mmlua outdated\n\n"
      .. "To stop and remove it: kill %s", quote(self.conninfo), self.server.pid)
end

return demo
