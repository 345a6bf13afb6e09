-- What changes a lake, or takes long, in a session at a real terminal: questions, and how far it is.
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

local NEWEST = [[select coalesce((select 'prod-' || retirement || '-' || substr(encode(digest, 'hex'), 1, 6)
   from mmadmin.retirement where digest is not null order by retirement desc limit 1), 'none')]]
local RETIRED = "select count(*) from mmadmin.batch"
local db, term, folder

local function open(environment)
   db = postgres.database("lake-0.33.0")
   folder = shell.run("mktemp -d").stdout:match("%S+")
   for _, words in ipairs{"init --name prod", "registry publish --registry 0.33"} do
      shell.run(shells.command(("%s --yes --reason test --lake %s"):format(words, shell.quote(db.conninfo))))
   end
   local own = {name = "prod", conninfo = db.conninfo}
   term = shells.open(own, {environment = environment})
end

local function close()
   term:close()
   shell.run("rm -r " .. folder)
   db:drop()
end

-- What is waited for later is nothing that was there before.
local function clear()
   term:keys("C-l")
   term:wait_for(function(screen)
      return screen == "prod>"
   end, "an empty screen")
end

-- Plans in the session, and gives the id.
local function plan(words)
   local before = db:value(NEWEST)
   term:enter("plan " .. words)
   local id = term:wait_for(function()
      local newest = db:value(NEWEST)
      return newest ~= before and newest
   end, "a plan")
   term:wait("then apply " .. id)
   return id
end

describe("a change at the prompt", function()
   setup(open)
   before_each(function()
      clear()
   end)
   teardown(close)

   it("shows what goes, from which lake, until when it can be undone, and wants the lake's name", function()
      local id = plan("log_entries")
      term:enter("apply " .. id)
      term:wait("\nType the lake's name (prod) to retire:")

      local screen = term:screen()
      term:enter(db.name)

      assert.is_truthy(screen:find("\nretire 150 partitions, 9.1 KiB, of plan " .. id:gsub("%-", "%%-") .. "\n"
         .. "  149  empty +0 B  no rows, nothing to lose\n"), screen)
      assert.is_truthy(screen:find(("\non lake prod (database %s), as postgres\n"):format(db.name), 1, true))
      assert.is_truthy(screen:find("\nit can be undone for 7d, until about 20%d%d%-"))
      term:wait("\nmmlua apply: not confirmed: retire was not begun, nothing was changed\nprod>")
      assert.are.equal("0", db:value(RETIRED))
   end)

   it("is not begun after Ctrl-D or Ctrl-C at the question, and the session goes on", function()
      local id = plan("measures")
      for key, said in pairs{["C-d"] = "\nmmlua apply: not confirmed: ", ["C-c"] = "\nmmlua apply: interrupted\nprod>"} do
         term:enter("apply " .. id)
         term:wait_for(function(screen)
            return screen:find("to retire:$")
         end, "the question")

         term:keys(key)

         term:wait(said)
      end
      assert.are.equal("0", db:value(RETIRED))
   end)

   it("is done after the name and a reason, and taken back the same way", function()
      local id = plan("blocks --verdict empty")
      local before = db:value("select count(*) from lakehouse_partitions")
      term:enter("apply " .. id)
      term:wait("to retire:")
      term:enter("prod")
      term:wait("\nReason, for the audit:")
      term:enter("an upgrade")
      term:wait("\n[██████████] retired 102 of 102, ")
      term:wait("\nnext: show " .. id)
      clear()

      term:enter(("undo %s --reason rehearsal"):format(id))
      term:wait("to undo:")
      term:enter("prod")

      term:wait("\n[██████████] restored 102 of 102, ")
      term:wait(id .. ": 102 partitions restored\n")
      assert.are.equal(before, db:value("select count(*) from lakehouse_partitions"))
   end)

   it("is refused without a question where it cannot be", function()
      term:enter("hold add log_entrys")

      term:wait("\nmmlua hold: no view set is called 'log_entrys'; did you mean 'log_entries'?\n")
   end)

   it("may be a hold, whose release shows what it covers", function()
      term:enter("hold add streams --from 2026-11-01 --reason 'incident 12'")
      term:wait("to hold:")
      term:enter("prod")
      term:wait("\nhold 1 is in force\nnext: hold, or to release it hold release 1\n")
      clear()

      term:enter("hold release 1 --reason over")
      term:wait("to release:")
      local screen = term:screen()
      term:enter("prod")

      term:wait("\nhold 1 is released\n")
      assert.is_truthy(screen:find("release hold 1 of view set streams, inserted from 2026-11-01 00:00:00 UTC", 1, true))
      assert.is_truthy(screen:find(" by postgres: incident 12\n", 1, true))
   end)

   it("may be a prune, which shows what is forgotten", function()
      local id = plan("thread_spans")
      db:psql([[update mmadmin.retirement set valid_until = now() - interval '40 days'
         where retirement = (select max(retirement) from mmadmin.retirement)]])
      term:enter("retirements prune --reason room")
      term:wait("to prune:")
      local screen = term:screen()
      term:enter("prod")

      term:wait("\n1 retirement pruned\n")
      assert.is_truthy(screen:find("\nforget what %d+ partitions of a retirement were: " .. id:gsub("%-", "%%-") .. "\n"), screen)
   end)
end)

