-- What mm knows about releases, against values that real releases reported or their source has.
local registry = require("mm.registry")
local schema = require("mm.schema")

-- Hashes that each release writes: constants, then the hashes of the schemas of view sets defined by SQL.
local WRITTEN = [[
release log_entries measures thread_spans async_events net_spans images otel_spans blocks processes streams log_stats
0.12 04 04 00 01 -  -  -  01 fbf68c9ed7d3f584 338add898e33d635 -
0.13 04 04 00 01 -  -  -  01 fbf68c9ed7d3f584 338add898e33d635 d1f5ee4d4c14d71a
0.14 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.15 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.16 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.17 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.18 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.19 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.20 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.21 05 05 00 01 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.22 05 05 00 02 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.23 05 05 00 02 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.24 05 05 00 02 -  -  -  02 79584c57aa06561f 37c475f974f4ba2a d1f5ee4d4c14d71a
0.25 05 05 00 02 00 -  01 03 79584c57aa06561f c552f232f51ad7f4 d1f5ee4d4c14d71a
0.26 05 05 00 02 00 01 01 03 79584c57aa06561f c552f232f51ad7f4 d1f5ee4d4c14d71a
0.27 05 05 00 02 00 01 01 03 79584c57aa06561f c552f232f51ad7f4 d1f5ee4d4c14d71a
0.28 06 07 01 03 01 02 01 03 79584c57aa06561f c552f232f51ad7f4 21ce33aba7bde53b
0.29 06 07 02 03 02 02 01 03 79584c57aa06561f c552f232f51ad7f4 21ce33aba7bde53b
0.30 07 08 03 03 02 02 01 05 17d5dc614ae768b2 3d8e9b0ce425fad5 4a9bf1a76cf1203f
0.31 07 08 03 03 02 02 01 05 17d5dc614ae768b2 3d8e9b0ce425fad5 4a9bf1a76cf1203f
0.32 07 08 04 04 02 02 01 05 17d5dc614ae768b2 3d8e9b0ce425fad5 4a9bf1a76cf1203f
0.33 07 08 04 04 02 02 01 05 17d5dc614ae768b2 3d8e9b0ce425fad5 4a9bf1a76cf1203f
]]

-- Hashes of the schemas of view sets that store a constant instead, each since the release before it.
local SCHEMAS = {
   log_entries = "0.12 d3e74653d3ec16bb 0.14 172958634a0a005a 0.28 8df0dafcd527f9a4 0.30 9a0062c32882c3cb",
   measures = "0.12 b6d34af324261b8e 0.14 24cc537c61589562 0.28 226b7093a260968c 0.30 709526397424a1b4",
   thread_spans = "0.12 cdc54ff8fb8fbf36 0.28 6eddc22ebcceeedf 0.32 e8d722ffd0044d9c",
   async_events = "0.12 43b6a7f77d5fd14e 0.22 f1521994dd57ecf8 0.28 f1406aeb920efb90 0.32 7c62f9c4fd4d9feb",
   blocks = "0.12 d8c3ac543f488f18 0.14 f11e20657ec3900f 0.25 1516764a18cbe549 0.30 4a286dccdc6693a8",
   net_spans = "0.25 5bd60b5879b26d00 0.28 5dc69f23e4205bb6",
   images = "0.26 583d1282694a8704 0.28 3d40c7e42a2fcf85",
   otel_spans = "0.25 97669d1ed8553b30",
}

