local capture = require("spec.support.capture")
local output = require("mm.output")
local progress = require("mm.progress")
local terminal = require("spec.support.terminal")

local now, written

local function new(fields)
   now, written = 1000, {}
   fields.clock = function()
      return now
   end
   fields.write = function(line)
      written[#written + 1] = line
   end
   return progress.new(fields)
end

local function batch(retired, remaining, more)
   local result = {retired = retired, gone = 0, changed = 0, remaining = remaining}
   for name, value in pairs(more or {}) do
      result[name] = value
   end
   return result
end

describe("progress on lines", function()
   it("is said every five seconds, and at the end", function()
      local shown = new{word = "retired", is_bar = false}

      for _, step in ipairs{{1, 100, 900}, {4, 100, 800}, {5, 300, 500}, {9, 400, 100}, {9, 100, 0}} do
         now = 1000 + step[1]
         shown:batch(batch(step[2], step[3]))
      end

      assert.are.same({
         "retired 500 of 1 000, 100/s, 5 s left, batch 3\n",
         "retired 1 000 of 1 000, 111/s, batch 5\n",
      }, written)
   end)

   it("says how long it will take in minutes and hours too", function()
      local shown = new{word = "retired", is_bar = false}
      now = 1010
      shown:batch(batch(1000, 100000))
      now = 1020
      shown:batch(batch(1000, 10000000))

      assert.are.same({
         "retired 1 000 of 101 000, 100/s, 17 min left, batch 1\n",
         "retired 2 000 of 10 002 000, 100/s, 27 h 46 min left, batch 2\n",
      }, written)
   end)

   it("leaves out what nobody knows", function()
      local shown = new{word = "written", is_bar = false}

      now = 1005
      shown:set(0)
      now = 1010
      shown:set(5000)

      assert.are.same({"written 0\n", "written 5 000, 500/s\n"}, written)
   end)

   it("leaves the end to others when told so", function()
      local shown = new{word = "written", is_bar = false}

      now = 1002
      shown:set(1000, 3000, false)
      now = 1005
      shown:set(2000, 3000, false)
      now = 1006
      shown:set(3000, 3000, false)

      assert.are.same({"written 2 000 of 3 000, 400/s, 3 s left\n"}, written)
   end)

   it("counts what was gone or had changed as dealt with", function()
      local shown = new{word = "retired", is_bar = false}

      shown:batch(batch(10, 0, {gone = 3, changed = 2}))

      assert.are.same({"retired 10 of 15, batch 1\n"}, written)
   end)

   it("counts the batches of an undo", function()
      local shown = new{word = "restored", is_bar = false}

      shown:batch{restored = 7, lost = 0, overlapped = 0, remaining = 0}

      assert.are.same({"restored 7 of 7, batch 1\n"}, written)
   end)
end)

describe("progress as a bar", function()
   local function drawn(environment, width)
      local shown = new{word = "retired", is_bar = true}
      terminal.with({width = width or 80, environment = environment}, function()
         now = 1001
         shown:batch(batch(250, 750))
         shown:batch(batch(750, 0))
      end)
      return written
   end

   it("is drawn anew at the beginning of its line, which ends with the last batch", function()
      assert.are.same({
         "\r[██▌       ] retired 250 of 1 000, 250/s, 3 s left, batch 1\27[K",
         "\r[██████████] retired 1 000 of 1 000, 1 000/s, batch 2\27[K",
         "\n",
      }, drawn{NO_COLOR = "1"})
   end)

   it("is longer where there is room", function()
      assert.are.equal("\r[██████                  ] retired", drawn({NO_COLOR = "1"}, 100)[1]:match("^.-retired"))
   end)

   it("is drawn in ASCII where the locale has nothing else", function()
      assert.are.equal("\r[###-------] retired", drawn{NO_COLOR = "1", LC_ALL = "C"}[1]:match("^.-retired"))
   end)

   it("never wraps", function()
      local text = require("mm.text")
      for _, width in ipairs{30, 40, 79} do
         local line = drawn({NO_COLOR = "1"}, width)[1]:gsub("^\r", ""):gsub("\27%[K$", "")
         assert.is_true(text.width(line) < width)
      end
   end)

   it("is ended before anything else is said", function()
      local shown = new{word = "retired", is_bar = true}
      terminal.with({width = 80}, function()
         shown:batch(batch(1, 1))
      end)

      local result = capture.run(output.message, "something else")

      assert.are.equal("\n", written[2])
      assert.are.equal("something else\n", result.stderr)
      progress.end_line()
      assert.is_nil(written[3])
   end)
end)

describe("report.progress", function()
   local report = require("mm.report")

   it("says nothing when it is to be quiet", function()
      assert.is_nil(report.progress("retired", {quiet = true}))
   end)

   it("is nothing for an export that is written among it", function()
      local function of(file, facts)
         return terminal.with(facts, report.export_progress, {output = file}) ~= nil
      end

      assert.is_false(of("-", {width = 80}))
      assert.is_true(of("-", {}))
      assert.is_true(of("file", {width = 80}))
      assert.is_nil(report.export_progress{output = "file", quiet = true})
   end)

   it("of an export is a bar on a terminal, and elsewhere nothing while it is quick", function()
      local function of(facts)
         return capture.run(terminal.with, facts, function()
            report.export_progress{output = "file"}(5, 10, false)
            report.export_progress{output = "file"}(10, 10, true)
         end).stderr
      end

      assert.are.equal("", of{})
      assert.is_truthy(of{width = 80, environment = {NO_COLOR = "1"}}:find("\r[█████     ] written 5 of 10", 1, true))
   end)

   it("is a callback for batches", function()
      local result = capture.run(function()
         report.progress("retired", {})(batch(5, 0))
      end)

      assert.are.equal("retired 5 of 5, batch 1\n", (result.stderr:gsub(", [%d ]+/s", "")))
   end)
end)
