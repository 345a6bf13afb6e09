-- The OpenAPI document.
local json = require("mm.json")
local openapi = require("mm.http.openapi")
local routes = require("mm.http.routes")

local document = assert(json.decode(json.encode(openapi.document())))

local function each_reference(value, visit)
   for name, part in pairs(value) do
      if name == "$ref" then
         visit(part)
      elseif type(part) == "table" then
         each_reference(part, visit)
      end
   end
end

describe("the OpenAPI document", function()
   it("has every route, with its parameters", function()
      for _, route in ipairs(routes) do
         local operation = document.paths[route.path][route.method:lower()]
         local names = {}
         for _, parameter in ipairs(operation.parameters) do
            names[parameter.name] = parameter["in"]
         end

         assert.are.equal(route.name, operation.operationId)
         for name in route.path:gmatch("{([%w_]+)}") do
            assert.are.equal("path", names[name])
         end
         assert.are.equal(route.needs_match and "header" or nil, names["If-Match"])
         assert.are.equal(route.method ~= "GET" and "header" or nil, names["Idempotency-Key"])
      end
   end)

   it("refers to nothing that is not there", function()
      each_reference(document, function(reference)
         local found = document
         for name in reference:gsub("^#/", ""):gmatch("[^/]+") do
            found = found[name]
            assert.is_truthy(found, reference)
         end
      end)
   end)

   it("holds no schema that nothing refers to", function()
      local is_used = {}
      each_reference(document, function(reference)
         is_used[reference:match("[^/]+$")] = true
      end)

      for name in pairs(document.components.schemas) do
         assert.is_true(is_used[name], name)
      end
   end)

   it("asks for a key exactly where a route has a role", function()
      for _, route in ipairs(routes) do
         local security = document.paths[route.path][route.method:lower()].security

         assert.are.equal(route.role ~= nil, security[1] ~= nil, route.name)
      end
   end)
end)

describe("the schemas of answers", function()
   -- The fields of mm's own types.
   local function fields_of(file, class)
      local names = {}
      local source = assert(io.open("lua/mm/types/" .. file .. ".lua")):read("*a")
      for name in source:match("%-%-%-@class mm%." .. class .. "[^\n]*\n(.-)\n\n"):gmatch("%-%-%-@field ([%w_]+)") do
         names[#names + 1] = name
      end
      return names
   end

   local HIDDEN = {GuardFinding = {rows = true}, Retirement = {view_sets = true, schema_hashes = true}}

   for schema, type_name in pairs{Status = "catalog.status", ViewSet = "catalog.catalog_view_set",
      SchemaVersion = "catalog.schema_version", Partition = "catalog.partition", Group = "catalog.group",
      Timeline = "catalog.timeline", Bucket = "catalog.bucket", Explanation = "catalog.explanation",
      Finding = "catalog.finding", Retirement = "retirements.retirement", Item = "retirements.item",
      GuardFinding = "journal.guard_finding", Hold = "journal.hold", AuditEntry = "journal.audit_entry",
      Chain = "journal.chain", RegistryViewSet = "registry.view_set"} do
      it("have the fields of mm's own types: " .. schema, function()
         local file, class = type_name:match("^(%a+)%.(.*)$")

         for _, name in ipairs(fields_of(file, class)) do
            assert.is_truthy(document.components.schemas[schema].properties[name] or (HIDDEN[schema] or {})[name], name)
         end
      end)
   end
end)