local function words(line)
   local list = {}
   for word in line:gmatch("%S+") do
      list[#list + 1] = word
   end
   return list
end

-- {["0.12"] = {log_entries = "04", ...}, ...}
local function written_hashes()
   local releases, names = {}, nil
   for line in WRITTEN:gmatch("[^\n]+") do
      local cells = words(line)
      local hashes = {}
      for i = 2, #cells do
         hashes[(names or cells)[i]] = cells[i] ~= "-" and cells[i] or nil
      end
      if names then
         releases[cells[1]] = hashes
      end
      names = names or cells
   end
   return releases
end

local function hashes_of(release)
   local hashes = {}
   for _, view_set in ipairs(release:list_view_sets()) do
      hashes[view_set.view_set_name] = view_set.current_schema_hash
   end
   return hashes
end

describe("a release", function()
   for version, hashes in pairs(written_hashes()) do
      it(version .. " writes the hashes that it wrote", function()
         assert.are.same(hashes, hashes_of(registry.release(version)))
      end)
   end

   it("has the schemas of its view sets, also where a constant stands for them", function()
      local since = {}
      for _, release in ipairs(registry.releases()) do
         local arrow = tonumber(release.arrow:match("%d+"))
         local view_sets = registry.release(release.version)
         for name, changes in pairs(SCHEMAS) do
            since[name] = changes:match(release.version:gsub("%.", "%%.") .. " (%x+)") or since[name]
            local view_set = view_sets:get(name)
            local hash = view_set and schema.parse(view_set.schema):hash{arrow = arrow}
            assert.are.equal(since[name], hash, name .. " of " .. release.version)
         end
      end
   end)

   it("prints all members of each field up to 0.15, inside of types too", function()
      local text = registry.release("0.15"):get("streams").schema
      local rest = ", dict_id: 0, dict_is_ordered: false, metadata: {} }"

      local field = 'Field { name: "stream_id", data_type: Utf8, nullable: false' .. rest
      assert.are.equal("Schema { fields: [" .. field .. ", ", text:sub(1, #field + 20))
      field = 'Field { name: "tag", data_type: Utf8, nullable: false' .. rest
      field = 'Field { name: "tags", data_type: List(' .. field .. "), nullable: true" .. rest
      assert.is_truthy(text:find(", " .. field .. ", ", 1, true))
   end)

   it("prints the members that say something since 0.16", function()
      assert.are.equal('Schema { fields: ['
         .. 'Field { name: "time_bin", data_type: Timestamp(Nanosecond, Some("+00:00")), nullable: true }, '
         .. 'Field { name: "process_id", data_type: Dictionary(Int16, Utf8) }, '
         .. 'Field { name: "level", data_type: Int32 }, '
         .. 'Field { name: "target", data_type: Dictionary(Int16, Utf8) }, '
         .. 'Field { name: "count", data_type: Int64 }], metadata: {} }',
         registry.release("0.16"):get("log_stats").schema)
   end)

   it("prints lists of structs, which properties were before 0.14", function()
      local text = registry.release("0.13"):get("log_entries").schema:gsub(", nullable: false, [^}]*} }", " }")

      assert.is_truthy(text:find('Field { name: "properties", data_type: List(Field { name: "Property", data_type: '
         .. 'Struct([Field { name: "key", data_type: Utf8 }, Field { name: "value", data_type: Utf8 }])', 1, true))
   end)

   it("is named by its version with or without v and patch number", function()
      for _, version in ipairs{"0.33", "v0.33", "0.33.0", "v0.33.0"} do
         assert.are.equal("registry of 11 view sets (release 0.33)", tostring(registry.release(version)))
      end
   end)

   it("that is not known is an error with the known range and what to try instead", function()
      local hints = {
         ["33"] = "did you mean 0.33?",
         ["0.33.1"] = "did you mean 0.33?",
         ["v0.27-rc1"] = "did you mean 0.27?",
         ["0.34"] = "give a server's answer to list_view_sets() instead",
         ["0.11"] = "give a server's answer to list_view_sets() instead",
         [""] = "give a server's answer to list_view_sets() instead",
      }
      for version, hint in pairs(hints) do
         local release, err = registry.release(version)

         assert.is_nil(release)
         assert.are.equal("not_found", err.code)
         assert.are.equal("release '" .. version .. "' is not known: mm knows 0.12 to 0.33", err.message)
         assert.are.equal(hint, err.hint)
      end
   end)

   it("is asked for by text: as a number 0.30 would be 0.3", function()
      assert.has_error(function()
         registry.release(0.30)
      end, "registry.release: version must be of type string, not number")
   end)
end)

describe("releases()", function()
   it("lists them with their dates and versions, the oldest first", function()
      local list = registry.releases()

      assert.are.equal(22, #list)
      assert.are.same(
         {version = "0.12", date = "2025-09-03", arrow = "55.2.0", lakehouse = 2, data_lake = 2}, list[1])
      assert.are.same(
         {version = "0.27", date = "2026-07-12", arrow = "58.3.0", lakehouse = 6, data_lake = 4}, list[16])
      assert.are.same(
         {version = "0.33", date = "2026-11-03", arrow = "59.3.0", lakehouse = 10, data_lake = 14}, list[22])
   end)

   it("gives tables of the caller's own", function()
      registry.releases()[1].version = "changed"

      assert.are.equal("0.12", registry.releases()[1].version)
   end)
end)

describe("releases_of()", function()
   it("tells which releases write a hash", function()
      local versions, range = registry.releases_of("thread_spans", "03")

      assert.are.same({"0.30", "0.31"}, versions)
      assert.are.equal("0.30 to 0.31", range)
   end)

   it("knows computed hashes, and hexadecimal in capitals", function()
      assert.are.equal("0.14 to 0.29", select(2, registry.releases_of("processes", "79584C57AA06561F")))
   end)

   it("names a single release alone", function()
      assert.are.equal("0.28", select(2, registry.releases_of("net_spans", "01")))
   end)

   it("is empty for what no release writes", function()
      for _, pair in ipairs{{"log_entries", "9a0062c32882c3cb"}, {"blocks", "04"}, {"no_such", "00"}} do
         local versions, range = registry.releases_of(pair[1], pair[2])

         assert.are.same({}, versions)
         assert.is_nil(range)
      end
   end)

   it("gives an unbroken range for every hash", function()
      local positions = {}
      for i, release in ipairs(registry.releases()) do
         positions[release.version] = i
      end
      for version, hashes in pairs(written_hashes()) do
         for name, hash in pairs(hashes) do
            local versions = registry.releases_of(name, hash)
            local span = positions[versions[#versions]] - positions[versions[1]] + 1
            assert.are.equal(#versions, span, name .. " of " .. version)
         end
      end
   end)
end)
