local bars = require("mm.bars")
local text = require("mm.text")
local time = require("mm.time")
local timeline = require("mm.report.timeline")

local function row(bucket, kind, partitions, bytes, covered)
   local is_status = kind == "current" or kind == "unhashed" or kind == "unregistered"
   return {bucket = bucket, status = is_status and kind or "outdated", verdict = not is_status and kind or nil,
      partitions = partitions, bytes = bytes, covered = covered, is_total = false}
end

local function total(bucket, covered)
   return {bucket = bucket, partitions = 0, bytes = 0, covered = covered, is_total = true}
end

local function found(fields)
   local result = {view_set_name = "log_entries", view_instance_id = "global", instances = 1,
      from = "2026-11-16T00:00:00.000000Z", to = "2026-11-17T00:00:00.000000Z", buckets = 24, bucket_s = 3600,
      left_out = 0, rows = {}}
   for name, value in pairs(fields) do
      result[name] = value
   end
   return result
end

local function lines(fields, is_ascii)
   return timeline.lines(found(fields), is_ascii)
end

describe("bars.column", function()
   it("is as high as the share", function()
      local drawn = {}
      for i = 0, 16 do
         drawn[#drawn + 1] = bars.column(i / 16)
      end

      assert.are.equal(" ▁▁▂▂▃▃▄▄▅▅▆▆▇▇▇█", table.concat(drawn))
   end)

   it("shows the smallest share, and only the whole as whole", function()
      assert.are.same({"▁", "▇", "█", " "}, {bars.column(1e-9), bars.column(0.9999), bars.column(1), bars.column(0)})
      assert.are.same({".", "+", "#", " "}, {bars.column(1e-9, true), bars.column(0.9999, true), bars.column(1, true),
         bars.column(0, true)})
   end)
end)

describe("bars.row", function()
   it("is as long as the share, in eighths of a column", function()
      assert.are.same({"    ", "▏   ", "██  ", "██▌ ", "███▉", "████"}, {bars.row(0, 4), bars.row(1e-9, 4),
         bars.row(0.5, 4), bars.row(0.625, 4), bars.row(0.9999, 4), bars.row(1, 4)})
   end)

   it("has whole columns in ASCII", function()
      assert.are.same({"----", "#---", "##--", "###-", "####"}, {bars.row(0, 4, true), bars.row(1e-9, 4, true),
         bars.row(0.5, 4, true), bars.row(0.9999, 4, true), bars.row(1, 4, true)})
   end)

   it("is always as wide as it must be", function()
      for i = -1, 41 do
         assert.are.equal(7, text.width(bars.row(i / 40, 7)))
      end
      assert.are.equal("       ", bars.row(0 / 0, 7))
   end)
end)

describe("a timeline", function()
   local rows = {row(0, "current", 3, 1024, 1), row(1, "empty", 2, 0, 0.5), row(2, "only_copy", 1, 2048, 0),
      row(1, "current", 1, 1024, 0.5), total(0, 1), total(1, 1), total(2, 0)}

   it("has a line for each kind that there is, one for gaps, and an axis", function()
      assert.are.same({
         "log_entries, instance global",
         "insert times 2026-11-16 00:00:00 UTC to 2026-11-17 00:00:00 UTC, a column is an hour",
         "",
         "         current  █▄                                4     2.0 KiB",
         "           empty   ▄                                2         0 B",
         "       only copy    ▁                               1     2.0 KiB",
         "             gap    ██████████████████████",
         "                  ╵11-16      ╵12:00",
         "",
         "█ all of a column's time is covered, ▄ half of it; ▁ also stands for points in time",
      }, lines{rows = rows})
   end)

   it("is drawn in ASCII too", function()
      local drawn = lines({rows = rows}, true)

      assert.are.equal("         current  #:", drawn[4]:match("^ +current +%S+"))
      assert.is_nil(table.concat(drawn):find("[\128-\255]"))
   end)

   it("names what it is about", function()
      assert.are.equal("log_entries, all 1 234 instances", timeline.lines{view_set_name = "log_entries", instances = 1234,
         from = found{}.from, to = found{}.to, buckets = 24, bucket_s = 3600, rows = {}}[1])
      assert.are.equal("a\\x1b, instance b\\n", lines{view_set_name = "a\27", view_instance_id = "b\n"}[1])
   end)

   local spans = {[1] = "a second", [30] = "30 seconds", [60] = "a minute", [7200] = "2 hours", [86400] = "a day",
      [604800] = "a week", [1209600] = "2 weeks"}
   for seconds, words in pairs(spans) do
      it("says that a column is " .. words, function()
         assert.is_truthy(lines{bucket_s = seconds}[2]:find(", a column is " .. words, 1, true))
      end)
   end

   it("has labels at round times that do not touch, of whatever length", function()
      for _, seconds in ipairs{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600,
         28800, 43200, 86400, 172800, 345600, 604800, 1209600, 2419200, 7862400, 31449600, 157248000, 786240000} do
         local from = time.seconds("2001-01-01T00:00:00.000000Z")
         local to = time.at(from + 150 * seconds)
         local drawn = timeline.lines(found{from = time.at(from), to = to, buckets = 150, bucket_s = seconds})
         local axis, labels = drawn[#drawn - 2], 0
         for label in axis:gmatch("╵(%S*)") do
            labels = labels + 1
            assert.is_truthy(label:find("^%d"))
         end
         assert.is_true(labels >= 2, seconds .. ": " .. axis)
         assert.is_nil(axis:find("%d╵"), axis)
      end
   end)

   it("has the year in its labels where there are several", function()
      local drawn = lines{from = "2025-11-17T00:00:00.000000Z", to = "2026-11-23T00:00:00.000000Z", bucket_s = 604800,
         buckets = 53}

      assert.is_truthy(drawn[#drawn - 2]:find("╵2026%-%d%d%-%d%d"))
   end)

   it("takes a terminal's whole width", function()
      local wide = timeline.buckets(120)
      local drawn = lines{buckets = wide, rows = {row(wide - 1, "current", 1234567, 1024, 1)}}

      assert.are.equal(120, text.width(drawn[4]))
      assert.are.equal(10, timeline.buckets(20))
   end)
end)

describe("times as numbers", function()
   it("go to and fro", function()
      for _, value in ipairs{"0001-01-01T00:00:00.000000Z", "2000-02-29T23:59:59.000000Z", "9999-12-31T12:00:01.000000Z"} do
         assert.are.equal(value, time.at(time.seconds(value)))
      end
      assert.are.equal(86400, time.seconds("2026-11-17T00:00:00.000000Z") - time.seconds("2026-11-16T00:00:00.000000Z"))
   end)
end)
