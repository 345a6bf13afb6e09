-- The vectors of Arrow schemas: list of {name=, majors=, texts=, stream=, hash=}. Every text is the same schema, every
-- major of arrow gives the same byte stream and hash (both hexadecimal).
local cjson = require("cjson")

local RUN_END_ENCODED = 'Schema { fields: [Field { name: "r", data_type: RunEndEncoded(Field { name: "run_ends", '
   .. 'data_type: Int32 }, Field { name: "values", data_type: Utf8, nullable: true }) }], metadata: {} }'

-- Of the hash vectors that have none.
local TEXTS = {
   ["decimals_128_256@55"] = 'Schema { fields: [Field { name: "a", data_type: Decimal128(38, 10) }, '
      .. 'Field { name: "b", data_type: Decimal256(76, -5) }], metadata: {} }',
   ["run_end_encoded@55"] = RUN_END_ENCODED,
   ["run_end_encoded@56_57_58_59"] = RUN_END_ENCODED,
   ["map_types@55"] = 'Schema { fields: [Field { name: "m", data_type: Map(Field { name: "entries", data_type: Struct(['
      .. 'Field { name: "key", data_type: Utf8 }, Field { name: "value", data_type: Int64, nullable: true }]) }, false) }, '
      .. 'Field { name: "m2", data_type: Map(Field { name: "kv", data_type: Struct([Field { name: "k", data_type: Int32 }, '
      .. 'Field { name: "v", data_type: Utf8 }]) }, true), nullable: true }], metadata: {} }',
   ["deep_nesting@55"] = 'Schema { fields: [Field { name: "a", data_type: List(Field { data_type: Struct(['
      .. 'Field { name: "m", data_type: Map(Field { name: "entries", data_type: Struct([Field { name: "key", data_type: Utf8 }, '
      .. 'Field { name: "value", data_type: List(Field { data_type: Dictionary(Int32, Utf8), nullable: true }), nullable: true }'
      .. ']) }, false), nullable: true }, Field { name: "t", data_type: Timestamp(Nanosecond, Some("+00:00")) }]), '
      .. 'nullable: true }), nullable: true }], metadata: {} }',
}

local function read(name)
   local file = assert(io.open("spec/data/" .. name, "rb"))
   local vectors = cjson.decode(file:read("*a")).vectors
   file:close()
   return vectors
end

local function texts_by_name(vectors)
   local texts = {}
   for _, vector in ipairs(vectors) do
      texts[vector.name] = {}
      for member, text in pairs(vector) do
         if member:find("^debug_arrow_") then
            table.insert(texts[vector.name], text)
         end
      end
   end
   return texts
end

local function add(list, vectors, texts)
   for _, vector in ipairs(vectors) do
      list[#list + 1] = {
         name = vector.name,
         majors = vector.arrow_majors,
         texts = texts[vector.name] or {TEXTS[vector.name]},
         stream = vector.byte_stream_hex,
         hash = vector.hash_hex,
      }
      assert(#list[#list].texts > 0, vector.name .. " has no text")
      texts[vector.name] = nil
   end
   assert(not next(texts), "texts without a hash")
end

return function()
   local list, crates = {}, read("schema_crate_vectors.json")
   add(list, read("schema_hash_vectors.json"), texts_by_name(read("schema_text_vectors.json")))
   add(list, crates, texts_by_name(crates))
   return list
end
