-- Which route a method and a path lead to, and the table of routes itself.
local answers = require("mm.http.answers")
local router = require("mm.http.router")
local routes = require("mm.http.routes")

local all = router.new(routes)

describe("the router", function()
   it("finds every route by its own path", function()
      for _, route in ipairs(routes) do
         local path = route.path:gsub("{[%w_]+}", "demo-1-a1b2c3")

         assert.are.equal(route, (all:match(route.method, path)), route.name)
      end
   end)

   it("says what the path holds, without escapes", function()
      local route, values = all:match("GET", "/v1/retirements/de%6do-1-a%2Fb/items")

      assert.are.equal("list_items", route.name)
      assert.are.same({id = "demo-1-a/b"}, values)
   end)

   it("takes HEAD for GET", function()
      assert.are.equal("get_status", all:match("HEAD", "/v1/status").name)
   end)

   it("refuses what is no path", function()
      for _, path in ipairs{"/v1", "/v1/status/", "//v1/status", "/v1/retirements//items", "/v1/retirements/a/b/items",
         "/v1/statusx", "/v1/openapiXjson", "", "*", "/v1/retirements/{id}/"} do
         local route, err = all:match("GET", path)

         assert.is_nil(route, path)
         assert.are.equal("no_route", err.code)
      end
   end)

   it("says which methods a path has", function()
      local route, err = all:match("DELETE", "/v1/retirements")

      assert.is_nil(route)
      assert.are.same({"method_not_allowed", "GET, HEAD, POST"}, {err.code, err.allow})
      assert.are.equal("POST", select(2, all:match("GET", "/v1/holds/7/release")).allow)
      assert.are.equal("method_not_allowed", select(2, all:match("OPTIONS", "/v1/status")).code)
   end)
end)

describe("the routes", function()
   it("have names of their own, and answers that are described", function()
      local seen = {}
      for _, route in ipairs(routes) do
         assert.is_nil(seen[route.name], route.name)
         assert.is_truthy(answers[route.answer[2]], route.name)
         seen[route.name] = true
      end
   end)

   it("that change something need a role, and never only that of viewers", function()
      for _, route in ipairs(routes) do
         if route.method ~= "GET" then
            assert.is_truthy(route.role and route.role ~= "viewer", route.name)
         end
      end
   end)

   it("have a shape for everything in their path", function()
      for _, route in ipairs(routes) do
         for name in route.path:gmatch("{([%w_]+)}") do
            assert.is_truthy((route.path_shapes or {})[name], route.name)
         end
      end
   end)
end)
