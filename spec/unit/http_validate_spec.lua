-- What requests may say, as shapes have it.
local json = require("mm.json")
local pattern = require("mm.http.pattern")
local routes = require("mm.http.routes")
local shapes = require("mm.http.shapes")
local texts = require("mm.http.texts")
local validate = require("mm.http.validate")

describe("a pattern", function()
   it("knows characters, classes, quantifiers and anchors", function()
      for _, case in ipairs{
         {"7d", "^[0-9]+[smhdw]$", true}, {"7", "^[0-9]+[smhdw]$", false}, {"7d\n", "^[0-9]+[smhdw]$", false},
         {" 7d", "^[0-9]+[smhdw]$", false}, {" \t\n", "\\S", false}, {"  x ", "\\S", true}, {"", "\\S", false},
         {"abc", "^[A-Za-z0-9_-]+$", true}, {"a/c", "^[A-Za-z0-9_-]+$", false}, {"a-b_", "^[A-Za-z0-9_-]+$", true},
         {"1-" .. ("a"):rep(16), "^[0-9]{1,15}-[0-9a-fA-F]{16,64}$", true},
         {"1-" .. ("a"):rep(15), "^[0-9]{1,15}-[0-9a-fA-F]{16,64}$", false},
         {"1-" .. ("a"):rep(65), "^[0-9]{1,15}-[0-9a-fA-F]{16,64}$", false},
      } do
         assert.are.equal(case[3], pattern.matches(case[1], case[2]), case[1] .. " and " .. case[2])
      end
   end)

   it("takes as much as leaves the rest to match", function()
      local id = shapes.retirement_id.pattern

      assert.is_true(pattern.matches("my-lake-2-1-a1b2c3", id))
      assert.is_true(pattern.matches("l-12-a1b2c3", id))
      assert.is_false(pattern.matches("l-12-a1b2c", id))
      assert.is_false(pattern.matches("-12-a1b2c3", id))
   end)

   it("is known in every shape of the routes", function()
      local function walk(shape)
         if type(shape) == "table" then
            assert.is_boolean(type(shape.pattern) ~= "string" or pattern.matches("", shape.pattern))
            for _, part in pairs(shape) do
               walk(part)
            end
         end
      end
      for _, route in ipairs(routes) do
         walk{route.query, route.body, route.path_shapes}
      end
   end)

   it("raises for what it does not know", function()
      assert.has_error(function() pattern.matches("", "^(a|b)$") end, "no such form of patterns is known: (a|b)")
   end)
end)

describe("a value", function()
   local function complaint(value, shape)
      return validate.complaint(value, shape, "x")
   end

   it("must be of its type", function()
      assert.is_nil(complaint("a", {type = "string"}))
      assert.are.equal("x must be a string, not a number", complaint(1, {type = "string"}))
      assert.are.equal("x must be a boolean, not null", complaint(json.null, {type = "boolean"}))
      assert.are.equal("x must be an integer, not a string", complaint("1", {type = "integer"}))
      assert.are.equal("x must be a whole number", complaint(1.5, {type = "integer"}))
      assert.are.equal("x must be an object, not an array", complaint({1}, {type = "object"}))
      assert.are.equal("x must be an array, not an object", complaint({a = 1}, {type = "array"}))
   end)

   it("must be within its limits", function()
      assert.are.equal("x is less than 1", complaint(0, shapes.count))
      assert.are.equal("x is more than 1000000", complaint(1000001, shapes.count))
      assert.are.equal("x is more than 9007199254740991", complaint(2 ^ 53, shapes.number))
      assert.are.equal("x is empty", complaint("", shapes.name))
      assert.are.equal("x is longer than 255 characters", complaint(("x"):rep(256), shapes.name))
      assert.is_nil(complaint(("\195\164"):rep(255), shapes.name))
      assert.are.equal("x is blank", complaint(" \n", shapes.reason))
      assert.are.equal("x must be one of current, outdated, unhashed, unregistered", complaint("old", shapes.status))
   end)

   it("must be text that a database takes", function()
      assert.are.equal("x is not UTF-8", complaint("\255", shapes.name))
      assert.are.equal("x holds a NUL byte", complaint("a\0b", shapes.name))
   end)

   it("in a list is checked, too", function()
      assert.is_nil(complaint({"empty", "short"}, shapes.verdicts))
      assert.are.equal("x[2] must be one of replaced, short, empty, rebuildable, waits_for_blocks, only_copy",
         complaint({"empty", "all"}, shapes.verdicts))
      assert.are.equal("x holds empty twice", complaint({"empty", "empty"}, shapes.verdicts))
      assert.are.equal("x has fewer than 1 items", complaint({}, shapes.verdicts))
   end)

   it("may have the members of its shape and no others", function()
      local shape = shapes.object({reason = shapes.reason, overrides = shapes.overrides}, {"reason"})

      assert.is_nil(complaint({reason = "r", overrides = {writers = "they are gone"}}, shape))
      assert.are.equal("x.reason is missing", complaint({}, shape))
      assert.are.equal("x.reasons is unknown; did you mean 'reason'?", complaint({reason = "r", reasons = "r"}, shape))
      assert.are.equal("x.overrides.writers must be a string, not a boolean",
         complaint({reason = "r", overrides = {writers = true}}, shape))
   end)

   it("of unlimited depth has its references followed", function()
      local list = {type = "object", properties = {next = {["$ref"] = "list"}, name = {type = "string"}}}

      assert.are.equal("x.next.next.name must be a string, not a number", validate.complaint(
         {next = {next = {name = 1}}}, list, "x", function() return list end))
   end)
end)

describe("parameters", function()
   local SHAPES = {limit = shapes.page, all = shapes.boolean, view_set = shapes.name}

   it("become what they are", function()
      assert.are.same({limit = 7, all = false, view_set = "1"},
         texts.values({limit = "7", all = "false", view_set = "1"}, SHAPES))
   end)

   it("say what is wrong with them", function()
      for expected, values in pairs{
         ["the parameter limits is unknown; did you mean 'limit'?"] = {limits = "1"},
         ["the parameter limit is given twice"] = {limit = {"1", "2"}},
         ["the parameter limit has no value"] = {limit = true},
         ["the parameter limit must be an integer"] = {limit = "0x10"},
         ["the parameter limit is more than 1000"] = {limit = "1001"},
         ["the parameter all must be a boolean"] = {all = "1"},
         ["the parameter view_set is empty"] = {view_set = ""},
      } do
         assert.are.same({n = 2, nil, expected}, {n = 2, texts.values(values, SHAPES)})
      end
   end)

   it("are numbers of digits alone", function()
      for _, text in ipairs{"1e2", "1.0", " 1", "+1", "1 ", "99999999999999999", "nan", "inf"} do
         assert.is_nil((texts.values({limit = text}, SHAPES)))
      end
   end)

   it("must be there when they are required", function()
      assert.are.same({n = 2, nil, "the parameter all is missing"}, {n = 2, texts.values({}, SHAPES, {"all"})})
   end)
end)
