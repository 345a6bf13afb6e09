-- Debian's Chromium, driven over WebDriver: chromedriver takes JSON over HTTP, and curl speaks that.
--
--   local browser = browser.start()          without a window, with a profile of its own, gone with the run
--   browser:open(url)
--   browser:click(xpath)                     waits until it is there, as all of these do
--   browser:type(xpath, text)                after what it holds; keys as WebDriver has them: browser.KEYS.tab
--   browser:press(keys)                      to what has the focus
--   browser:see(xpath)                       raises when it is not there in time
--   browser:text(xpath)  -> text             as it is rendered
--   browser:run(script, ...) -> value        JavaScript, its arguments are `arguments`
--   browser:look{width =, height =, scheme =}          of the window, "light" or "dark"
--   browser:offline(is_offline)
--   browser:screenshot(path)                 the whole page as PNG
--   browser:complaints() -> list of texts    what the console was told since the last time, but for debugging
--   browser:stop()
local cjson = require("cjson")
local coprocess = require("spec.support.coprocess")
local json = require("mm.json")
local shell = require("spec.support.shell")

local browser = {}
browser.__index = browser

browser.KEYS = {tab = "\u{E004}", enter = "\u{E007}", space = " ", shift = "\u{E008}", up = "\u{E013}",
   right = "\u{E014}", left = "\u{E012}", down = "\u{E015}", ["end"] = "\u{E010}", escape = "\u{E00C}"}

local WAIT_MS = 15000
local ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
local ARGUMENTS = {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
   "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
   "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb"}

function browser:ask(method, path, body)
   local command = ("curl -s -S --max-time 60 -X %s -H 'Content-Type: application/json' %s http://127.0.0.1:%s%s")
      :format(method, body and "--data-binary @-" or "", self.port, path)
   local result = shell.run(command, body and json.encode(body) or nil)
   assert(result.code == 0, result.stderr)
   local value = cjson.decode(result.stdout).value
   if type(value) == "table" and value.error then
      error(("%s: %s"):format(value.error, value.message:match("^[^\n]*")), 2)
   end
   return value ~= cjson.null and value or nil
end

function browser:command(name, body)
   return self:ask(body and "POST" or "GET", ("/session/%s/%s"):format(self.session, name), body)
end

local function driver()
   local process = coprocess.start("spec/support/until-eof chromedriver --port=0 --log-level=SEVERE")
   for line in function() return process:read() end do
      local port = line:match("started successfully on port (%d+)")
      if port then
         return process, port
      end
   end
   error("chromedriver did not start")
end

function browser.start()
   local self = setmetatable({folder = shell.run("mktemp -d").stdout:match("[^\n]+")}, browser)
   self.process, self.port = driver()
   local arguments = json.array{"--user-data-dir=" .. self.folder}
   for _, argument in ipairs(ARGUMENTS) do
      arguments[#arguments + 1] = argument
   end
   self.session = self:ask("POST", "/session", {capabilities = {alwaysMatch = {
      timeouts = {implicit = WAIT_MS}, ["goog:loggingPrefs"] = {browser = "ALL"},
      ["goog:chromeOptions"] = {args = arguments}}}}).sessionId
   return self
end

function browser:stop()
   self:ask("DELETE", "/session/" .. self.session)
   self.process:close()
   os.execute("rm -rf " .. shell.quote(self.folder))
end

function browser:open(url)
   self:command("url", {url = url})
end

function browser:see(xpath)
   return self:command("element", {using = "xpath", value = xpath})[ELEMENT]
end

function browser:text(xpath)
   return self:command(("element/%s/text"):format(self:see(xpath)))
end

-- What is found may be gone by the time that it is clicked: then there is a new one.
local function again(self, xpath, act)
   local is_done, message = pcall(act, self:see(xpath))
   if not is_done and tostring(message):find("stale element", 1, true) then
      return act(self:see(xpath))
   end
   assert(is_done, message)
end

function browser:click(xpath)
   again(self, xpath, function(id)
      self:command(("element/%s/click"):format(id), {id = id})
   end)
end

function browser:type(xpath, text)
   again(self, xpath, function(id)
      self:command(("element/%s/value"):format(id), {text = text})
   end)
end

function browser:press(keys)
   local id = self:command("element/active")[ELEMENT]
   self:command(("element/%s/value"):format(id), {text = keys})
end

function browser:run(script, ...)
   return self:command("execute/sync", {script = script, args = json.array{...}})
end

function browser:devtools(name, params)
   return self:command("goog/cdp/execute", {cmd = name, params = params})
end

function browser:look(opts)
   self:devtools("Emulation.setDeviceMetricsOverride", {width = opts.width, height = opts.height or 900,
      deviceScaleFactor = 1, mobile = false})
   self:devtools("Emulation.setEmulatedMedia", {features = json.array{{name = "prefers-color-scheme",
      value = opts.scheme or "light"}}})
end

function browser:offline(is_offline)
   self:command("chromium/network_conditions", {network_conditions = {offline = is_offline, latency = 0,
      throughput = 1e9}})
end

function browser:screenshot(path)
   local picture = self:devtools("Page.captureScreenshot", {captureBeyondViewport = true}).data
   assert(shell.run("base64 -d >" .. shell.quote(path), picture).code == 0)
end

function browser:complaints()
   local texts = {}
   for _, entry in ipairs(self:command("se/log", {type = "browser"})) do
      if entry.level ~= "DEBUG" then
         texts[#texts + 1] = entry.level .. " " .. entry.message
      end
   end
   return texts
end

return browser
