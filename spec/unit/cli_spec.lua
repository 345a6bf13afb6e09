local capture = require("spec.support.capture")
local cli = require("mm.cli")
local connection = require("mm.cli.connection")

local declaration = {
   text = "Lists what is outdated.",
   arguments = {{name = "view_set", text = "only this one", optional = true}},
   options = {
      "lake", "registry", "formats", "undo-for", "from", {name = "check", text = "exit with 3"},
      {name = "limit", value = "N", type = "integer", text = "at most so many"},
      {name = "verdict", value = "NAME", values = {"replaced", "empty"}, repeated = true, text = "only these"},
      {name = "instance", value = "ID", text = "only this one"}, "reason", "schema",
   },
   examples = {{"mmlua outdated --check", "for a cron job"}},
}

local function parse(...)
   return cli.parse(declaration, {[0] = "mmlua outdated", ...})
end

local function complaint(...)
   local _, err = pcall(parse, ...)
   assert.are.equal("usage", err.code)
   return err.message, err.hint
end

describe("cli.parse", function()
   it("reads options and arguments in any order", function()
      assert.are.same({view_set = "log_entries", check = true, lake = "prod", verdict = {}},
         parse("--check", "log_entries", "--lake", "prod"))
   end)

   it("takes a value after an equals sign, even an empty one", function()
      assert.are.equal("service=prod", parse("--lake=service=prod").lake)
      assert.are.equal("", parse("--instance=").instance)
      assert.are.equal("--x", parse("--lake=--x").lake)
   end)

   it("converts values", function()
      local options = parse("--undo-for", "36h", "--limit", "-5", "--from", "2026-11-16")

      assert.are.same({129600, -5, "2026-11-16T00:00:00.000000Z"}, {options.undo_for, options.limit, options.from})
   end)

   it("collects what may be repeated", function()
      assert.are.same({"replaced", "empty"}, parse("--verdict", "replaced", "--verdict=empty").verdict)
      assert.are.same({"replaced", "empty"}, parse("--verdict", "replaced,empty").verdict)
   end)

   it("ends options at two dashes", function()
      assert.are.equal("--check", parse("--", "--check").view_set)
      assert.are.equal("-", parse("-").view_set)
   end)

   it("says what it does not know, and what may be meant", function()
      assert.are.equal("unknown option '--chek'; did you mean '--check'?", (complaint("--chek")))
      assert.are.equal("unknown option '-x'", (complaint("-x")))
      assert.are.equal("unknown option '--a\\x1b'", (complaint("--a\27")))
      assert.are.equal("unexpected argument 'more'", (complaint("log_entries", "more")))
      assert.are.equal("--verdict: 'replace' is none of replaced, empty; did you mean 'replaced'?",
         (complaint("--verdict", "replace")))
   end)

   it("points to the help", function()
      assert.are.equal("`mmlua outdated --help` lists the options", (select(2, complaint("--chek"))))
   end)

   it("says what is wrong with a value", function()
      assert.are.equal("--undo-for: '7x' is not a duration", (complaint("--undo-for", "7x")))
      assert.are.equal("--from: 'now' is not a time", (complaint("--from", "now")))
      assert.are.equal("--limit: '1e3' is not a whole number", (complaint("--limit", "1e3")))
      assert.are.equal("--lake needs a value: NAME", (complaint("--lake")))
      assert.are.equal("--lake needs a value: NAME", (complaint("--lake", "--check")))
      assert.are.equal("--check takes no value", (complaint("--check=1")))
   end)

   it("refuses texts that the lake would not take", function()
      assert.are.equal("--instance: 'a\\xff' is not UTF-8", (complaint("--instance", "a\255")))
      assert.are.equal("VIEW_SET: '\\xed\\xa0\\x80' is not UTF-8", (complaint("\237\160\128")))
      assert.are.equal("--reason: no reason is given", (complaint("--reason", " \t")))
   end)

   it("refuses what was left empty by mistake", function()
      for _, name in ipairs{"lake", "registry", "schema"} do
         assert.are.equal(("--%s: nothing is named"):format(name), (complaint("--" .. name, "")))
      end
      assert.are.equal("--verdict: '' is none of replaced, empty", (complaint("--verdict", "")))
      assert.are.equal("--verdict: '' is none of replaced, empty", (complaint("--verdict", "empty,")))
   end)

   it("refuses what contradicts itself", function()
      assert.are.equal("--lake was given twice", (complaint("--lake", "a", "--lake", "b")))
      assert.are.equal("--json and --csv exclude each other", (complaint("--json", "--csv")))
   end)

   it("wants arguments that are not optional", function()
      local wants = {text = "", arguments = {{name = "id", text = ""}, {name = "files", text = "", repeated = true}}}

      local _, none = pcall(cli.parse, wants, {})
      local _, one = pcall(cli.parse, wants, {"1"})

      assert.are.same({"ID is missing", "FILES is missing"}, {none.message, one.message})
      assert.are.same({id = "1", files = {"a", "b"}}, cli.parse(wants, {"1", "a", "b"}))
   end)

   it("answers --help with everything that was declared", function()
      local _, err = pcall(parse, "--help")

      assert.are.equal("help", err.code)
      assert.are.equal([[
usage: mmlua outdated [options] [VIEW_SET]

Lists what is outdated.

arguments:
  [VIEW_SET]  only this one

options:
  --undo-for DURATION      how long it can be taken back, 7d unless said
  --from TIME              insert times from this one on
  --check                  exit with 3
  --limit N                at most so many
  --verdict NAME           only these (replaced, empty)
  --instance ID            only this one
  --reason TEXT            why, for the audit

general options:
  --lake NAME              connection string, URI or service of its database
  --registry RELEASE|FILE  what is current: 0.33, or a list_view_sets() answer
  --json                   write JSON
  --jsonl                  write a JSON object per line
  --csv                    write CSV
  --schema NAME            that holds the catalog, where two do
  --color WHEN             colours (auto, always, never)
  --help                   this text

examples:
  mmlua outdated --check
      for a cron job
]], err.message)
   end)
end)

