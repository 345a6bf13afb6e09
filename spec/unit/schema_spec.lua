-- Schemas through mm.schema: what C checks in spec/core/schema_test.c is not repeated here, but for the vectors.
local cjson = require("cjson")
local schema = require("mm.schema")
local vectors = require("spec.support.schema_vectors")

local ONE = 'Schema { fields: [Field { name: "a", data_type: Int64, nullable: true }], metadata: {} }'

local function read_json(path)
   local file = assert(io.open(path, "rb"))
   local value = cjson.decode(file:read("*a"))
   file:close()
   return value
end

-- The error that a call raises, which must name this file and the line of the call.
local function raised(call, ...)
   local is_fine, message = pcall(call, ...)
   assert.is_false(is_fine)
   return (message:gsub("^.*schema_spec%.lua:%d+: ", ""))
end

describe("the vectors", function()
   for _, vector in ipairs(vectors()) do
      it("hash and print as upstream does: " .. vector.name, function()
         for _, text in ipairs(vector.texts) do
            local parsed = assert(schema.parse(text))

            assert.equal(text, tostring(parsed))
            for _, major in ipairs(vector.majors) do
               assert.equal(vector.hash, parsed:hash({arrow = major}))
            end
         end
      end)
   end
end)

describe("what real servers answered", function()
   for _, release in ipairs({"0.27.0", "0.33.0"}) do
      it("hashes to what they use, " .. release, function()
         local count = 0

         for _, view_set in ipairs(read_json(("spec/data/list_view_sets-%s.json"):format(release))) do
            local parsed = assert(schema.parse(view_set.schema))
            assert.equal(view_set.schema, tostring(parsed))
            if #view_set.current_schema_hash == 16 then
               assert.equal(view_set.current_schema_hash, parsed:hash())
               count = count + 1
            end
         end

         assert.equal(release == "0.27.0" and 3 or 4, count)
      end)
   end
end)

describe("schema.parse", function()
   it("says where a text is wrong, what was expected and what is there", function()
      local parsed, err = schema.parse(ONE:gsub("Int64", "Int65", 1) .. "")

      assert.is_nil(parsed)
      assert.equal("syntax", err.code)
      assert.equal("schema text, byte 49: expected a data type, found: Int65, nullable: true }], metadata: {} }",
         tostring(err))
   end)

   it("does not take what stands before a NUL byte for the text", function()
      local parsed, err = schema.parse(ONE .. "\0")

      assert.is_nil(parsed)
      assert.equal(("schema text, byte %d: expected the end of the text, found: \\x00"):format(#ONE + 1), err.message)
   end)

   it("raises at the caller's line when the text is none", function()
      for _, wrong in ipairs({12, true, {}}) do
         assert.equal(("bad argument #1 to 'parse' (string expected, got %s)"):format(type(wrong)),
            raised(function() local _ = schema.parse(wrong) end))
      end
   end)
end)

describe("schema:hash", function()
   local parsed = assert(schema.parse(ONE))

   it("is that of the current arrow unless told", function()
      assert.equal(parsed:hash({arrow = 59}), parsed:hash())
      assert.equal(parsed:hash(), parsed:hash({}))
      assert.not_equal(parsed:hash(), parsed:hash({arrow = 60}))
   end)

   it("is an error for a type that arrow does not have", function()
      local hash, err = schema.parse((ONE:gsub("Int64", "Decimal64(9, 2)"))):hash({arrow = 55})

      assert.is_nil(hash)
      assert.equal("invalid", err.code)
      assert.equal("the schema has the type Decimal64, which arrow 55 does not have", err.message)
   end)

   it("is an error for an arrow that is not known", function()
      for _, arrow in ipairs({-1, 54, 61, 2147483647}) do
         local hash, err = parsed:hash({arrow = arrow})
         assert.is_nil(hash)
         assert.equal(("hashes of schemas are known for arrow 55 to 60, not %d"):format(arrow), err.message)
      end
   end)

   it("raises at the caller's line for unknown options and wrong types", function()
      local function message(options)
         return raised(function() local _ = parsed:hash(options) end)
      end

      assert.equal("bad argument #1 to 'hash' (unknown option 'arow')", message({arow = 55}))
      assert.equal("bad argument #1 to 'hash' (unknown option 'number')", message({55}))
      assert.equal("bad argument #1 to 'hash' (option 'arrow' must be a whole number)", message({arrow = "55"}))
      assert.equal("bad argument #1 to 'hash' (option 'arrow' must be a whole number)", message({arrow = 55.5}))
      assert.equal("bad argument #1 to 'hash' (option 'arrow' must be a whole number)", message({arrow = 0 / 0}))
      assert.equal("bad argument #1 to 'hash' (option 'arrow' must be a whole number)", message({arrow = 2 ^ 40}))
      assert.equal("bad argument #1 to 'hash' (table expected, got number)", message(55))
   end)
end)

describe("schema:fields", function()
   it("lists the fields of the schema itself in order, defaults filled in", function()
      local parsed = assert(schema.parse('Schema { fields: [Field { name: "\\0\\u{e9}", data_type: '
         .. 'Timestamp(Second, Some("\\u{7f}")), nullable: true }, Field { data_type: List(Field { data_type: Int8 }) }], '
         .. 'metadata: {"a": "b"} }'))

      assert.same({
         {name = "\0\195\169", data_type = 'Timestamp(Second, Some("\\u{7f}"))', nullable = true},
         {name = "item", data_type = "List(Field { data_type: Int8 })", nullable = false},
      }, parsed:fields())
   end)

   it("is empty for a schema without fields", function()
      assert.same({}, schema.parse("Schema { fields: [], metadata: {} }"):fields())
   end)

   it("refuses other objects", function()
      local fields = schema.parse(ONE).fields

      assert.equal("bad argument #1 to 'fields' (mm.schema expected, got userdata)",
         (raised(function() local _ = fields(io.stdout) end):gsub("got .*%)", "got userdata)")))
   end)
end)
