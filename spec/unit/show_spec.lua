local capture = require("spec.support.capture")
local errors = require("mm.errors")
local rows = require("mm.rows")
local shell = require("spec.support.shell")
local show = require("mm.shell.show")
local terminal = require("spec.support.terminal")

-- What is printed where stdout is no terminal, or one with these facts.
local function shown(facts, ...)
   local count, values = select("#", ...), {...}
   return capture.run(function()
      terminal.with(facts or {}, function()
         show.values(count, (rawget(table, "unpack") or rawget(_G, "unpack"))(values, 1, count))
      end)
   end)
end

local function text(...)
   local result = shown(nil, ...)
   assert.is_nil(result.err)
   return result.stdout
end

local function counter(last)
   local at = 0
   return assert(rows.new(function()
      local page = {}
      for i = 1, 10 do
         page[i] = {n = at + i}
      end
      at = at + 10
      page.cursor = at < last and at or nil
      return page
   end))
end

describe("show.values", function()
   after_each(function()
      show.exact, show.vertical, show.file, show.page = false, nil, nil, 1000
   end)

   it("prints what is short side by side, as print does", function()
      assert.are.equal("1\ta\tnil\ttrue\n", text(1, "a", nil, true))
      assert.are.equal("", text())
   end)

   it("keeps the lines of a text, and shows what a terminal would act on", function()
      assert.are.equal("create;\n\tcommit\\x1b[2J\n", text("create;\n\tcommit\27[2J"))
   end)

   it("prints a list of rows as a table, known columns first, numbers to the right", function()
      assert.are.equal([[
view_set_name  partitions    bytes  zeta
log_entries         1 190  1.0 GiB  x
blocks                  7      0 B
]], text{{zeta = "x", bytes = 1073741824, partitions = 1190, view_set_name = "log_entries"},
         {bytes = 0, partitions = 7, view_set_name = "blocks"}})
   end)

   it("prints times, seconds and sizes for people, and exactly on request", function()
      local row = {{updated = "2026-11-16T10:00:00.000001Z", age_s = 90061.5, file_size = 2048, num_rows = 12345}}

      assert.are.equal("num_rows  file_size  updated                  age_s\n"
         .. "  12 345    2.0 KiB  2026-11-16 10:00:00 UTC  1d 1h\n", text(row))
      show.exact = true
      assert.are.equal("num_rows  file_size  updated                        age_s\n"
         .. "   12345       2048  2026-11-16T10:00:00.000001Z  90061.5\n", text(row))
   end)

   it("escapes what comes from the lake", function()
      assert.are.equal("name\na\\n\\x1b\n", text{{name = "a\n\27"}})
   end)

   it("prints rows that are too wide one below the other", function()
      local wide = {{a = ("x"):rep(30), b = 1}, {a = "y", b = 22}}

      assert.are.equal(3, #shell.lines(shown({width = 34}, wide).stdout))
      assert.are.equal("-[ 1 ]----------------------------------\na  " .. ("x"):rep(30) .. "\nb  1\n"
         .. "-[ 2 ]----------------------------------\na  y\nb  22\n",
         (shown({width = 32}, wide).stdout:gsub("\27%[[%d;]*m", "")))
   end)

   it("prints rows one below the other, or as a table, when told to", function()
      show.vertical = true
      assert.are.equal("-[ 1 ]----------------------------------\na  1\n", text{{a = 1}})
      show.vertical = false
      assert.are.equal(2, #shell.lines(shown({width = 10}, {{a = ("x"):rep(30), b = 1}}).stdout))
   end)

   it("breaks what is too long in rows one below the other, between words", function()
      show.vertical = true

      assert.are.equal("-[ 1 ]----------------------------------\na  one two\n   three\n",
         (shown({width = 10}, {{a = "one two three"}}).stdout:gsub("\27%[[%d;]*m", "")))
   end)

   it("keeps rows within something else a table, without the columns that there is no room for", function()
      local facts = {width = 34, environment = {NO_COLOR = "1"}}

      assert.are.equal("list\n  name       count\n  aaaaaaaaa      1\n  b             22\n  not shown for want of room: zeta\n",
         shown(facts, {list = {{name = "aaaaaaaaa", count = 1, zeta = ("z"):rep(20)}, {name = "b", count = 22}}}).stdout)
   end)

   it("prints other tables key by key, what is in them indented", function()
      local long = {}
      for i = 1, 20 do
         long[i] = {name = ("n"):rep(i)}
      end

      local lines = shell.lines(text{list = {1, "two"}, map = {a = {b = false}}, rows = long, s = "plain"})

      assert.are.same({'list  {1, "two"}', "map   {a = {b = false}}", "rows", "  name", "  n"},
         {lines[1], lines[2], lines[3], lines[4], lines[5]})
      assert.are.equal("s     plain", lines[#lines])
      assert.are.equal("{}\n", text{})
   end)

   it("ends in circles, in the depth and in the length", function()
      local circle = {name = "x"}
      circle.self, circle.deep = circle, {{{{{{{{1}}}}}}}}
      circle.long = {}
      for i = 1, 1000 do
         circle.long[i] = i
      end

      local result = text(circle)

      assert.is_truthy(result:find("self  <cycle>\n", 1, true))
      assert.is_truthy(result:find("{…}", 1, true))
      assert.is_truthy(result:find("… 980 more\n", 1, true))
   end)

   it("tells the same table twice from a circle", function()
      local shared = {1}

      assert.are.equal("a  {1}\nb  {1}\n", text{a = shared, b = shared})
   end)

   it("folds an error where the terminal is too narrow", function()
      local result = shown({width = 24, environment = {NO_COLOR = "1"}}, nil,
         errors.new("io", "a disk is full", {hint = "make room and run it again"}))

      assert.are.equal("error: a disk is full\nhint: make room and\n   run it again\n", result.stderr)
   end)

   it("prints an error as message, detail and hint", function()
      local err = errors.new("conflict", "a\27", {detail = "b", hint = "c"})

      assert.are.same({"", "error: a\\x1b\ndetail: b\nhint: c\n"}, {shown(nil, nil, err).stdout, shown(nil, nil, err).stderr})
      assert.are.equal("error: a\\x1b\ndetail: b\nhint: c\n", shown(nil, err).stderr)
      assert.are.equal("x\n", shown(nil, "x", {code = 1}).stdout:sub(1, 2))
   end)

   it("asks a value for its own text", function()
      assert.are.equal("own\n", text(setmetatable({}, {__tostring = function() return "own" end})))
   end)

   it("reads rows to their end where nobody is at the terminal", function()
      assert.are.equal(1 + 3000, #shell.lines(text((counter(3000)))))
      assert.are.equal("no rows\n", text((assert(rows.new(function() return {} end)))))
   end)

   it("shows a page of rows on a terminal without a pager, and the next one the next time", function()
      local some = counter(2500)
      show.page = 40

      local facts = {width = 80, height = 24, environment = {NO_COLOR = "1"}}

      local first, second = shown(facts, some), shown(facts, some)

      assert.are.same({41, 41}, {#shell.lines(first.stdout), #shell.lines(second.stdout)})
      assert.are.same({"40", "80"}, {first.stdout:match("(%d+)\n$"), second.stdout:match("(%d+)\n$")})
      assert.is_truthy(first.stderr:find("^40 rows; "))
   end)

   it("says what went wrong while it read", function()
      local broken = assert(rows.new(function(cursor)
         if cursor then
            return errors.fail("connection", "the connection is lost")
         end
         return {{n = 1}, cursor = 1}
      end))

      assert.are.equal("error: the connection is lost\n", shown(nil, broken).stderr)
   end)

   it("lets an interruption through", function()
      local interrupted = setmetatable({all = print}, {__call = function() error("interrupted!", 0) end})

      assert.are.equal("interrupted!", shown(nil, interrupted).err)
   end)

   it("writes to a file instead", function()
      local path = os.tmpname()
      show.file = assert(io.open(path, "w"))

      local result = shown({width = 20, height = 2}, {{a = ("x"):rep(30)}})

      show.file:close()
      assert.are.equal("a\n" .. ("x"):rep(30) .. "\n", io.open(path):read("*a"))
      assert.are.equal("", result.stdout)
      os.remove(path)
   end)
end)

describe("the pager", function()
   local path

   before_each(function()
      path = os.tmpname()
   end)
   after_each(function()
      os.remove(path)
   end)

   local function page(lines, facts, command)
      facts.environment = {PAGER = command or "cat >" .. path}
      local list = {}
      for i = 1, lines do
         list[i] = {n = i}
      end
      local result = shown(facts, list)
      return result.stdout, io.open(path):read("*a")
   end

   it("gets what a terminal cannot show at once", function()
      local stdout, paged = page(30, {width = 80, height = 24})

      assert.are.same({"", 31}, {stdout, #shell.lines(paged)})
   end)

   it("gets nothing of what fits", function()
      local stdout, paged = page(22, {width = 80, height = 24})

      assert.are.same({23, ""}, {#shell.lines(stdout), paged})
   end)

   it("is left alone where there is no terminal, or a dumb one", function()
      assert.are.equal("", select(2, page(30, {})))
      assert.are.equal("", select(2, page(30, {width = 80, height = 24, environment = {}}, "")))
      local pager = require("mm.pager")
      assert.is_false(terminal.with({width = 80, height = 24, environment = {TERM = "dumb", PAGER = "less"}}, pager.is_there))
      assert.is_true(terminal.with({width = 80, height = 24, environment = {PAGER = "less"}}, pager.is_there))
   end)

   it("counts a line that wraps as several", function()
      local stdout = shown({width = 10, height = 24, environment = {PAGER = "cat >" .. path}}, ("x"):rep(1000)).stdout

      assert.are.same({"", 1001}, {stdout, #io.open(path):read("*a")})
   end)
end)

describe("colours", function()
   local paint = require("mm.paint")

   local function painted(environment, facts)
      facts = facts or {width = 80}
      facts.environment = environment
      return terminal.with(facts, paint.text, "red", "x")
   end

   after_each(function()
      paint.set("auto")
   end)

   it("are for terminals", function()
      assert.are.equal("\27[31mx\27[0m", painted{})
      assert.are.same({"x", "x"}, {painted({}, {}), painted{TERM = "dumb"}})
   end)

   it("are not for those who set NO_COLOR", function()
      assert.are.equal("x", painted{NO_COLOR = "1"})
   end)

   it("are there always or never when told so", function()
      paint.set("always")
      assert.are.equal("\27[31mx\27[0m", painted({NO_COLOR = "1"}, {}))
      paint.set("never")
      assert.are.equal("x", painted{})
   end)

   it("do not change the width of a table", function()
      local rows_of = {{name = "a", partitions = 1}, {name = "bb", partitions = 22}}
      local plain = shown({width = 80, environment = {NO_COLOR = "1"}}, rows_of).stdout

      local coloured = shown({width = 80}, rows_of).stdout

      assert.are_not.equal(plain, coloured)
      assert.are.equal(plain, (coloured:gsub("\27%[%d*m", "")))
   end)
end)
