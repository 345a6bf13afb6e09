-- The page as its users see it: what they read, fill in and push, in a browser of browser.lua.
--
--   local page = page.open(browser, URL)
--   page:sign_in(KEY)               page:go("retirements")     page:fill(LABEL, TEXT)     page:push(BUTTON)
--   page:tick(LABEL)                page:reads(TEXT)           waits until some element holds it
--   page:heading() -> text          page:store_plan()          of what loses nothing, in all view sets
--   page:confirm(BUTTON, LAKE)      fills in the form of that button and pushes it
local page = {}
page.__index = page

-- A literal of XPath, which knows no escapes.
local function literal(text)
   return text:find("'", 1, true) and '"' .. text .. '"' or "'" .. text .. "'"
end

function page.open(browser, url)
   browser:open(url)
   return setmetatable({browser = browser}, page)
end

local function labelled(label)
   return ("//*[@id = //label[starts-with(normalize-space(), %s)]/@for]"):format(literal(label))
end

function page:fill(label, text)
   self.browser:type(labelled(label), text)
end

function page:push(label)
   self.browser:click(("//button[not(@disabled)][normalize-space() = %s]"):format(literal(label)))
end

function page:tick(label)
   self.browser:click(("//label[starts-with(normalize-space(), %s)]/input"):format(literal(label)))
end

function page:reads(text)
   self.browser:see(("//body//*[contains(normalize-space(), %s)]"):format(literal(text)))
end

function page:sign_in(key)
   self:fill("Key", key .. self.browser.KEYS.enter)
   self.browser:see("//nav//a[@aria-current = 'page']")
   self:settle()
end

--- Waits until nothing is being loaded.
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

function page:store_plan()
   self:go("plan")
   self:push("Show what it would do")
   self:push("Store this plan")
   self:reads("Apply it")
end

-- Fields with these labels are in each form; those of the one with this button are meant.
function page:confirm(button, lake)
   local form = ("//form[.//button[normalize-space() = %s]]"):format(literal(button))
   self.browser:type(form .. "//textarea", "spec")
   self.browser:type(form .. "//input[@autocapitalize]", lake)
   self:push(button)
end

return page
