-- Bytes that are no right request, and clients that are slow.
local http = require("spec.support.nginx")

describe("nginx", function()
   local server

   setup(function()
      server = http.start{worker = "/nowhere", replace = {["client_header_timeout 10s"] = "client_header_timeout 1s",
         ["client_body_timeout 10s"] = "client_body_timeout 1s", ["keepalive_timeout 30s"] = "keepalive_timeout 1s"}}
   end)

   teardown(function()
      server:stop()
   end)

   after_each(function()
      assert.are.equal(200, server:ask("/livez").status)
      assert.is_nil(server:errors():find("%[alert%]"))
      assert.is_nil(server:errors():find("%[emerg%]"))
   end)

   -- What is answered to bytes that nginx itself refuses: a problem like any other.
   local function assert_problem(status, code, text)
      local answer = server:send(text)
      assert.are.same({status, "application/problem+json", code},
         {answer.status, answer.headers["content-type"], (answer.json or {}).code}, text:sub(1, 100))
      assert.are.equal(answer.headers["x-request-id"], answer.json.request_id)
      assert.are.equal("nosniff", answer.headers["x-content-type-options"])
      assert.is_nil(answer.body:find("<html", 1, true))
   end

   local HOST = "Host: x\r\nConnection: close\r\n"

   it("answers what is no request with a problem", function()
      for _, text in ipairs{"\0\1\2\3\r\n\r\n", "GET\r\n\r\n", "GET /livez HTTP/x\r\n\r\n", "GET /livez HTTP/1.1\r\n\r\n",
         "GET /li\0vez HTTP/1.1\r\n" .. HOST .. "\r\n", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n",
         "GET /livez HTTP/1.1\r\n" .. HOST .. "Content-Length: -1\r\n\r\n",
         "POST /v1/holds HTTP/1.1\r\n" .. HOST .. "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
         "POST /v1/holds HTTP/1.1\r\n" .. HOST .. "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET /%zz HTTP/1.1\r\n" .. HOST .. "\r\n",
         "GET /../../etc/passwd HTTP/1.1\r\n" .. HOST .. "\r\n"} do
         assert_problem(400, "syntax", text)
      end
   end)

   it("answers other versions and codings with a problem", function()
      assert_problem(505, "not_supported", "GET /livez HTTP/2.0\r\n" .. HOST .. "\r\n")
      assert_problem(501, "not_supported",
         "POST /v1/holds HTTP/1.1\r\n" .. HOST .. "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n")
   end)

   it("answers what is too long with a problem", function()
      assert_problem(414, "uri_too_long", "GET /" .. ("a"):rep(9000) .. " HTTP/1.1\r\n" .. HOST .. "\r\n")
      assert_problem(431, "header_too_large", "GET /livez HTTP/1.1\r\n" .. HOST .. "X: " .. ("a"):rep(9000) .. "\r\n\r\n")
      assert_problem(431, "header_too_large",
         "GET /livez HTTP/1.1\r\n" .. HOST .. ("X-A: " .. ("a"):rep(900) .. "\r\n"):rep(60) .. "\r\n")
   end)

   it("refuses a chunk without a right length", function()
      local text = "POST /v1/holds HTTP/1.1\r\n" .. HOST .. "Transfer-Encoding: chunked\r\n\r\n"

      for _, rest in ipairs{"zz\r\n", "ffffffffffffffffff\r\n", "-1\r\n"} do
         assert.is_true(server:send(text .. rest).status >= 400)
      end
   end)

   it("answers requests that come together one after the other", function()
      local answer = server:send(("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"):rep(3) .. "GET /v1/nothing HTTP/1.1\r\n"
         .. HOST .. "\r\n")

      assert.are.equal(3, select(2, answer.body:gsub('"ok"', "")))
      assert.are.equal(1, select(2, answer.body:gsub('"no_route"', "")))
   end)

   it("does not wait for clients that are slow with their headers", function()
      local answer = server:send("GET /livez HTTP/1.1\r\nHost: x\r\n", 10)

      assert.is_true(answer.status == nil or answer.status == 408)
   end)

   it("does not wait for clients that are slow with their body", function()
      local answer = server:send("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", 10)

      assert.is_true(answer.status == 408 or answer.status == 405)
   end)
end)
