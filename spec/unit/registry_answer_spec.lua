-- Registries from servers' answers to list_view_sets(), as JSON.
local json = require("mm.json")
local registry = require("mm.registry")

local ANSWERS = {
   {release = "0.27", path = "spec/data/list_view_sets-0.27.0.json", view_sets = 11},
   {release = "0.33", path = "demo/list_view_sets-0.33.0.json", view_sets = 12},
}

local function assert_failed(code, message, made, err)
   assert.is_nil(made)
   assert.are.equal(message, tostring(err))
   assert.are.equal(code, err.code)
end

local function with_file(content, act)
   local path = os.tmpname()
   local file = assert(io.open(path, "wb"))
   file:write(content)
   file:close()
   act(path)
   os.remove(path)
end

for _, answer in ipairs(ANSWERS) do
   describe("the answer of " .. answer.release, function()
      it("is a registry without findings", function()
         local made = registry.read(answer.path)

         assert.are.equal(("registry of %d view sets (%s)"):format(answer.view_sets, answer.path), tostring(made))
         assert.are.same({}, made:findings())
      end)

      it("says what mm knows about that release, to the letter", function()
         local made = registry.read(answer.path)

         for _, expected in ipairs(registry.release(answer.release):list_view_sets()) do
            expected.source = answer.path
            assert.are.same(expected, made:get(expected.view_set_name))
         end
      end)
   end)
end

describe("an answer", function()
   it("may have members that are not known, and null or nothing where a value may be missing", function()
      local made = registry.decode([[ [
         {"view_set_name": "a", "current_schema_hash": "05", "schema": null, "new": {"x": [1, null]}},
         {"current_schema_hash": "0A", "view_set_name": "b", "has_view_maker": true, "arrow": "x"}
      ] ]], "somewhere")

      assert.are.same({
         {view_set_name = "a", current_schema_hash = "05", source = "somewhere", has_view_maker = false,
            global_instance_available = false},
         {view_set_name = "b", current_schema_hash = "0a", source = "somewhere", has_view_maker = true,
            global_instance_available = false},
      }, made:list_view_sets())
   end)

   it("may begin with a byte order mark", function()
      assert.are.equal(1, #registry.decode('\239\187\191[{"view_set_name":"a","current_schema_hash":"05"}]'))
   end)

   it("of unknown origin is its own source", function()
      local made = registry.decode('[{"view_set_name":"a","current_schema_hash":"05"}]')

      assert.are.equal("list_view_sets() answer", made:get("a").source)
   end)

   it("that mm wrote itself keeps what it rests on", function()
      local written = json.encode(registry.release("0.33"):list_view_sets())

      local made = registry.decode(written, "mine.json")

      assert.are.equal("registry of 11 view sets (release 0.33, from mine.json)", tostring(made))
      assert.are.equal("rests_on_release", made:findings()[1].code)
   end)
end)

describe("an answer is refused", function()
   local good = '{"view_set_name": "a", "current_schema_hash": "05"}'
   local refusals = {
      {"that is an object", "{}", "must be an array of objects, the rows of list_view_sets()"},
      {"that wraps the rows", '{"rows": [' .. good .. "]}",
         "must be an array of objects, the rows of list_view_sets()"},
      {"that is a string", '"["', "must be an array of objects, the rows of list_view_sets()"},
      {"that is false", "false", "must be an array of objects, the rows of list_view_sets()"},
      {"that is null", "null", "must be an array of objects, the rows of list_view_sets()"},
      {"without rows", " [ ] ", "no view sets"},
      {"with a row that is a number", "[" .. good .. ", 1]", "row 2: must be an object, not number"},
      {"with a row that is null", "[null]", "row 1: must be an object, not null"},
      {"with a row that is false", "[" .. good .. ", false]", "row 2: must be an object, not boolean"},
      {"with a row that is an array", "[[1]]", "row 1: view_set_name is missing"},
      {"with a name that is a number", '[{"view_set_name": 5}]',
         "row 1: view_set_name must be of type string, not number"},
      {"without a name", '[{"view_set_name": null, "current_schema_hash": "05"}]', "row 1: view_set_name is missing"},
      {"without a hash", "[" .. good .. ', {"view_set_name": "b"}]',
         "row 2: current_schema_hash is missing: view set b"},
      {"with a hash as bytes", '[{"view_set_name": "a", "current_schema_hash": [5]}]',
         "row 1: current_schema_hash must be of type string, not table"},
      {"with a schema that is an object", '[{"view_set_name": "a", "current_schema_hash": "05", "schema": {}}]',
         "row 1: schema must be of type string, not table"},
      {"with a truth that is a number", '[{"view_set_name": "a", "current_schema_hash": "05", "has_view_maker": 1}]',
         "row 1: has_view_maker must be of type boolean, not number"},
      {"with a truth that is text",
         '[{"view_set_name": "a", "current_schema_hash": "05", "global_instance_available": "t"}]',
         "row 1: global_instance_available must be of type boolean, not string"},
      {"with a NUL byte in a name", '[{"view_set_name": "a\\u0000b", "current_schema_hash": "05"}]',
         "row 1: view_set_name has a NUL byte"},
      {"that names a view set twice", "[" .. good .. "," .. good .. "]",
         "rows 1 and 2 name the same view set: view set a"},
      {"with base64", '[{"view_set_name": "a", "current_schema_hash": "BQ=="}]',
         "row 1: current_schema_hash is not hexadecimal: view set a"},
   }
   for _, refusal in ipairs(refusals) do
      it(refusal[1], function()
         assert_failed("invalid", "x.json: " .. refusal[3], registry.decode(refusal[2], "x.json"))
      end)
   end

   it("that is no JSON", function()
      assert_failed("syntax", "x.json: not JSON: Expected value but found invalid token at character 1",
         registry.decode("view_set_name,current_schema_hash", "x.json"))
      assert_failed("syntax", "x.json: not JSON: Expected value but found T_END at character 1",
         registry.decode("", "x.json"))
   end)

   it("that was cut anywhere", function()
      local file = assert(io.open(ANSWERS[2].path))
      local text = file:read("*a")
      file:close()
      local full = #text:match("^(.-)%s*$")

      for length = 0, full - 1, 7 do
         local made, err = registry.decode(text:sub(1, length), "x.json")
         assert_failed("syntax", tostring(err), made, err)
      end
   end)

   it("that is nested without end", function()
      assert_failed("syntax", "x.json: not JSON: Found too many nested data structures (1001) at character 1001",
         registry.decode(("["):rep(100000), "x.json"))
   end)
end)

describe("reading", function()
   it("names the file in errors", function()
      with_file("[1]", function(path)
         assert_failed("invalid", path .. ": row 1: must be an object, not number", registry.read(path))
      end)
   end)

   it("fails for an empty file", function()
      with_file("", function(path)
         assert_failed("syntax", path .. ": not JSON: Expected value but found T_END at character 1",
            registry.read(path))
      end)
   end)

   it("fails for a file that is too large to be an answer", function()
      with_file((" "):rep(16 * 1024 * 1024 + 1), function(path)
         assert_failed("invalid", path .. ": larger than 16 MiB, no answer to list_view_sets()", registry.read(path))
      end)
   end)

   it("fails for a file that is not there", function()
      assert_failed("io", "cannot read no/such.json: No such file or directory", registry.read("no/such.json"))
   end)

   it("fails for a folder", function()
      assert_failed("io", "cannot read spec: Is a directory", registry.read("spec"))
   end)

   it("raises for a path that is no text", function()
      assert.has_error(function()
         registry.read(nil)
      end, "registry.read: path must be of type string, not nil")
   end)
end)
