-- Every route once, its answer as the OpenAPI document describes it.
local json = require("mm.json")
local openapi = require("mm.http.openapi")
local routes = require("mm.http.routes")
local served = require("spec.support.served")
local validate = require("mm.http.validate")

-- Schemas that know all their members, so that one that is not described is noticed.
local function closed(schema)
   if type(schema) ~= "table" then
      return schema
   end
   local copy = {}
   for name, value in pairs(schema) do
      copy[name] = name == "enum" and value or name == "required" and value or closed(value)
   end
   if schema.properties and schema.additionalProperties == nil then
      copy.additionalProperties = false
   end
   return copy
end

local document = openapi.document()

local function resolve(reference)
   return closed(openapi.resolve(reference))
end

-- The schema of an answer, by its status.
local function schema_of(route, status)
   local response = document.paths[route.path][route.method:lower()].responses[tostring(status)]
   assert.is_truthy(response, route.name .. " does not answer with " .. status)
   local content = (response["$ref"] and document.components.responses.Problem or response).content
   return (content["application/json"] or content["application/problem+json"]).schema
end

describe("the API", function()
   local site, seen = nil, {}

   setup(function()
      site = served.start()
   end)

   teardown(function()
      site:stop()
   end)

   local function by_name(name)
      for _, route in ipairs(routes) do
         if route.name == name then
            return route
         end
      end
   end

   -- Asks a route, and checks what it answers.
   local function ask(name, path, opts)
      local route = by_name(name)
      opts = opts or {}
      opts.method = route.method
      local answer = site:ask(path or route.path, opts)
      if answer.json then
         assert.is_nil(validate.complaint(answer.json, schema_of(route, answer.status), name, resolve))
      end
      assert.are.same({name, opts.status or route.answer[1]}, {name, answer.status}, answer.body:sub(1, 500))
      seen[name] = true
      return answer.json, answer
   end

   local function post(name, path, body, headers)
      return ask(name, path, {body = json.encode(body), headers = headers})
   end

   it("says whether it is there", function()
      assert.are.same({status = "ok"}, ask("get_livez"))
      assert.are.same({status = "ready"}, ask("get_readyz"))
   end)

   it("describes itself", function()
      assert.are.equal("3.1.0", ask("get_openapi").openapi)
      assert.is_true(#ask("list_problems").items > 30)
   end)

   it("counts", function()
      ask("get_livez")
      local _, answer = ask("get_metrics")

      assert.is_truthy(answer.headers["content-type"]:find("^application/openmetrics%-text"))
      assert.is_truthy(answer.body:find('mm_http_requests_total{route="get_livez",status="200"} ', 1, true))
      assert.is_truthy(answer.body:find('mm_http_request_duration_seconds_bucket{route="get_livez",le="+Inf"} ', 1, true))
      assert.is_truthy(answer.body:find('mm_partitions{view_set="', 1, true))
      assert.are.equal("# EOF\n", answer.body:sub(-6))
      assert.are.equal(1, select(2, answer.body:gsub("# EOF", "")))
   end)

   it("says who asks", function()
      local principal = ask("get_principal", nil, {key = site.keys.planner})

      assert.are.same({"planner", "planner", "demo", true},
         {principal.name, principal.role, principal.lake, principal.changes_enabled})
   end)

   it("shows the lake", function()
      assert.are.equal(3082, ask("get_status").partitions)
      assert.is_true(#ask("list_view_sets").items > 5)
      assert.is_true(#ask("list_schema_versions").items > 5)
      assert.is_true(#ask("list_schema_versions", "/v1/schema-versions?view_set=blocks").items > 0)
      assert.is_true(#ask("list_outdated").items > 5)
      assert.is_true(#ask("get_timeline", "/v1/timeline?view_set=log_entries&buckets=4").rows > 0)
      assert.is_true(#ask("explain", "/v1/explain?view_set=blocks&at=2026-11-16T12:30Z").items > 0)
      assert.is_true(#ask("doctor").items > 0)
      assert.are.equal("initialized", ask("list_audit", "/v1/audit?limit=1").items[1].what)
      assert.is_true(ask("verify_audit").is_intact)
   end)

   it("lists partitions by pages, and all of them as lines", function()
      local page, answer = ask("list_partitions", "/v1/partitions?view_set=blocks&limit=2")
      local rest = ask("list_partitions", answer.headers.link:match("^<(.-)>; rel=\"next\"$"))
      local lines = site:ask("/v1/partitions?view_set=blocks", {headers = {"Accept: application/x-ndjson"}})

      assert.are.equal("application/x-ndjson", lines.headers["content-type"])
      local decoded = {}
      for line in lines.body:gmatch("[^\n]+") do
         decoded[#decoded + 1] = json.decode(line)
         assert.is_nil(validate.complaint(decoded[#decoded], resolve("#/components/schemas/Partition"), "line"))
      end
      assert.are.same({page.items[1], page.items[2], rest.items[1]}, {decoded[1], decoded[2], decoded[3]})
      assert.are.equal(tonumber(site.db:value("select count(*) from lakehouse_partitions where view_set_name = 'blocks'")),
         #decoded)
   end)

   it("publishes a registry", function()
      local view_sets = json.decode(io.open("demo/list_view_sets-0.33.0.json"):read("*a"))

      local registry = post("publish_registry", nil, {reason = "spec", view_sets = view_sets}, nil)

      assert.are.equal("published", registry.kind)
      assert.are.same(registry.items, ask("get_registry").items)
   end)

   it("holds and releases", function()
      local hold = post("add_hold", nil, {reason = "incident", view_set = "net_spans"})
      assert.are.equal(hold.hold, ask("list_holds").items[1].hold)

      local released = post("release_hold", ("/v1/holds/%d/release"):format(hold.hold), {reason = "over"})

      assert.are.equal("over", released.release_reason)
      assert.are.same({}, ask("list_holds").items)
   end)

   local function partitions()
      return site.db:value("select count(*) from lakehouse_partitions")
   end

   -- A plan, its path and the header with its digest.
   local function plan(body)
      local planned = post("plan", nil, body)
      return planned, "/v1/retirements/" .. planned.id, {('If-Match: "%s"'):format(planned.digest)}
   end

   it("plans, and shows the plan", function()
      local dry = ask("plan", nil, {body = '{"all":true,"dry_run":true}', status = 200})
      assert.are.same({"dry_run", false}, {dry.state, dry.partitions == 0})

      local planned, path = plan{view_set = "blocks"}

      assert.are.same({planned.id, "planned"}, {ask("get_retirement", path).id, ask("list_retirements").items[1].state})
      assert.are.equal(math.min(100, planned.partitions), #ask("list_items", path .. "/items").items)
      assert.are.same({}, ask("list_guard_findings", path .. "/guards").items)
      assert.are.equal("abandoned", ask("abandon", path .. "/abandon").state)
   end)

   it("applies, and takes back", function()
      local before = partitions()
      local planned, path, headers = plan{view_set = "blocks"}

      local job, answer = post("apply", path .. "/apply", {reason = "upgrade"}, headers)
      assert.are.equal("done", site:job(answer.headers.location).state)
      assert.are.equal(planned.partitions, tonumber(before) - tonumber(partitions()))
      assert.are.equal(planned.partitions, ask("get_job", "/v1/jobs/" .. job.job).done)
      assert.are.equal(planned.partitions, ask("check_undo", path .. "/undo").check.restorable)
      answer = select(2, post("undo", path .. "/undo", {reason = "only a spec"}))
      assert.are.equal("done", site:job(answer.headers.location).state)

      assert.are.equal(before, partitions())
      assert.are.equal(2, #ask("list_jobs").items)
   end)

   it("pauses and resumes", function()
      local _, path, headers = plan{view_set = "blocks"}
      local _, answer = post("apply", path .. "/apply", {reason = "r", limit = 1}, headers)
      repeat until ask("get_retirement", path).state == "applying"
      assert.are.equal("paused", ask("pause", path .. "/pause").state)
      site:job(answer.headers.location)
      assert.are.equal("paused", ask("get_retirement", path).state)

      answer = select(2, post("resume", path .. "/resume", {reason = "r"}))

      assert.are.equal("done", site:job(answer.headers.location).state)
      assert.are.equal("applied", ask("get_retirement", path).state)
   end)

   it("has had every route asked", function()
      for _, route in ipairs(routes) do
         assert.is_true(seen[route.name], route.name)
      end
   end)
end)
