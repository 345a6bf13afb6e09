local text = require("mm.text")

describe("text.escape", function()
   it("leaves what is harmless", function()
      assert.are.equal("C:\\dir é日😀 ~", text.escape("C:\\dir é日😀 ~"))
      assert.are.equal("", text.escape(""))
   end)

   it("shows controls", function()
      assert.are.equal("a\\nb\\rc\\td\\x1b[31m\\x00\\x7f", text.escape("a\nb\rc\td\27[31m\0\127"))
      assert.are.equal("\\u{9b}31m", text.escape("\194\15531m"))
   end)

   it("shows what turns the direction of text, breaks lines or cannot be seen", function()
      assert.are.equal("a\\u{202e}b\\u{2066}c", text.escape("a\226\128\174b\226\129\166c"))
      assert.are.equal("\\u{2028}\\u{200b}\\u{feff}\\u{ad}", text.escape("\226\128\168\226\128\139\239\187\191\194\173"))
      assert.are.equal("a\\u{200d}b\\u{200c}c\\u{3164}", text.escape("a\226\128\141b\226\128\140c\227\133\164"))
      assert.are.equal("\\u{e0041}", text.escape("\243\160\129\129"))
   end)

   it("shows bytes that are not UTF-8", function()
      assert.are.equal("\\xff\\xfeé", text.escape("\255\254é"))
      assert.are.equal("\\xc0\\xaf", text.escape("\192\175"), "too long")
      assert.are.equal("\\xed\\xa0\\x80", text.escape("\237\160\128"), "half of a pair")
      assert.are.equal("\\xf4\\x90\\x80\\x80", text.escape("\244\144\128\128"), "beyond Unicode")
      assert.are.equal("a\\xe6\\x97", text.escape("a\230\151"), "cut")
   end)
end)

describe("text.width", function()
   it("counts columns", function()
      assert.are.equal(5, text.width("plain"))
      assert.are.equal(4, text.width("dŭlé"))
      assert.are.equal(6, text.width("日本語"))
      assert.are.equal(2, text.width("😀"))
      assert.are.equal(1, text.width("e\204\129"), "a combining accent")
      assert.are.equal(2, text.width("a\255"))
   end)

   it("is what pad fills up", function()
      assert.are.equal("日  |", text.pad("日", 4) .. "|")
      assert.are.equal("  日", text.pad("日", 4, "right"))
      assert.are.equal("longer", text.pad("longer", 3))
   end)

   it("is what truncate cuts to", function()
      assert.are.equal("abc", text.truncate("abc", 3))
      assert.are.equal("ab…", text.truncate("abcd", 3))
      assert.are.equal("日…", text.truncate("日本語", 4))
   end)

   it("is what fold breaks between words, when there is a limit", function()
      assert.are.equal("  one two three", text.fold("  one two three", 15))
      assert.are.equal("  one  two\n     three", text.fold("  one  two three", 14))
      assert.are.equal("  one two three", text.fold("  one two three"))
      assert.are.equal("one two\nthree four", text.fold("one two\nthree four", 4))
      assert.are.equal("file abcdefghijklmnop\n   two", text.fold("file abcdefghijklmnop two", 12))
   end)
end)

describe("text of numbers", function()
   it("has bytes in the largest unit", function()
      local cases = {
         [0] = "0 B", [1023] = "1023 B", [1024] = "1.0 KiB", [1536] = "1.5 KiB", [1048524] = "1023.9 KiB",
         [1048575] = "1.0 MiB", [123456789] = "117.7 MiB", [2 ^ 40] = "1.0 TiB", [2 ^ 62] = "4.0 EiB", [-2048] = "-2.0 KiB",
      }
      for bytes, expected in pairs(cases) do
         assert.are.equal(expected, text.bytes(bytes))
      end
   end)

   it("has counts in groups of three digits", function()
      local cases = {
         [0] = "0", [999] = "999", [1190] = "1 190", [123456] = "123 456", [1234567] = "1 234 567", [-123] = "-123",
         [-123456] = "-123 456", [2 ^ 53] = "9 007 199 254 740 992",
      }
      for count, expected in pairs(cases) do
         assert.are.equal(expected, text.count(count))
      end
   end)
end)

describe("text of durations", function()
   it("is read in seconds", function()
      local cases = {["7d"] = 604800, ["36h"] = 129600, ["90m"] = 5400, ["30s"] = 30, ["2w"] = 1209600, ["1d12h"] = 129600, ["0s"] = 0}
      for duration, seconds in pairs(cases) do
         assert.are.equal(seconds, text.parse_duration(duration))
      end
   end)

   it("needs numbers with units", function()
      for _, duration in ipairs{"", "7", "d", "7 d", "-7d", "7x", "1.5h", "7d!", "99999999999d"} do
         local seconds, err = text.parse_duration(duration)

         assert.is_nil(seconds)
         assert.are.equal("'" .. duration .. "' is not a duration", err.message)
      end
   end)

   it("is written as it is read", function()
      for _, duration in ipairs{"7d", "36h", "90m", "45s", "0s"} do
         assert.are.equal(duration, text.duration(text.parse_duration(duration)))
      end
      assert.are.equal("14d", text.duration(text.parse_duration("2w")))
   end)
end)
