local time = require("mm.time")

describe("time.normalize", function()
   it("gives every way to say a time one form", function()
      local cases = {
         ["2026-11-16"] = "2026-11-16T00:00:00.000000Z",
         ["2026-11-16T10:00Z"] = "2026-11-16T10:00:00.000000Z",
         ["2026-11-16 10:00:01z"] = "2026-11-16T10:00:01.000000Z",
         ["2026-11-16T10:00:00.5Z"] = "2026-11-16T10:00:00.500000Z",
         ["2026-11-16T10:00:00.123456Z"] = "2026-11-16T10:00:00.123456Z",
         ["2026-11-16T11:00:00+01:00"] = "2026-11-16T10:00:00.000000Z",
         ["2026-11-16T11:00+0100"] = "2026-11-16T10:00:00.000000Z",
         ["2026-11-16T11:00+01"] = "2026-11-16T10:00:00.000000Z",
         ["2026-11-16 10:00:00.123+00"] = "2026-11-16T10:00:00.123000Z",
         ["infinity"] = "infinity",
         ["-infinity"] = "-infinity",
      }
      for value, expected in pairs(cases) do
         assert.are.equal(expected, time.normalize(value))
      end
   end)

   it("carries an offset over the ends of days, months and years", function()
      assert.are.equal("2027-01-01T05:29:59.999999Z", time.normalize("2026-12-31T23:59:59.999999-05:30"))
      assert.are.equal("2000-02-29T23:30:00.000000Z", time.normalize("2000-03-01T00:30+01:00"))
      assert.are.equal("1900-02-28T23:30:00.000000Z", time.normalize("1900-03-01T00:30+01:00"))
      assert.are.equal("2024-12-31T23:00:00.000000Z", time.normalize("2025-01-01T00:00+01:00"))
   end)

   it("knows leap years", function()
      assert.is_truthy(time.normalize("2024-02-29"))
      assert.is_truthy(time.normalize("2000-02-29"))
      assert.is_nil((time.normalize("2023-02-29")))
      assert.is_nil((time.normalize("1900-02-29")))
   end)

   it("refuses what is no time", function()
      for _, value in ipairs{
         "", "yesterday", "2026", "2026-11", "2026-1-1", "2026-13-01", "2026-00-01", "2026-11-31", "2026-11-00",
         "2026-11-16T", "2026-11-16T10Z", "2026-11-16T24:00Z", "2026-11-16T10:60Z", "2026-11-16T10:00:60Z",
         "2026-11-16T10:00.5Z", "2026-11-16T10:00:00.Z", "2026-11-16T10:00:00.1234567Z", "2026-11-16T10:00+24:00",
         "2026-11-16T10:00+1", "2026-11-16 ", "2026-11-16Z", "0000-01-01", "0001-01-01T00:00+01:00",
         "9999-12-31T23:59:59-01:00", "2026-11-16T10:00Z ",
      } do
         local result, err = time.normalize(value)

         assert.is_nil(result, value)
         assert.are.equal("'" .. value .. "' is not a time", err.message)
      end
   end)

   it("refuses a time of day without its zone", function()
      local result, err = time.normalize("2026-11-16T10:00")

      assert.is_nil(result)
      assert.is_truthy(err.hint:find("a time of day needs its zone", 1, true))
   end)
end)
