local capture = require("spec.support.capture")
local json = require("mm.json")
local output = require("mm.output")
local terminal = require("spec.support.terminal")

local rows = {
   {view_set_name = "log_entries", partitions = 1190, bytes = 123456789, current = false},
   {view_set_name = "日本,\"x\"\27", bytes = 5, current = true},
}
local columns = {
   {name = "view_set_name", heading = "view set"}, {name = "partitions", format = "count"},
   {name = "bytes", format = "bytes"}, "current",
}

local function written(list, opts, as)
   return capture.run(output.rows, list, as or columns, opts).stdout
end

describe("output.rows", function()
   it("aligns a table, numbers to the right", function()
      assert.are.equal([[
view set      partitions      bytes  current
log_entries        1 190  117.7 MiB  no
日本,"x"\x1b                    5 B  yes
]], written(rows))
   end)

   it("writes JSON with plain values in the order of the columns", function()
      assert.are.equal([=[
[
{"view_set_name":"log_entries","partitions":1190,"bytes":123456789,"current":false},
{"view_set_name":"日本,\"x\"\u001b","partitions":null,"bytes":5,"current":true}
]
]=], written(rows, {json = true}))
   end)

   it("writes JSON lines", function()
      assert.are.equal('{"a":1}\n{"a":null}\n', written({{a = 1, b = 2}, {}}, {jsonl = true}, {"a"}))
   end)

   it("writes CSV, quoted where it must be", function()
      assert.are.equal('view_set_name,partitions,bytes,current\nlog_entries,1190,123456789,false\n"日本,""x""\27",,5,true\n',
         written(rows, {csv = true}))
      assert.are.equal('a\n"x\ny"\n', written({{a = "x\ny"}}, {csv = true}, {"a"}))
   end)

   it("says nothing of rows that are not there but in JSON and CSV", function()
      assert.are.equal("[]\n", written({}, {json = true}))
      assert.are.equal("", written({}, {jsonl = true}))
      assert.are.equal("a\n", written({}, {csv = true}, {"a"}))

      local result = capture.run(output.rows, {}, columns, {empty = "nothing is outdated"})
      assert.are.same({"", "nothing is outdated\n"}, {result.stdout, result.stderr})
   end)

   it("reads rows from a function or a callable", function()
      local function counter()
         local i = 0
         return function()
            i = i + 1
            return i <= 2 and {n = i} or nil
         end
      end

      assert.are.equal("n\n1\n2\n", written(counter(), nil, {"n"}))
      local count = counter()
      local callable = setmetatable({}, {__call = function() return count() end})
      assert.are.equal("n\n1\n2\n", written(callable, {csv = true}, {"n"}))
   end)

   it("prints rows beyond those that it measured", function()
      local many = {}
      for i = 1, 1001 do
         many[i] = {n = i * 10}
      end

      local lines = written(many, nil, {"n"})

      assert.are.equal("    n\n   10\n", lines:sub(1, 12))
      assert.are.equal("10000\n10010\n", lines:sub(-12))
   end)

   it("formats by a function, and lists as JSON", function()
      local as = {{name = "a", format = function(value, row) return value .. row.b end}, "list"}

      assert.are.equal("a   list\nxy  [1,2]\n", written({{a = "x", b = "y", list = {1, 2}}}, nil, as))
   end)

   it("leaves fields out that are json.null", function()
      assert.are.equal("a  b\n   1\n", written({{a = json.null, b = 1}}, nil, {"a", "b"}))
   end)

   it("raises when stdout cannot be written", function()
      local stdout = io.stdout
      rawset(io, "stdout", {write = function() return nil, "Broken pipe", 32 end})
      local _, closed = pcall(output.rows, {}, columns, {json = true})
      rawset(io, "stdout", {write = function() return nil, "No space left on device", 28 end})
      local _, full = pcall(output.rows, {}, columns, {json = true})
      rawset(io, "stdout", stdout)

      assert.are.equal("closed_pipe", closed.code)
      assert.are.same({"io", "the output could not be written: No space left on device"}, {full.code, full.message})
   end)
end)

describe("output.record", function()
   local function record(opts)
      return capture.run(output.record, rows[1], columns, opts).stdout
   end

   it("writes a line for each column", function()
      assert.are.equal("view set    log_entries\npartitions  1 190\nbytes       117.7 MiB\ncurrent     no\n", record())
   end)

   it("writes an object, or CSV", function()
      local object = '{"view_set_name":"log_entries","partitions":1190,"bytes":123456789,"current":false}\n'

      assert.are.equal(object, record{json = true})
      assert.are.equal(object, record{jsonl = true})
      assert.are.equal("view_set_name,partitions,bytes,current\nlog_entries,1190,123456789,false\n", record{csv = true})
   end)

   it("breaks values that are too long for the terminal between words, below each other", function()
      local row = {at = "0s", words = "some are too long"}

      local result = terminal.with({width = 16, environment = {NO_COLOR = "1"}}, capture.run, output.record, row,
         {"at", "words"})

      assert.are.equal("at     0s\nwords  some are\n       too long\n", result.stdout)
   end)
end)

describe("output.message", function()
   it("goes to stderr, with strings escaped", function()
      local result = capture.run(output.message, "%d rows of %s", 3, "a\27b")

      assert.are.same({"", "3 rows of a\\x1bb\n"}, {result.stdout, result.stderr})
   end)

   it("is folded where the terminal is narrow", function()
      local result = terminal.with({width = 16}, capture.run, output.message, "some are %s", "too long")

      assert.are.equal("some are too\n   long\n", result.stderr)
   end)
end)
