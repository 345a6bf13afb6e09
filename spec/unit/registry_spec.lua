-- Registries: made of answers and of tables, merged, doubted.
local registry = require("mm.registry")

local DECIMALS = 'Schema { fields: [Field { name: "a", data_type: Decimal128(38, 10) }, '
   .. 'Field { name: "b", data_type: Decimal256(76, -5) }], metadata: {} }'
local DECIMALS_BY_ARROW_55 = "1942f53241e6f6c6"
local DECIMALS_BY_ARROW_56 = "0b3f22869311ec97"

-- A list of {name, hash} as entries.
local function entries_of(list)
   local entries = {}
   for i, pair in ipairs(list) do
      entries[i] = {view_set_name = pair[1], current_schema_hash = pair[2]}
   end
   return entries
end

local function entries(...)
   return entries_of{...}
end

local function names_of(made)
   return (made:arrays())
end

local function assert_failed(code, message, made, err)
   assert.is_nil(made)
   assert.are.equal(message, tostring(err))
   assert.are.equal(code, err.code)
end

describe("a registry", function()
   it("keeps what was told, sorted by name", function()
      local told = {
         {view_set_name = "b", current_schema_hash = "05", schema = "s", source = "somebody",
            has_view_maker = true, global_instance_available = false},
         {view_set_name = "a", current_schema_hash = "0123456789abcdef", source = "somebody else",
            has_view_maker = false, global_instance_available = true},
      }

      local made = registry.new(told)

      assert.are.same({told[2], told[1]}, made:list_view_sets())
      assert.are.equal(2, #made)
   end)

   it("fills in what may be left out", function()
      assert.are.same({
         view_set_name = "a", current_schema_hash = "05", source = "given",
         has_view_maker = false, global_instance_available = false,
      }, registry.new(entries{"a", "05"}):get("a"))
   end)

   it("is found by name, and nothing by any other", function()
      local made = registry.new(entries({"b", "01"}, {"a", "02"}, {"c", "03"}))

      assert.are.equal("01", made:get("b").current_schema_hash)
      assert.is_nil(made:get("ab"))
      assert.is_nil(made:get(""))
   end)

   it("gives names and hashes as two lists", function()
      local names, hashes = registry.new(entries({"b", "01"}, {"a", "02"})):arrays()

      assert.are.same({"a", "b"}, names)
      assert.are.same({"02", "01"}, hashes)
   end)

   it("writes hashes in lower case, of any length up to 255 bytes", function()
      local made = registry.new(entries({"a", "AbCdEF"}, {"b", ("9F"):rep(255)}))

      assert.are.equal("abcdef", made:get("a").current_schema_hash)
      assert.are.equal(("9f"):rep(255), made:get("b").current_schema_hash)
   end)

   it("has names of up to 255 characters, not bytes", function()
      local name = ("ä€😀"):rep(85)

      assert.are.same({name}, names_of(registry.new(entries{name, "01"})))
   end)

   it("sorts names by their bytes", function()
      local made = registry.new(entries({"ä", "01"}, {"a", "01"}, {"Z", "01"}, {"a_", "01"}, {"aa", "01"}))

      assert.are.same({"Z", "a", "a_", "aa", "ä"}, names_of(made))
   end)

   it("says how many view sets it has, and who says so", function()
      local two = registry.new(entries({"a", "01"}, {"b", "02"}))

      assert.are.equal("registry of 2 view sets (given)", tostring(two))
      assert.are.equal("registry of 0 view sets", tostring(registry.new{}))
      assert.are.equal("registry of 1 view set (given)", tostring(registry.new(entries{"a", "01"})))
      assert.are.equal("registry of 12 view sets (release 0.33, given)",
         tostring(registry.release("0.33"):merge(registry.new(entries{"x", "01"}))))
   end)

   it("hands out copies", function()
      local made = registry.new(entries{"a", "01"})

      made:get("a").current_schema_hash = "02"
      made:list_view_sets()[1].view_set_name = "b"

      assert.are.equal("01", made:get("a").current_schema_hash)
   end)

   it("lives on without the registries it was merged from", function()
      local made = registry.new(entries{"a", "01"}):merge(registry.new(entries{"b", "02"}))

      collectgarbage()
      collectgarbage()

      assert.are.same({"a", "b"}, names_of(made))
   end)
end)

describe("merging", function()
   it("has the view sets of both, those of the second where both know one, each with its source", function()
      local base = registry.new{
         {view_set_name = "a", current_schema_hash = "01", source = "base"},
         {view_set_name = "b", current_schema_hash = "02", source = "base", schema = "s", has_view_maker = true},
      }
      local over = registry.new{
         {view_set_name = "c", current_schema_hash = "03", source = "over"},
         {view_set_name = "b", current_schema_hash = "04", source = "over", global_instance_available = true},
      }

      local merged = base:merge(over)

      assert.are.same({base:get("a"), over:get("b"), over:get("c")}, merged:list_view_sets())
   end)

   it("changes neither", function()
      local base, over = registry.new(entries{"a", "01"}), registry.new(entries{"a", "02"})

      assert.are.equal("02", base:merge(over):get("a").current_schema_hash)
      assert.are.equal("01", over:merge(base):get("a").current_schema_hash)
      assert.are.equal("01", base:get("a").current_schema_hash)
   end)

   it("raises for anything else than a registry", function()
      assert.has_error(function()
         registry.new{}:merge({})
      end)
   end)
end)

describe("a registry refuses", function()
   local good = {"good", "01"}
   local refusals = {
      {"a repeated name", {{"b", "01"}, {"a", "02"}, {"c", "03"}, {"a", "02"}},
         "rows 2 and 4 name the same view set: view set a"},
      {"an empty name", {good, {"", "01"}}, "row 2: view_set_name is empty"},
      {"a missing name", {good, {nil, "01"}}, "row 2: view_set_name is missing"},
      {"a name with a NUL byte", {{"a\0b", "01"}}, "row 1: view_set_name has a NUL byte"},
      {"a name of 256 characters", {{("ä"):rep(256), "01"}}, "row 1: view_set_name is longer than 255 characters"},
      {"a missing hash", {good, {"a"}}, "row 2: current_schema_hash is missing: view set a"},
      {"an empty hash", {{"a", ""}}, "row 1: current_schema_hash is empty: view set a"},
      {"a hash with an odd number of digits", {{"a", "012"}},
         "row 1: current_schema_hash has an odd number of digits: view set a"},
      {"a hash of 256 bytes", {{"a", ("01"):rep(256)}},
         "row 1: current_schema_hash is longer than 255 bytes: view set a"},
   }
   for _, refusal in ipairs(refusals) do
      it(refusal[1], function()
         assert_failed("invalid", refusal[3], registry.new(entries_of(refusal[2])))
      end)
   end

   for _, hash in ipairs{"0g", "\\x05", "0x05", " 5", "05 7", "0\0", "é"} do
      it(("the hash %q"):format(hash), function()
         local made, err = registry.new(entries{"a", hash})

         local problem = #hash % 2 == 0 and "is not hexadecimal" or "has an odd number of digits"
         assert_failed("invalid", "row 1: current_schema_hash " .. problem .. ": view set a", made, err)
      end)
   end

   -- Overlong forms, surrogates, beyond U+10FFFF, cut and stray bytes.
   for _, bytes in ipairs{"\192\128", "\224\128\128", "\237\160\128", "\240\128\128\128", "\244\144\128\128",
      "\245\128\128\128", "\195", "\226\130", "\240\159\152", "\128", "\255", "a\195a", "\226\130a"} do
      it(("text that is not UTF-8: %q"):format(bytes), function()
         assert_failed("invalid", "row 1: view_set_name is not UTF-8", registry.new(entries{bytes, "01"}))
      end)
   end

   for _, member in ipairs{"schema", "source"} do
      it("bad text as " .. member, function()
         for text, problem in pairs{[""] = "is empty", ["a\0"] = "has a NUL byte", ["\255"] = "is not UTF-8"} do
            local message = ("row 1: %s %s: view set a"):format(member, problem)
            assert_failed("invalid", message,
               registry.new{{view_set_name = "a", current_schema_hash = "01", [member] = text}})
         end
      end)
   end
end)

describe("a mistake in a program raises", function()
   local function raised(call)
      local is_right, message = pcall(call)
      assert.is_false(is_right)
      return message
   end

   it("at the caller's line", function()
      local message = raised(function()
         registry.new(nil)
      end)

      assert.are.equal("registry_spec.lua: registry.new: entries must be of type table, not nil",
         (message:gsub("^.*/", ""):gsub(":%d+:", ":")))
   end)

   it("for entries of wrong types", function()
      local function message_of(list)
         return raised(function()
            registry.new(list)
         end):match(":%d+: (.*)")
      end

      assert.are.equal("registry.new: row 1: must be an object, not string", message_of{"a"})
      assert.are.equal("registry.new: row 1: view_set_name must be of type string, not number",
         message_of(entries{1, "01"}))
      assert.are.equal("registry.new: row 2: current_schema_hash must be of type string, not number",
         message_of(entries({"a", "01"}, {"b", 5})))
      assert.are.equal("registry.new: row 1: has_view_maker must be of type boolean, not string",
         message_of{{view_set_name = "a", current_schema_hash = "01", has_view_maker = "true"}})
      assert.are.equal("registry.new: entries must be a list", message_of{a = "01"})
   end)

   it("for names that are no text", function()
      local made = registry.new(entries{"a", "01"})

      assert.has_error(function()
         made:get(nil)
      end)
      assert.has_error(function()
         made:get("a\0")
      end)
   end)
end)

describe("findings", function()
   local function findings_of(hash, schema, source, name)
      return registry.new{{
         view_set_name = name or "a", current_schema_hash = hash, schema = schema, source = source,
      }}:findings()
   end

   it("are none where hash and schema agree by the numbering of either arrow", function()
      assert.are.same({}, findings_of(DECIMALS_BY_ARROW_55, DECIMALS))
      assert.are.same({}, findings_of(DECIMALS_BY_ARROW_56, DECIMALS))
   end)

   it("tell of a hash that contradicts its schema", function()
      assert.are.same({{
         view_set_name = "a",
         code = "hash_contradicts_schema",
         message = "its hash is 0b3f22869311ec98, but that of its schema is 0b3f22869311ec97",
         hint = "ask a server for list_view_sets() again: hash or schema was edited or mixed up",
      }}, findings_of("0b3f22869311ec98", DECIMALS))
   end)

   it("tell of a hash that was cut", function()
      assert.are.equal("its hash is 0b3f22869311ec, but that of its schema is 0b3f22869311ec97",
         findings_of("0b3f22869311ec", DECIMALS)[1].message)
   end)

   it("do not doubt a version constant, nor a hash without a schema", function()
      assert.are.same({}, findings_of("07", DECIMALS))
      assert.are.same({}, findings_of("0b3f22869311ec98"))
   end)

   it("check schemas with types that arrow 55 does not have", function()
      local schema = 'Schema { fields: [Field { name: "a", data_type: Decimal32(9, 2) }], metadata: {} }'

      assert.are.same({}, findings_of("8940391223ee1cc5", schema))
      assert.are.equal("hash_contradicts_schema", findings_of("8940391223ee1cc6", schema)[1].code)
   end)

   it("tell of a schema that does not parse, also beside a version constant", function()
      for _, hash in ipairs{"07", DECIMALS_BY_ARROW_56} do
         local found = findings_of(hash, DECIMALS:sub(1, -3))

         assert.are.equal(1, #found)
         assert.are.equal("schema_does_not_parse", found[1].code)
         assert.is_truthy(found[1].message:find("^its schema does not parse: "))
         assert.are.equal("its hash cannot be checked; a text that was cut or edited is asked for again", found[1].hint)
      end
   end)

   it("tell of a view set defined by SQL that rests on a release only", function()
      assert.are.same({{
         view_set_name = "log_stats",
         code = "rests_on_release",
         message = "its hash is that of release 0.33, but an operator may have replaced its definition",
         hint = "merge a server's answer to list_view_sets() over the release",
      }}, registry.release("0.33"):findings())
   end)

   it("tell so of log_stats since it is defined by SQL", function()
      for _, release in ipairs(registry.releases()) do
         local count = tonumber(release.version:match("%d+$")) >= 32 and 1 or 0

         assert.are.equal(count, #registry.release(release.version):findings(), release.version)
      end
   end)

   it("tell so of every name that no release defines in code", function()
      assert.are.equal("rests_on_release", findings_of("07", nil, "release 0.33", "errors_per_minute")[1].code)
      assert.are.equal("rests_on_release", findings_of("07", nil, "release 0.27", "errors_per_minute")[1].code)
   end)

   it("stop when a server's answer is merged over the release", function()
      local answer = registry.new{{view_set_name = "log_stats", current_schema_hash = "4a9bf1a76cf1203f"}}

      assert.are.same({}, registry.release("0.33"):merge(answer):findings())
      assert.are.equal(1, #answer:merge(registry.release("0.33")):findings())
   end)

   it("can be two for one view set, and come sorted by name", function()
      local codes = {}
      for _, finding in ipairs(registry.new{
         {view_set_name = "log_stats", current_schema_hash = "01", schema = "x", source = "release 0.33"},
         {view_set_name = "blocks", current_schema_hash = "01", schema = "y", source = "release 0.33"},
      }:findings()) do
         codes[#codes + 1] = finding.view_set_name .. " " .. finding.code
      end

      assert.are.same(
         {"blocks schema_does_not_parse", "log_stats schema_does_not_parse", "log_stats rests_on_release"}, codes)
   end)
end)