describe("long work at the prompt", function()
   setup(open)
   before_each(function()
      clear()
   end)
   teardown(close)

   it("shows how far it is when it is a call, too", function()
      term:enter("r = assert(lake:plan{view_set = 'measures'})")
      term:enter("lake:apply(r.id, {reason = 'test'}).state")

      term:wait("\n[██████████] retired 150 of 150, ")
      term:wait("\napplied\nprod>")
      term:enter("lake:undo(r.id, {reason = 'test'}).state")
      term:wait("\n[██████████] restored 150 of 150, ")
      term:wait("\nundone\nprod>")
   end)

   it("is left to who is told", function()
      term:enter("r, n = assert(lake:plan{view_set = 'streams'}), 0")
      term:enter("lake:apply(r.id, {reason = 'test', on_batch = function() n = n + 1 end}).state .. n")

      term:wait("\napplied1\nprod>")
      term:enter("lake:undo(r.id, {reason = 'test', on_batch = function() n = n + 1 end}).state .. n")
      term:wait("\nundone2\nprod>")
      assert.is_nil(term:screen():find("█", 1, true))
   end)

   it("is blamed on the line that is wrong all the same", function()
      term:enter("lake:apply('x', {reson = 1})")

      term:wait("\nstdin:1: lake:apply: unknown option 'reson'; did you mean 'reason'?\n")
   end)

   it("may be an export, by a verb or a call", function()
      term:enter(("partitions --output %s/a.csv"):format(folder))
      term:wait("\n[██████████] written 3 082 of 3 082, ")
      term:wait(("\n3 082 partitions written to %s/a.csv\n"):format(folder))
      clear()

      term:enter(("lake:export_partitions('%s/b.csv', {view_set = 'blocks'})"):format(folder))

      term:wait("\n[██████████] written 412 of 412, ")
      term:wait("\n412\nprod>")
   end)

   it("leaves no unfinished file when it is interrupted", function()
      term:enter(("lake:export_partitions('%s/c.csv', nil, {on_page = function() io.write('with', 'in\\n') while true do end end})")
         :format(folder))
      term:wait("\nwithin")
      local during = shell.run(("ls %s"):format(folder)).stdout

      term:keys("C-c")

      term:wait("\nerror: interrupted\nprod>")
      assert.are.equal("c.csv.part\n", during:match("c%..*"))
      assert.is_nil(shell.run(("ls %s"):format(folder)).stdout:find("c.csv", 1, true))
   end)

   it("says nothing when it is to be quiet", function()
      term:enter(("partitions --quiet --output %s/a.csv"):format(folder))

      term:wait(("\n3 082 partitions written to %s/a.csv\n"):format(folder))
      assert.is_nil(term:screen():find("█", 1, true))
   end)
end)

describe("an export without a terminal", function()
   it("says at the end how many it has written, and where", function()
      db = postgres.database("lake-0.33.0")
      local function export(words)
         return shell.run(shells.command(("partitions blocks %s --registry 0.33 --lake %s"):format(words, shell.quote(db.conninfo))))
      end

      local file, stdout = export("--output /dev/null"), export("--output - --jsonl")

      assert.are.same({"", "412 partitions written to /dev/null\n"}, {file.stdout, file.stderr})
      assert.are.same({412, "412 partitions written to stdout\n"}, {#shell.lines(stdout.stdout), stdout.stderr})
      db:drop()
   end)
end)

describe("help at the prompt", function()
   it("goes to the pager, that of a verb too", function()
      open("PAGER='sed s/^/paged:/'")

      term:enter("help")
      term:wait("\npaged:Guard:\n")
      term:enter("help plan")

      term:wait("\npaged:examples:\n")
      close()
   end)
end)
