local capture = require("spec.support.capture")
local errors = require("mm.errors")
local help = require("mm.help")
local terminal = require("spec.support.terminal")
local verb = require("mm.verb")

describe("verb.report", function()
   it("prints a line each for the error, its detail and its hint", function()
      local result = capture.run(verb.report, "apply", errors.new("conflict", "a\nb", {detail = "c", hint = "d"}))

      assert.are.equal("mmlua apply: a\\nb\ndetail: c\nhint: d\n", result.stderr)
      assert.are.equal(5, result[1])
   end)

   it("folds lines where the terminal is narrow", function()
      local err = errors.new("conflict", "some are too long", {hint = "none"})

      local result = terminal.with({width = 24, environment = {NO_COLOR = "1"}}, capture.run, verb.report, "apply", err)

      assert.are.equal("mmlua apply: some are\n   too long\nhint: none\n", result.stderr)
   end)

   it("prints what each guard found, also of one that says nothing more", function()
      local findings = {{guard = "writers", message = "a\27", why = "b", passes = "c"}, {guard = "ours", message = "d"}}

      local result = capture.run(verb.report, "apply", errors.new("refused", "x", {findings = findings, done = 3}))

      assert.are.equal("mmlua apply: refused by the guard writers: a\\x1b\nwhy: b\nit passes: c\n"
         .. "mmlua apply: refused by the guard ours: d\nwhy: a guard of this lake's operators\n"
         .. "it passes: when its authors say so\n"
         .. 'to override: --override GUARD="why it is safe all the same", for each; the audit records it\n', result.stderr)
      assert.are.equal(6, result[1])
   end)

   it("prints help on stdout", function()
      local result = capture.run(verb.report, "apply", errors.new("help", "usage: ...\n"))

      assert.are.same({"usage: ...\n", "", 0}, {result.stdout, result.stderr, result[1]})
   end)

   it("says nothing where nobody reads", function()
      local result = capture.run(verb.report, "apply", errors.new("closed_pipe", "x"))

      assert.are.same({"", "", 141}, {result.stdout, result.stderr, result[1]})
   end)
end)

describe("verb.run", function()
   local path

   local function run(source)
      path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write(source)
      file:close()
      return capture.run(verb.run, "test", path)
   end

   after_each(function()
      os.remove(path)
   end)

   it("gives the number that the script returns, else 0", function()
      assert.are.equal(3, run("return 3")[1])
      assert.are.equal(0, run("return 'x'")[1])
   end)

   it("takes an error that is raised for the end", function()
      assert.are.equal(8, run("error({code = 'connection', message = 'gone'})")[1])
   end)

   it("shows a traceback of mistakes, those of syntax too", function()
      local result = run("local x = nil .. 'a'")

      assert.are.equal(1, result[1])
      assert.is_truthy(result.stderr:find("^mmlua test: .*:1: attempt to concatenate a nil value\nstack traceback:\n"))
      assert.is_truthy(run("x =").stderr:find("^mmlua test: .*:1: unexpected symbol near"))
   end)

   it("ends with 130 when interrupted", function()
      local result = run("error('interrupted!')")

      assert.are.same({130, "mmlua test: interrupted\n"}, {result[1], result.stderr})
   end)
end)

describe("help", function()
   it("suggests a verb on stderr", function()
      local result = capture.run(help.unknown, "/nowhere", {"undo", "apply"}, "unod")

      assert.are.equal("mmlua: unknown verb 'unod'; did you mean 'undo'?\nverbs: apply undo\n"
         .. "hint: a script is named with a slash, a dot, or after `--`: mmlua ./unod\n", result.stderr)
      assert.are.equal(2, result[1])
   end)

   it("of a session is verbs, and nothing about the command line", function()
      local text = capture.run(help.show_verbs, "/nowhere", {"undo", "zeta"}).stdout

      assert.is_truthy(text:find("^Verbs; `help VERB` says more.*\nRetire and take back:\n  undo          \n\nOthers:\n  zeta *\n$"))
   end)

   it("lists verbs by group, without those that are not there", function()
      local text = capture.run(help.show, "/nowhere", {"undo", "zeta", "plan"}).stdout

      assert.is_truthy(text:find("\nRetire and take back:\n  plan          \n  undo          \n\nOthers:\n  zeta", 1, true))
      assert.is_nil(text:find("Look:", 1, true))
   end)
end)
