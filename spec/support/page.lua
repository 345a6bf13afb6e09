-- The page as its users see it: what they read, fill in and push, in a browser, before nginx, workers and PostgreSQL.
--
--   local page = pages.start(OPTIONS)        options of served.lua; page.site and page.browser (browser.lua)
--   page:behind(OPTIONS, ACT)                while another nginx serves it
--   page:open(ROLE, [HASH])                  anew, signed in with a key of that role
--   page:go("retirements")                   page:heading() -> text     page:settle() waits until nothing is loading
--   page:reads(TEXT)                         waits until some element holds it
--   page:fill(LABEL, TEXT)                   page:push(BUTTON)          page:tick(LABEL)
--   page:confirm(BUTTON, LAKE)               fills in the form of that button and pushes it
--   page:store_plan()                        of what loses nothing, in all view sets
--   page:tab_to(TEXT)                        with the Tab key alone, to what is called so
--   page:complaints([EXPECTED]) -> list      of the console, but for those that match
--   page:stop()
local browsers = require("spec.support.browser")
local nginx = require("spec.support.nginx")
local served = require("spec.support.served")

local page = {}
page.__index = page

local MOST_TABS = 60

-- A literal of XPath, which knows no escapes.
local function literal(text)
   return text:find("'", 1, true) and '"' .. text .. '"' or "'" .. text .. "'"
end

function page.start(opts)
   local site = served.start(opts)
   return setmetatable({site = site, browser = browsers.start(), port = site.server.port}, page)
end

function page:stop()
   self.browser:stop()
   self.site:stop()
end

--- Calls `act` while another nginx serves the page, with these options of nginx.lua.
function page:behind(opts, act)
   opts.worker = self.site.path
   local server = nginx.start(opts)
   self.port = server.port
   local is_right, message = pcall(act)
   self.port = self.site.server.port
   server:stop()
   assert(is_right, message)
end

function page:load(hash)
   self.browser:open("about:blank")
   self.browser:open(("http://127.0.0.1:%s/%s"):format(self.port, hash or ""))
end

function page:open(role, hash)
   self:load(hash)
   self:sign_in(self.site.keys[role])
end

function page:sign_in(key)
   self:fill("Key", key .. self.browser.KEYS.enter)
   self.browser:see("//nav//a[@aria-current = 'page']")
   self:settle()
end

function page:settle()
   self.browser:see("//main[h1][not(descendant::*[@aria-busy])]")
end

function page:go(hash)
   self.browser:run("location.hash = arguments[0]", hash)
   self:settle()
end

function page:heading()
   return self.browser:text("//h1")
end

function page:reads(text)
   self.browser:see(("//body//*[contains(normalize-space(), %s)]"):format(literal(text)))
end

function page:fill(label, text)
   self.browser:type(("//*[@id = //label[starts-with(normalize-space(), %s)]/@for]"):format(literal(label)), text)
end

function page:push(label)
   self.browser:click(("//button[not(ancestor-or-self::*[@disabled])][normalize-space() = %s]"):format(literal(label)))
end

function page:tick(label)
   self.browser:click(("//label[starts-with(normalize-space(), %s)]/input"):format(literal(label)))
end

-- Fields with these labels are in each form; those of the one with this button are meant.
function page:confirm(button, lake)
   local form = ("//form[.//button[normalize-space() = %s]]"):format(literal(button))
   self.browser:type(form .. "//textarea", "spec")
   self.browser:type(form .. "//input[@autocapitalize]", lake)
   self:push(button)
end

function page:store_plan()
   self:go("plan")
   self:push("Show what it would do")
   self:push("Store this plan")
   self:reads("Apply it")
end

-- What has the focus is called as it is labelled, or as it reads; and one must see that it has it.
local FOCUSED = [[
   const node = document.activeElement;
   if (node === document.body || getComputedStyle(node).outlineStyle === "none" && !node.matches("h1, main")) {
      return node === document.body ? "" : `${node.textContent} is not seen to have the focus`;
   }
   return (node.labels?.[0] ?? node).textContent.replace(/\s+/g, " ").trim();]]

function page:tab_to(text)
   local seen = {}
   for i = 1, MOST_TABS do
      self.browser:press(self.browser.KEYS.tab)
      seen[i] = self.browser:run(FOCUSED)
      if seen[i]:sub(1, #text) == text then
         return
      end
   end
   error(("Tab does not lead to '%s', but to:\n%s"):format(text, table.concat(seen, "\n")), 2)
end

function page:complaints(expected)
   local list = {}
   for _, text in ipairs(self.browser:complaints()) do
      if not expected or not text:find(expected) then
         list[#list + 1] = text
      end
   end
   return list
end

return page
