-- The history: a private file that sessions share.
local shell = require("spec.support.shell")
local shells = require("spec.support.shells")

if shells.are_tested_elsewhere then
   return
end

describe("the history", function()
   local state, terms

   before_each(function()
      state, terms = shell.run("mktemp -d").stdout:match("%S+"), {}
   end)
   after_each(function()
      for _, term in ipairs(terms) do
         term:close()
      end
      shell.run("rm -r " .. state)
   end)

   local function open(environment)
      local term = shells.open(nil, {state = state, environment = "PGHOST=/nowhere " .. (environment or "")})
      terms[#terms + 1] = term
      return term
   end

   local function enter(term, expression, value)
      term:enter(expression)
      term:wait("\n" .. value .. "\n>")
   end

   local function file()
      return shell.run(("cat %s/mm/history"):format(state)).stdout
   end

   it("is nobody else's", function()
      enter(open(), "1 + 1", 2)

      assert.are.equal("700 600\n", shell.run(("stat -c %%a %s/mm %s/mm/history | xargs"):format(state, state)).stdout)
   end)

   it("is made private where it was not", function()
      shell.run(("mkdir -m 755 %s/mm; echo \"'old'\" > %s/mm/history; chmod 644 %s/mm/history"):format(state, state, state))

      enter(open(), "1 + 1", 2)

      assert.are.equal("700 600\n", shell.run(("stat -c %%a %s/mm %s/mm/history | xargs"):format(state, state)).stdout)
      assert.are.equal("'old'\n1 + 1\n", file())
   end)

   it("is there in the next session", function()
      local first = open()
      enter(first, "'an' .. 'swer'", "answer")
      first:keys("C-d")
      first:wait_end()

      local second = open()
      second:keys("Up", "Enter")

      second:wait("\nanswer\n>")
   end)

   it("holds each entry once, where it was last typed", function()
      local term = open()
      enter(term, "1 + 1", 2)
      enter(term, "1 + 2", 3)

      term:enter("1 + 1")
      term:wait("3\n> 1 + 1\n2")

      term:keys("Up", "Up", "Up", "Enter")
      term:wait("3\n> 1 + 1\n2\n> 1 + 2\n3\n>")
      assert.are.equal("1 + 1\n1 + 2\n", file())
   end)

   it("holds an entry of several lines as one", function()
      local term = open()
      term:enter("for i = 7, 7 do")
      term:enter("print('\\\\' .. i) end")
      term:wait("\n\\7")

      local other = open()
      other:keys("Up", "Enter")

      other:wait("\n\\7")
      assert.are.equal("for i = 7, 7 do\\nprint('\\\\\\\\' .. i) end\n", file())
   end)

   it("of two sessions is that of both", function()
      local one, two = open(), open()
      enter(one, "'o' .. 'ne'", "one")
      enter(two, "'t' .. 'wo'", "two")
      enter(one, "'more'", "more")

      local three = open()
      three:keys("Up", "Up", "Enter")

      three:wait("\ntwo\n>")
      assert.are.equal("'o' .. 'ne'\n'more'\n't' .. 'wo'\n", file())
   end)

   for what, line in pairs{
      ["a password"] = [[#"host=x password=geheim"]],
      ["a password in a table"] = [[#({password = "geheim"}).password]],
      ["a password in a URI"] = [[#"postgresql://me:geheim@host/lake"]],
      ["PGPASSWORD"] = [[#"PGPASSWORD"]],
      ["a password in disguise"] = [[#"postgres://host/lake?%70assword=geheim"]],
   } do
      it("does not keep " .. what, function()
         local term = open()
         term:enter(line)
         term:wait_for(function(screen)
            return screen:find("\n%d+\n>$")
         end, "a number")
         enter(term, "'plain'", "plain")

         assert.are.equal("'plain'\n", file())
      end)
   end

   it("keeps a URI without a password", function()
      enter(open(), [[#"postgres://me@host:5432/lake"]], 28)

      assert.are.equal('#"postgres://me@host:5432/lake"\n', file())
   end)

   it("can be had nowhere: a link to /dev/null stays one", function()
      shell.run(("mkdir %s/mm; ln -s /dev/null %s/mm/history"):format(state, state))

      enter(open(), "1 + 1", 2)

      assert.are.equal("/dev/null\n", shell.run(("readlink %s/mm/history"):format(state)).stdout)
   end)

   it("goes to ~/.local/state where XDG says nothing, or nothing absolute", function()
      enter(open("HOME=" .. state .. " XDG_STATE_HOME=relative"), "1 + 1", 2)

      assert.are.equal("1 + 1\n", shell.run(("cat %s/.local/state/mm/history"):format(state)).stdout)
   end)

   it("is lost, and nothing else, where it cannot be written", function()
      local term = open("HOME=/proc XDG_STATE_HOME=/proc/nowhere")

      enter(term, "1 + 1", 2)

      term:keys("Up", "Enter")
      term:wait("2\n> 1 + 1\n2\n>")
   end)

   it("is what is left of too much", function()
      shell.run(("mkdir %s/mm; seq 5000 > %s/mm/history"):format(state, state))

      enter(open(), "'last'", "last")

      local lines = shell.lines(file())
      assert.are.same({2000, "3002", "'last'"}, {#lines, lines[1], lines[2000]})
   end)
end)
