-- The OpenAPI 3.1 document, made from the routes, their shapes and the schemas of answers.
local answers = require("mm.http.answers")
local json = require("mm.json")
local lists = require("mm.lists")
local problems = require("mm.http.problems")
local routes = require("mm.http.routes")

local openapi = {}

local INFO = {title = "mm", version = "1.0.0",
   summary = "Retires outdated partitions of micromegas lakes, and takes it back.",
   description = "GET changes nothing. Errors are problems (RFC 9457); unknown parameters and members are refused. "
      .. "Times are RFC 3339 in UTC with microseconds, or infinity and -infinity; hashes are lower-case hex. Clients "
      .. "must ignore members of answers that they do not know.",
   license = {name = "MIT", identifier = "MIT"}}
local TAGS = {lake = "What is there, and what retiring it would lose.", registry = "What is current.",
   retirements = "Plans: what would be retired, what was, and the way back.", jobs = "Work that goes on by itself.",
   holds = "What must not be retired.", audit = "Who did what.", operations = "For those who run the server."}
local PROBLEM = {["$ref"] = "#/components/responses/Problem"}
local TYPES = {Metrics = "application/openmetrics-text"}
local IDEMPOTENCY = {name = "Idempotency-Key", ["in"] = "header",
   schema = {type = "string", minLength = 1, maxLength = 255, pattern = "^[!-~]+$"},
   description = "The same request with the same key is done once; its answer is kept for 24 hours."}
local IF_MATCH = {name = "If-Match", ["in"] = "header", required = true, schema = {type = "string",
   pattern = '^"[0-9a-f]{64}"$'}, description = "The plan's digest in quotes: the ETag of the retirement."}
-- Statuses that a problem may have: always, where a key is needed, and where something is changed.
local ALWAYS, KEYED = {400, 404, 405, 406, 408, 413, 414, 429, 431, 500, 501, 502, 503, 504, 505},
   {401, 403, 409, 422}
local CHANGING = {412, 415, 428}

local function add_parameters(list, where, shapes_by_name, required)
   for _, name in ipairs(lists.keys(shapes_by_name or {})) do
      local is_required = where == "path" or lists.has(required or {}, name) or nil
      list[#list + 1] = {name = name, ["in"] = where, required = is_required, schema = shapes_by_name[name]}
   end
end

local function parameters_of(route)
   local list = json.array()
   add_parameters(list, "path", route.path_shapes)
   add_parameters(list, "query", route.query, route.required)
   list[#list + 1] = route.method ~= "GET" and IDEMPOTENCY or nil
   list[#list + 1] = route.needs_match and IF_MATCH or nil
   return list
end

local function header(text)
   return {schema = {type = "string"}, description = text}
end

local function headers_of(route)
   return {["X-Request-Id"] = header("The request's id."),
      Location = route.is_job and header("The job.") or route.name == "plan" and header("The plan.") or nil,
      ETag = route.answer[2] == "Retirement" and header("The plan's digest in quotes.") or nil,
      Link = route.is_paged and header("The next page, with rel=next.") or nil}
end

local function success(route)
   local schema = {["$ref"] = "#/components/schemas/" .. route.answer[2]}
   local content = {[TYPES[route.answer[2]] or "application/json"] = {schema = schema}}
   if route.is_streamed then
      content["application/x-ndjson"] = {schema = {type = "string", description = "A row on each line."}}
   end
   return {description = "Done.", headers = headers_of(route), content = content}
end

local function add_problems(responses, statuses)
   for _, status in ipairs(statuses) do
      responses[tostring(status)] = PROBLEM
   end
end

local function responses_of(route)
   local responses = {}
   responses[tostring(route.answer[1])] = success(route)
   responses["200"] = responses["200"] or route.name == "plan" and success(route) or nil
   add_problems(responses, ALWAYS)
   add_problems(responses, route.role and KEYED or {})
   add_problems(responses, route.method ~= "GET" and CHANGING or {})
   return responses
end

local function operation(route)
   local body = route.body and {required = true, content = {["application/json"] = {schema = route.body}}}
   return {operationId = route.name, summary = route.summary, tags = json.array{route.tag},
      description = route.role and ("Role: %s."):format(route.role) or "For everybody.",
      parameters = parameters_of(route), requestBody = body or nil, responses = responses_of(route),
      security = route.role and json.array{{key = json.array()}} or json.array()}
end

local function paths()
   local list = {}
   for _, route in ipairs(routes) do
      list[route.path] = list[route.path] or {}
      list[route.path][route.method:lower()] = operation(route)
   end
   return list
end

local function tags()
   local list = json.array()
   for name, text in pairs(TAGS) do
      list[#list + 1] = {name = name, description = text}
   end
   table.sort(list, function(a, b)
      return a.name < b.name
   end)
   return list
end

--- The document as a table.
---@return table
function openapi.document()
   return {openapi = "3.1.0", info = INFO, servers = json.array{{url = "/"}}, tags = tags(), paths = paths(),
      components = {schemas = answers,
         securitySchemes = {key = {type = "http", scheme = "bearer", description = "`mmlua key add` makes keys."}},
         responses = {Problem = {description = "A problem.", headers = {["X-Request-Id"] = header("The request's id.")},
            content = {[problems.TYPE] = {schema = {["$ref"] = "#/components/schemas/Problem"}}}}}}}
end

--- The schema that a reference within the document leads to.
---@param reference string
---@return table
function openapi.resolve(reference)
   return assert(answers[reference:match("^#/components/schemas/(.*)$")], reference)
end

return openapi
