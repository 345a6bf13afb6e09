-- What nginx refuses before a worker hears of it.
local http = require("spec.support.nginx")
local stub = require("spec.support.stub")

local KEY = "mm_abcdefgh_" .. ("0123456789abcdef"):rep(4)
local ID = "demo-1-a1b2c3"
local DIGEST = 'If-Match: "' .. ("a"):rep(64) .. '"'

describe("nginx", function()
   local worker, server, address = nil, nil, 0

   setup(function()
      worker = stub.start()
      server = http.start{worker = worker.path, changes = true}
   end)

   teardown(function()
      server:stop()
      worker:stop()
   end)

   before_each(function()
      worker:answer_json(200, "{}")
      address = address + 1 -- failures are counted by address
   end)

   local function ask(path, opts)
      opts = opts or {}
      opts.address, opts.key = opts.address or "127.0.1." .. address, opts.key ~= false and KEY or nil
      return server:ask(path, opts)
   end

   -- The problem, whole and of the right status, and that no worker was asked.
   local function assert_refused(status, code, answer, detail)
      assert.are.same({status, code, "application/problem+json"},
         {answer.status, (answer.json or {}).code, answer.headers["content-type"]}, answer.body)
      assert.are.same({status, answer.headers["x-request-id"]}, {answer.json.status, answer.json.request_id})
      assert.are.equal(detail or answer.json.detail, answer.json.detail)
      assert.are.same({}, worker:requests())
   end

   it("lets a right request through", function()
      assert.are.equal(200, ask("/v1/status").status)
      assert.are.equal(1, #worker:requests())
   end)

   it("knows no other paths", function()
      assert_refused(404, "no_route", ask("/v1/nothing"), "nothing has the path /v1/nothing")
      assert_refused(404, "no_route", ask("/v1/status/"))
      assert_refused(404, "no_route", ask("/v1//status"))
      assert_refused(404, "no_route", ask("/v1/../v1/status"))
   end)

   it("says which methods a path has", function()
      local answer = ask("/v1/retirements", {method = "DELETE"})

      assert_refused(405, "method_not_allowed", answer, "DELETE is not for /v1/retirements")
      assert.are.equal("GET, HEAD, POST", answer.headers["allow"])
      for _, method in ipairs{"OPTIONS", "TRACE", "PUT", "FOO"} do
         answer = ask("/v1/status", {method = method})
         assert_refused(405, "method_not_allowed", answer)
         assert.are.equal("GET, HEAD", answer.headers["allow"])
      end
   end)

   it("answers HEAD without a body", function()
      local answer = ask("/v1/status", {method = "HEAD"})

      assert.are.same({200, ""}, {answer.status, answer.body})
   end)

   it("names the parameter that is wrong", function()
      assert_refused(400, "usage", ask("/v1/partitions?limt=1"), "the parameter limt is unknown; did you mean 'limit'?")
      assert_refused(400, "usage", ask("/v1/partitions?limit=1001"), "the parameter limit is more than 1000")
      assert_refused(400, "usage", ask("/v1/partitions?limit=1&limit=2"), "the parameter limit is given twice")
      assert_refused(400, "usage", ask("/v1/explain?view_set=blocks"), "the parameter at is missing")
      assert_refused(400, "usage", ask("/v1/jobs/0"), "in the path job is less than 1")
      assert_refused(400, "usage", ask("/v1/retirements/demo"))
      assert_refused(400, "usage", ask("/v1/partitions?view_set=%FF"), "the parameter view_set is not UTF-8")
      assert_refused(400, "usage", ask("/v1/partitions?view_set=a%00b"), "the parameter view_set holds a NUL byte")
      assert_refused(400, "usage", ask("/v1/status?" .. ("a&"):rep(51)), "there are too many parameters")
   end)

   it("takes a body of JSON and nothing else", function()
      local function post(body, opts)
         opts = opts or {}
         opts.body, opts.method = body, "POST"
         return ask("/v1/holds", opts)
      end

      assert_refused(415, "unsupported_media_type", post("{}", {content_type = "text/plain"}))
      assert_refused(415, "unsupported_media_type", post("{}", {content_type = "application/json; charset=latin1"}))
      assert_refused(415, "unsupported_media_type", post("{}", {headers = {"Content-Encoding: gzip"}}))
      assert_refused(400, "usage", post(""), "the body is missing")
      assert_refused(400, "usage", post("[]"), "the body must be an object")
      assert_refused(400, "usage", post('{"reason":"r","reeson":1}'), "reeson is unknown; did you mean 'reason'?")
      assert_refused(400, "usage", post('{"reason":null}'), "reason must be a string, not null")
      assert_refused(400, "usage", post('{"reason":" "}'), "reason is blank")
      assert_refused(400, "usage", post('{"all":true}'), "reason is missing")
      for _, body in ipairs{"{", '{"reason":"\255"}', '{"reason":NaN}', "{reason:1}", '{"a":1}x', ("["):rep(10000),
         ('{"a":'):rep(40) .. "1" .. ("}"):rep(40), '{"reason":"\\ud800"}', "\239\187\191{}"} do
         assert_refused(400, "syntax", post(body))
      end
   end)

   it("takes the usual ways to say JSON", function()
      for _, kind in ipairs{"application/json", "application/json;charset=utf-8", 'Application/JSON; charset="UTF-8"'} do
         assert.are.equal(200, ask("/v1/holds", {method = "POST", body = '{"reason":"r"}', content_type = kind}).status)
      end
   end)

   it("takes no body where none belongs", function()
      assert_refused(400, "usage", ask("/v1/status", {method = "GET", body = "{}"}), "a GET has no body")
      assert_refused(400, "usage", ask("/v1/retirements/" .. ID .. "/pause", {method = "POST", body = '{"a":1}'}),
         "a is unknown")
      for _, body in ipairs{"", "{}"} do
         assert.are.equal(200, ask("/v1/retirements/" .. ID .. "/pause", {method = "POST", body = body}).status)
      end
   end)

   it("takes no more than 64 KiB", function()
      local function hold(size)
         return '{"reason":"r"' .. (" "):rep(size - 14) .. "}"
      end

      assert.are.equal(200, ask("/v1/holds", {method = "POST", body = hold(65536)}).status)
      worker:answer_json(200, "{}")
      assert_refused(413, "too_large", ask("/v1/holds", {method = "POST", body = hold(65537)}))
      assert_refused(413, "too_large", ask("/v1/holds", {method = "POST", body = hold(65537),
         headers = {"Transfer-Encoding: chunked"}}))
   end)

   it("wants the digest of what is applied", function()
      local path, body = "/v1/retirements/" .. ID .. "/apply", '{"reason":"r"}'

      assert_refused(428, "precondition_required", ask(path, {method = "POST", body = body}))
      assert_refused(400, "usage", ask(path, {method = "POST", body = body, headers = {"If-Match: *"}}))
      assert.are.equal(200, ask(path, {method = "POST", body = body, headers = {DIGEST}}).status)
      assert.are.equal(("a"):rep(64), worker:requests()[1].if_match)
   end)

   it("wants a right Idempotency-Key", function()
      for _, value in ipairs{"a b", ("x"):rep(256), "\195\164"} do
         assert_refused(400, "usage", ask("/v1/holds", {method = "POST", body = '{"reason":"r"}',
            headers = {"Idempotency-Key: " .. value}}))
      end
   end)

   it("answers in no other form", function()
      local answer = ask("/v1/status", {headers = {"Accept: text/html"}})

      assert_refused(406, "not_acceptable", answer, "this is answered as application/json")
      assert_refused(406, "not_acceptable", ask("/v1/status", {headers = {"Accept: application/json;q=0"}}))
      assert.are.equal(200, ask("/v1/status", {headers = {"Accept: text/html, */*;q=0.1"}}).status)
   end)

   it("wants a key that looks like one, in Authorization alone", function()
      for _, header in ipairs{"X-None: 1", "Authorization: Bearer", "Authorization: Basic " .. KEY,
         "Authorization: Bearer " .. KEY .. "0", "Authorization: Bearer mm_short", "Cookie: key=" .. KEY, "X-API-Key: " .. KEY} do
         local answer = ask("/v1/status", {key = false, headers = {header}})

         assert_refused(401, "unauthorized", answer)
         assert.are.equal("Bearer", answer.headers["www-authenticate"])
         address = address + 1
      end
      assert_refused(400, "usage", ask("/v1/status?key=" .. KEY))
   end)

   it("serves what needs no key without one", function()
      for _, path in ipairs{"/livez", "/", "/v1/openapi.json", "/v1/problems"} do
         assert.are.equal(200, ask(path, {key = false}).status)
      end
   end)

   it("says nothing to pages of other origins", function()
      local path = "/v1/status"

      assert_refused(403, "cross_origin", ask(path, {headers = {"Origin: http://evil.example"}}))
      assert_refused(403, "cross_origin", ask(path, {headers = {"Origin: null"}}))
      assert_refused(403, "cross_origin", ask(path, {headers = {"Sec-Fetch-Site: cross-site"}}))
      assert_refused(403, "cross_origin", ask(path, {headers = {"Sec-Fetch-Site: same-site"}}))
      local own = ask(path, {headers = {"Origin: http://127.0.0.1:" .. server.port, "Sec-Fetch-Site: same-origin"}})
      assert.are.equal(200, own.status)
      assert.is_nil(own.headers["access-control-allow-origin"])
   end)

   it("takes changes in the clear from this machine alone", function()
      local function hold(from)
         return ask("/v1/holds", {method = "POST", body = '{"reason":"r"}', address = from})
      end

      assert_refused(403, "insecure", hold("192.0.2.1"))
      assert_refused(403, "insecure", hold("::2"))
      assert.are.equal(200, hold("127.9.9.9").status)
      assert.are.equal(200, hold("::1").status)
      assert.are.equal(200, ask("/v1/status", {address = "192.0.2.1"}).status)
   end)

   it("sends the headers that keep browsers from mischief, whatever it answers", function()
      for _, path in ipairs{"/v1/status", "/livez", "/v1/nothing", "/"} do
         local headers = ask(path).headers

         assert.is_truthy(headers["content-security-policy"]:find("^default%-src 'none'"), path)
         assert.is_truthy(headers["content-security-policy"]:find("frame%-ancestors 'none'"))
         assert.are.same({"nosniff", "no-referrer", "DENY", "same-origin"}, {headers["x-content-type-options"],
            headers["referrer-policy"], headers["x-frame-options"], headers["cross-origin-resource-policy"]})
         assert.are.equal(path == "/" and "no-cache" or "no-store", headers["cache-control"])
         assert.is_nil(headers["set-cookie"])
         assert.is_truthy(headers["x-request-id"]:find("^%x+$") and #headers["x-request-id"] == 32)
      end
   end)

   it("tells workers nothing that a client says of itself", function()
      ask("/v1/status", {headers = {"X-Request-Id: evil", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-User: root",
         "X-Principal: root", "X-Role: admin"}})

      local request = worker:requests()[1]
      assert.are_not.equal("evil", request.request_id)
      request.request_id = nil
      assert.are.same({route = "get_status", path = {}, query = {}, body = {}, key = KEY, accept = "json",
         remote = "127.0.1." .. address, changes_enabled = true}, request)
   end)

   it("logs who asked for what, and never a key", function()
      local answer = ask("/v1/retirements/" .. ID .. "?x=" .. KEY)

      local entry, line = server:log(answer.headers["x-request-id"])
      assert.are.same({answer.headers["x-request-id"], "get_retirement", "mm_abcdefgh", 400, "/v1/retirements/" .. ID},
         {entry.request_id, entry.route, entry.key, entry.status, entry.path})
      assert.are.equal("number", type(entry.seconds))
      entry = server:log(ask("/v1/status").headers["x-request-id"])
      assert.is_truthy(entry.worker_seconds:find("^%d+%.%d+$"))
      assert.is_nil(line:find(KEY:sub(12), 1, true))
   end)
end)

describe("nginx without changes", function()
   it("reads, and refuses the rest", function()
      local worker = stub.start()
      local server = http.start{worker = worker.path}
      worker:answer_json(200, "{}")

      local read = server:ask("/v1/status", {key = KEY})
      local answer = server:ask("/v1/holds", {method = "POST", body = '{"reason":"r"}', key = KEY})

      assert.are.same({200, 403, "changes_disabled"}, {read.status, answer.status, answer.json.code})
      assert.are.equal(1, #worker:requests())
      server:stop()
      worker:stop()
   end)
end)

describe("nginx with TLS", function()
   local worker, server

   setup(function()
      worker = stub.start()
      server = http.start{worker = worker.path, changes = true, tls = true}
   end)

   teardown(function()
      server:stop()
      worker:stop()
   end)

   it("takes changes from everywhere, in HTTP/1.1 and 2", function()
      worker:answer_json(200, "{}")

      for _, version in ipairs{"--http1.1", "--http2"} do
         local answer = server:ask("/v1/holds", {method = "POST", body = '{"reason":"r"}', key = KEY, curl = version,
            address = "192.0.2.1", headers = {"Origin: https://127.0.0.1:" .. server.port}})

         assert.are.equal(200, answer.status)
         assert.is_truthy(answer.headers["strict-transport-security"]:find("^max%-age="))
      end
   end)

   it("answers who does not speak it with a problem", function()
      local answer = server:send("GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

      assert.are.same({403, "insecure"}, {answer.status, answer.json.code})
   end)

   it("cuts what is cut short in HTTP/2, too", function()
      worker:answer('{"status":200,"type":"application/x-ndjson"}\n' .. ("100000\n" .. ("x"):rep(100000)):rep(3))

      local answer = server:ask("/v1/partitions", {key = KEY, headers = {"Accept: application/x-ndjson"}})

      assert.are.equal(92, answer.code) -- curl: HTTP/2 stream was not closed cleanly
   end)
end)
