-- Lines typed at a real terminal.
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")
local tmux = require("spec.support.tmux")

if shells.are_tested_elsewhere then
   return
end

describe("a line", function()
   local term

   before_each(function()
      term = shells.open(nil, {environment = "PGHOST=/nowhere"})
   end)
   after_each(function()
      term:close()
   end)

   it("is run by Enter, and what it gives is printed", function()
      term:enter("6 * 7")

      term:wait("\n> 6 * 7\n42\n>")
   end)

   it("is cleared by Ctrl-C, and the session goes on", function()
      term:type("error('not run')")
      term:wait("not run')")

      term:keys("C-c")

      term:wait("error('not run')^C\n>")
      term:enter("'still ' .. 'here'")
      assert.is_nil(term:wait("still here"):find("stdin:"))
   end)

   it("ends the session by Ctrl-D only while it is empty", function()
      term:type("12")
      term:keys("C-d", "Enter")
      term:wait("\n12\n>")

      term:keys("C-d")

      term:wait_end()
   end)

   it("that is not complete goes on in the next", function()
      term:enter("for i = 1, 2 do")
      term:wait("\n>>")
      term:enter("print('round', i) end")

      term:wait("\nround   1\nround   2\n>")
   end)

   it("that is not complete is given up by Ctrl-C", function()
      term:enter("for i = 1, 2 do")
      term:wait("\n>>")

      term:keys("C-c")

      term:wait(">> ^C\n>")
      term:enter("'not in a loop'")
      term:wait("\nnot in a loop")
   end)

   it("is edited by characters, not by bytes", function()
      term:type("'grün→x'")
      term:keys("Left", "Left", "BSpace", "Left", "BSpace", "Enter")

      term:wait("\ngrnx\n>")
   end)

   it("is pasted whole, and not run before Enter", function()
      term:paste("for i = 1, 2 do\n  print('pasted ' .. i)\nend\n")
      term:wait("end")
      assert.is_nil(term:screen():find("\npasted"))

      term:keys("Enter")

      term:wait("\npasted 1\npasted 2\n>")
   end)

   it("may be Lua, verbs and commands, pasted together", function()
      term:paste("for i = 1, 2 do\n  print('pasted ' .. i)\nend\n\\timing off\nhelp nothing\n'last' .. ' one'\n")
      term:keys("Enter")

      term:wait("\npasted 1\npasted 2\ntiming is off\nmmlua: unknown verb 'nothing'\n")
      assert.is_nil(term:screen():find("\nlast one")) -- what follows a failure may rest on it
   end)

   it("is Lua when it is nothing else, and said to be wrong as a whole", function()
      term:paste("local a = 1\nlocal b = = 2\nprint(a)")
      term:keys("Enter")

      term:wait("\nstdin:2: unexpected symbol near '='\n>")
   end)

   it("takes nothing that is pasted for a key", function()
      term:paste("'a\7\27[Ab\1c'")
      term:wait("'a[Abc'")

      term:keys("Enter")

      term:wait("\na[Abc")
   end)

   it("is searched for by Ctrl-R", function()
      term:enter("'needle'")
      term:wait("\nneedle")
      term:enter("'hay'")
      term:wait("\nhay")

      term:keys("C-r")
      term:type("need")
      term:wait("bck:need")
      term:keys("Enter", "Enter")

      term:wait_for(function(screen)
         return select(2, screen:gsub("\nneedle", "")) == 2
      end, "a second needle")
   end)

   it("of several lines comes back whole, and can be edited", function()
      term:enter("if true then")
      term:enter("print('first')")
      term:enter("end")
      term:wait("\nfirst")

      term:keys("Up", "Up", "End", "Left", "Left")
      term:type(" again")
      term:keys("Enter")

      term:wait("\nfirst again")
   end)

   it("of several lines is left upwards from its first", function()
      term:enter("'before'")
      term:wait("\nbefore\n>") -- what comes earlier is typed, not pasted
      term:paste("'a' ..\n'b'")
      term:keys("Enter")
      term:wait("\nab")

      term:keys("Up", "Up", "Up", "Enter")

      term:wait_for(function(screen)
         return select(2, screen:gsub("\nbefore", "")) == 2
      end, "before, again")
   end)

   it("is drawn anew when the terminal changes its size", function()
      term:type("'" .. ("x"):rep(50) .. "'")
      term:wait("xx'")

      term:resize(40, 20)

      term:type(" .. ''")
      local screen = term:wait(("x"):rep(37) .. "\n" .. ("x"):rep(13) .. "' .. ''")
      assert.are.equal(1, select(2, ("\n" .. screen):gsub("\n> '", "")))
      term:keys("Enter")
      term:wait("\n" .. ("x"):rep(40) .. "\n" .. ("x"):rep(10) .. "\n>")
   end)
end)

describe("the terminal", function()
   local term

   after_each(function()
      term:close()
   end)

   it("may be dumb: lines are read as they are", function()
      term = shells.open(nil, {environment = "PGHOST=/nowhere TERM=dumb"})

      term:enter("'du' .. 'mb'")

      assert.is_nil(term:wait("\ndumb\n>"):find("2004", 1, true))
   end)

   it("may be dumb: Ctrl-C gives up the line", function()
      term = shells.open(nil, {environment = "PGHOST=/nowhere TERM=dumb"})
      term:type("half")
      term:wait("> half")

      term:keys("C-c")

      term:wait("half^C\n>")
      term:enter("'whole'")
      term:wait("\nwhole")
   end)

   it("may have a locale that knows no characters", function()
      term = shells.open(nil, {environment = "PGHOST=/nowhere LC_ALL=C"})

      term:type("'ä→'")
      term:keys("Left", "BSpace", "Enter")

      term:wait("\nä\n>")
   end)

   it("gets nothing set but the type of characters", function()
      term = shells.open(nil, {environment = "PGHOST=/nowhere LC_ALL=C.UTF-8"})

      term:enter("os.setlocale(nil, 'numeric'), os.setlocale(nil, 'collate'), os.setlocale(nil, 'ctype')")

      term:wait("\nC       C       C.UTF-8")
   end)

   it("stops the session by Ctrl-Z, and goes on as it was", function()
      local state = shell.run("mktemp -d").stdout:match("%S+")
      term = tmux.open("PS1='sh: ' exec sh -i")
      term:wait("sh:")
      term:enter(shells.command("", "PGHOST=/nowhere XDG_STATE_HOME=" .. state))
      term:wait("\n>")
      term:type("'be' ..")
      term:wait("> 'be' ..")

      term:keys("C-z")
      term:wait_for(function(screen)
         return screen:find("Stopped.*\nsh:$")
      end, "the shell's prompt")
      term:enter("fg")
      term:wait_for(function(screen)
         return screen:find("Stopped.*\n> 'be' %.%.$")
      end, "the line")
      term:enter("'fore'")

      term:wait("\nbefore")
      shell.run("rm -r " .. state)
   end)
end)

describe("the banner", function()
   it("shows the lake at a glance, and fits on 80 columns and 24 lines", function()
      local db = postgres.database("lake-0.33.0")
      local term = shells.open(db)

      local screen = term:screen()

      assert.is_truthy(screen:find("^mmlua %d+%.%d+%.%d+, Lua 5%.4%."))
      assert.is_truthy(screen:find("\npartitions +3 082\n"))
      assert.is_truthy(screen:find("\n" .. db.name .. " (no registry)>", 1, true))
      term:close()
      db:drop()
   end)
end)
