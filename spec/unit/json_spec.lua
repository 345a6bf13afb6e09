local json = require("mm.json")

local integer_type = rawget(math, "type") -- Lua 5.4 only

describe("json.encode", function()
   it("writes values", function()
      assert.are.equal('{"a":1,"b":[true,false,null,"x"],"c":1.5}',
         json.encode{c = 1.5, a = 1, b = {true, false, json.null, "x"}})
      assert.are.equal("null", json.encode(nil))
   end)

   it("sorts keys, those first that come first", function()
      assert.are.equal('{"a":1,"b":2,"c":3}', json.encode{c = 3, b = 2, a = 1})
      assert.are.equal('{"c":3,"a":1,"b":2}', json.encode({c = 3, b = 2, a = 1}, {"c", "d", "a", "c"}))
   end)

   it("tells empty arrays from empty objects", function()
      assert.are.equal('{"a":[],"b":{}}', json.encode{a = json.array(), b = {}})
      assert.are.equal("[1,2]", json.encode(json.array{1, 2}))
   end)

   it("writes whole numbers without a point", function()
      assert.are.equal("[9007199254740992,-9007199254740992,0,5]", json.encode{2 ^ 53, -2 ^ 53, 0, 5.0})
   end)

   it("writes integers of 64 bits exactly", function()
      if integer_type then
         assert.are.equal("[9223372036854775807,-9223372036854775808]", json.encode{rawget(math, "maxinteger"), rawget(math, "mininteger")})
      end
   end)

   it("writes fractions so that they come back the same", function()
      for _, number in ipairs{0.1, 1 / 3, 1e300, 5e-324, 123456789.123, 2 ^ 60, 1e23} do
         assert.are.equal(number, tonumber(json.encode(number)))
      end
      assert.are.equal("0.1", json.encode(0.1))
   end)

   it("escapes what must be", function()
      assert.are.equal([["\"\\\b\f\n\r\t\u0000\u001b\u007f/"]], json.encode("\"\\\b\f\n\r\t\0\27\127/"))
      assert.are.equal([["a\u2028b\u2029c"]], json.encode("a\226\128\168b\226\128\169c"))
   end)

   it("leaves UTF-8 and replaces what is not", function()
      assert.are.equal('"é日😀"', json.encode("é日😀"))
      assert.are.equal([["a\ufffdb\ufffd\ufffd\ufffd"]], json.encode("a\255b\237\160\128"))
      assert.are.equal([["\ufffd\ufffd"]], json.encode("\192\175"))
      assert.are.equal([["\ufffd"]], json.encode("\226"))
   end)

   it("raises for what JSON has not", function()
      assert.has_error(function() json.encode(0 / 0) end, "JSON has no NaN and no infinity")
      assert.has_error(function() json.encode{-1 / 0} end, "JSON has no NaN and no infinity")
      assert.has_error(function() json.encode{print} end, "JSON has no function")
      assert.has_error(function() json.encode{[2] = 1} end, "the key of a JSON object must be a string, not number")
   end)

   it("raises for a table in itself", function()
      local loop = {}
      loop[1] = loop

      assert.has_error(function() json.encode(loop) end, "a table is nested too deep for JSON, or in itself")
   end)
end)

describe("json.decode", function()
   it("reads what encode wrote", function()
      local text = '{"a":[1,2.5,null,"é\\n"],"b":{"c":true},"d":9007199254740992}'

      assert.are.equal(text, json.encode(json.decode(text)))
   end)

   it("makes integers of whole numbers", function()
      if integer_type then
         assert.are.equal("integer", integer_type(json.decode("[{\"a\":3}]")[1].a))
         assert.are.equal("float", integer_type(json.decode("[9223372036854775807]")[1]))
      end
   end)

   it("gives null as json.null", function()
      assert.are.equal(json.null, json.decode("[null]")[1])
   end)

   it("says where a text is no JSON", function()
      local value, err = json.decode('{"a":1')

      assert.is_nil(value)
      assert.are.equal("syntax", err.code)
      assert.are.equal("not JSON: Expected comma or object end but found T_END at character 7", err.message)
   end)
end)
