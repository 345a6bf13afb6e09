-- What nginx does with a request: the content_by_lua_block and log_by_lua_block of mm.conf call these.
local errors = require("mm.errors")
local options = require("mm.options")
local accept = require("mm.http.accept")
local admission = require("mm.http.admission")
local ask = require("mm.http.ask")
local body = require("mm.http.body")
local failures = require("mm.http.failures")
local guard = require("mm.http.guard")
local metrics = require("mm.http.metrics")
local own = require("mm.http.own")
local parameters = require("mm.http.parameters")
local router = require("mm.http.router")
local routes = require("mm.http.routes")
local send = require("mm.http.send")

local server = {}

local MOST_HEADERS = 100
local CONFIG = {worker = "text", changes = "boolean?", permits = "integer?", waiters = "integer?", wait_s = "number?"}
local DEFAULTS = {changes = false, permits = 2, waiters = 64, wait_s = 2}
-- The codes of what nginx itself refuses, by its status.
local CODES = {[400] = "syntax", [403] = "insecure", [404] = "no_route", [405] = "method_not_allowed",
   [408] = "syntax", [411] = "syntax", [413] = "too_large", [414] = "uri_too_long", [431] = "header_too_large",
   [501] = "not_supported", [502] = "no_worker", [503] = "overloaded", [504] = "timeout", [505] = "not_supported"}
-- nginx would judge by these itself, and an ETag here is that of a plan, not of all that is said of it.
local CONDITIONS = {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}
local table_of_routes = router.new(routes)

local function checked(config)
   options.check("mm.http.server.answer", config, CONFIG, 2)
   return setmetatable(config, {__index = DEFAULTS})
end

local function match(request)
   local route, values = table_of_routes:match(request.method, request.path)
   if not route then
      return nil, values
   end
   request.route, request.path_values = route, values
   ngx.var.mm_route = route.name
   return true
end

-- Those that were cut off might have said what matters.
local function check_headers(request)
   if request.has_too_many_headers then
      return errors.fail("header_too_large", ("more than %d headers"):format(MOST_HEADERS))
   end
   return true
end

local function read_body(request)
   local err
   request.raw = body.read()
   request.body, err = body.parse(request.route, request.raw, request.headers)
   return request.body, err
end

local function choose_form(request)
   local err
   request.form, err = accept.choose(request.headers["accept"], request.route,
      request.route.name == "get_metrics" and "application/openmetrics-text" or "application/json")
   return request.form, err
end

-- In this order: each either lets the request pass or says why not.
local STEPS = {check_headers, match, failures.check, guard.check_origin, guard.check_changes, guard.check_key,
   choose_form, parameters.check, read_body}

local function refusal(request)
   for _, step in ipairs(STEPS) do
      local is_right, err = step(request)
      if not is_right then
         return err
      end
   end
end

local function new_request(config)
   local headers, cut = ngx.req.get_headers(MOST_HEADERS)
   local request = {config = checked(config), method = ngx.req.get_method(), headers = headers,
      has_too_many_headers = cut == "truncated", id = ngx.var.request_id, remote = ngx.var.remote_addr,
      path = ngx.var.request_uri:match("^[^?#]*"), scheme = ngx.var.scheme, key = guard.key_of(headers)}
   for _, name in ipairs(CONDITIONS) do
      ngx.req.clear_header(name)
   end
   ngx.ctx.mm, ngx.var.mm_path = request, request.path
   ngx.var.mm_key = request.key and request.key:sub(1, 11) or ""
   return request
end

local function answer(config)
   local request = new_request(config)
   if request.path == "/" and (request.method == "GET" or request.method == "HEAD") then
      ngx.var.mm_route = "page"
      return own.get_page()
   end
   local err = refusal(request)
   if err then
      return send.problem(err)
   elseif own[request.route.name] then
      return own[request.route.name](request)
   end
   ask.worker(request)
end

local function on_abort()
   metrics.count("aborted")
   ngx.exit(499)
end

--- Answers a request. `worker` is the path of the workers' socket; `changes` whether what changes something is taken;
--- `permits` how many requests of this nginx process are asked of workers at a time, `waiters` how many wait for that
--- at most, `wait_s` seconds each.
---@param config table
function server.answer(config)
   ngx.on_abort(on_abort)
   local is_right, err = xpcall(answer, debug.traceback, config)
   if not is_right then
      ngx.log(ngx.ERR, err)
      send.problem(errors.new("bug", "a mistake"))
   end
end

--- Answers with a problem what nginx itself refused.
function server.refuse()
   local status, path = ngx.status, (ngx.var.request_uri or ""):match("^[^?#]*")
   local err = errors.new(CODES[status] or "bug", "nginx refused the request",
      {allow = status == 405 and table_of_routes:allowed(path) or nil})
   err.status = (status == 408 or status == 505) and status or nil
   send.problem(err)
end

--- Notes what became of a request.
function server.log()
   local request = ngx.ctx.mm or {remote = ngx.var.remote_addr}
   local route, status = ngx.var.mm_route or "", tonumber(ngx.var.status) or 0
   metrics.note(route ~= "" and route or "none", status, tonumber(ngx.var.request_time) or 0)
   if request.config then
      admission.leave(request)
      failures.note(request, status)
   end
end

return server