describe("the lake of a command line", function()
   local getenv = os.getenv
   local environment

   before_each(function()
      environment = {}
      rawset(os, "getenv", function(name) return environment[name] end)
   end)

   after_each(function()
      rawset(os, "getenv", getenv)
   end)

   it("is the one named, else left to mm.open and the environment", function()
      assert.are.equal("prod", connection.conninfo("prod"))
      assert.is_nil((connection.conninfo(nil)))
   end)

   it("is refused when a password is in it", function()
      for _, conninfo in ipairs{
         "postgres://user:secret@host/db", "postgresql://user:secret@host", "postgres://host/db?password=secret",
         "postgres://host/db?sslmode=require&password=x", "postgres://h/db?p%61ssword=x", "postgres://h?sslpassword=x",
         "password=secret", "host=h password = 'x y'", "host=h sslpassword=x",
      } do
         local result, err = connection.conninfo(conninfo)

         assert.is_nil(result, conninfo)
         assert.are.equal("usage", err.code)
         assert.is_nil(tostring(err.message .. err.hint):find("secret"))
      end
   end)

   it("may name a user, or a file of passwords", function()
      for _, conninfo in ipairs{
         "postgres://user@host:5432/db", "postgres://user:@host/db", "host=h user=u passfile=/etc/x", "postgres:///db?host=/tmp",
         "service=prod", "prod", "postgres://host/db?application_name=password",
      } do
         assert.are.equal(conninfo, connection.conninfo(conninfo))
      end
   end)
end)

describe("the registry of a command line", function()
   local mm = package.loaded.mm
   local asked

   before_each(function()
      asked = {}
      package.loaded.mm = {
         registry = {
            release = function(name) asked.release = name return "a release" end,
            read = function(path) asked.path = path return nil, "no such file" end,
         },
         open = function(...) asked.open = {...} return "a lake" end,
      }
   end)

   after_each(function()
      package.loaded.mm = mm
   end)

   it("is a release when it looks like one", function()
      for _, name in ipairs{"0.33", "v0.33", "0.33.0"} do
         assert.are.equal("a release", connection.registry(name))
         assert.are.equal(name, asked.release)
      end
   end)

   it("is a file otherwise", function()
      assert.are.same({nil, "no such file"}, {connection.registry("list.json")})
      assert.are.equal("list.json", asked.path)
   end)

   it("is given to mm.open with the lake", function()
      assert.are.equal("a lake", cli.open{lake = "prod", registry = "0.33"})
      assert.are.same({"prod", {registry = "a release"}}, asked.open)
   end)

   it("keeps the lake shut when it cannot be read", function()
      local lake, err = cli.open{lake = "prod", registry = "list.json"}

      assert.are.same({nil, "no such file", nil}, {lake, err, asked.open})
   end)
end)

describe("cli.next", function()
   it("is said to people only", function()
      assert.are.equal("next: mmlua undo 3\n", capture.run(cli.next, {}, "mmlua undo %d", 3).stderr)
      for _, name in ipairs{"json", "jsonl", "csv", "quiet"} do
         assert.are.equal("", capture.run(cli.next, {[name] = true}, "mmlua undo").stderr)
      end
   end)
end)

describe("cli.confirm", function()
   it("needs to be told everything where there is no terminal", function()
      local reason, err = cli.confirm{action = "retire", lake = "prod", options = {yes = true}}

      assert.is_nil(reason)
      assert.are.same({"usage", "retire needs --reason where there is no terminal to ask on"}, {err.code, err.message})
      assert.are.equal("tidy", cli.confirm{action = "retire", lake = "prod", options = {yes = true, reason = "tidy"}})
   end)
end)
