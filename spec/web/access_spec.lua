-- Who can use the page: with the keyboard alone, with small and wide screens, light and dark, with any role.
local pages = require("spec.support.page")

local SHOTS = (os.getenv("BUILD") or "build") .. "/screenshots"
local VIEWS = {"view-sets", "timeline/blocks", "plan", "retirements", "holds", "jobs", "audit", "doctor"}

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

describe("the page", function()
   local page, browser, db, retirement
   local contrast = read("spec/web/contrast.js")

   setup(function()
      page = pages.start()
      browser, db = page.browser, page.site.db
      os.execute("mkdir -p " .. SHOTS)
   end)

   teardown(function()
      page:stop()
   end)

   after_each(function()
      browser:look{width = 1280}
      assert.are.same({}, page:complaints("Failed to load resource: the server responded with a status of 40"))
   end)

   it("needs no mouse: from the key to a retirement that is taken back", function()
      local keys = browser.KEYS
      page:load()
      browser:press(page.site.keys.operator .. keys.enter)
      page:settle()
      page:tab_to("Plan of async_events")
      browser:press(keys.enter)
      page:settle()
      page:tab_to("Show what it would do")
      browser:press(keys.enter)
      page:reads("What goes")
      page:tab_to("Store this plan")
      browser:press(keys.enter)
      page:reads("Apply it")
      page:tab_to("Reason")
      browser:press("with keys")
      page:tab_to("To confirm")
      browser:press("demo" .. keys.enter)
      browser:see"//dd/span[. = 'applied']"
      page:tab_to("Check what an undo would do")
      browser:press(keys.enter)
      page:reads("It would restore 3 partitions")
      page:tab_to("Reason")
      browser:press("with keys")
      page:tab_to("To confirm")
      browser:press("demo" .. keys.enter)
      browser:see"//dd/span[. = 'undone']"
      assert.are.equal("3", db:value"select sum(done) from mmadmin.batch where kind = 'undo'")
   end)

   it("comes back to where one was, by its address and by the browser's button", function()
      page:open("viewer", "#doctor")
      assert.are.equal("Doctor", page:heading())

      page:go("retirements")
      browser:run("history.back()")
      browser:see"//h1[. = 'Doctor']"
      browser:run("history.forward()")
      browser:see"//h1[. = 'Retirements']"
   end)

   it("says what a key may not do", function()
      page:open("viewer", "#plan")
      page:reads("This needs the role planner; the key viewer has the role viewer.")
      assert.are.equal(0, browser:run"return document.querySelectorAll('main button:enabled').length")

      page:open("planner", "#holds")
      page:reads("This needs the role operator; the key planner has the role planner.")
   end)

   it("says that a server only reads", function()
      page:behind({}, function()
         page:open("admin", "#plan")
         page:reads("Changes are not enabled on this server.")
         assert.are.equal(0, browser:run"return document.querySelectorAll('main button:enabled').length")
      end)
   end)

   it("keeps the key only when asked to, and forgets it when one signs out", function()
      page:open("operator")
      browser:run"location.reload()"
      browser:see"//h1[. = 'Sign in']"
      page:tick("Keep it until this tab is closed")
      page:sign_in(page.site.keys.operator)
      browser:run"location.reload()"
      page:settle()
      browser:see"//h1[starts-with(., 'What would I lose')]"

      page:push("Sign out")
      browser:run"location.reload()"
      browser:see"//h1[. = 'Sign in']"
      assert.are.equal(0, browser:run"return sessionStorage.length")
   end)

   for _, look in ipairs{{"light", 1600}, {"light", 360}, {"dark", 1280}, {"dark", 360}} do
      local scheme, width = look[1], look[2]

      it(("fits a %s screen of %d pixels, and its texts can be read"):format(scheme, width), function()
         page:open("operator")
         if not retirement then
            page:store_plan()
            retirement = browser:run"return location.hash.slice(1)"
         end
         browser:look{width = width, scheme = scheme}
         for i = 0, #VIEWS do
            local view = VIEWS[i] or retirement
            page:go(view)
            browser:screenshot(("%s/%s-%s-%d.png"):format(SHOTS, view:gsub("/.*", "-one"), scheme, width))
            assert.are.same({view, {}}, {view, browser:run(contrast)})
            assert.are.same({view, width}, {view, browser:run"return document.documentElement.scrollWidth"})
         end
      end)
   end
end)
