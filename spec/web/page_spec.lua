-- The page `/` in a real browser, before real nginx, workers and PostgreSQL.
local browsers = require("spec.support.browser")
local pages = require("spec.support.page")
local served = require("spec.support.served")

local KEYS = browsers.KEYS

describe("the page", function()
   local site, browser, page

   setup(function()
      site = served.start()
      browser = browsers.start()
   end)

   teardown(function()
      browser:stop()
      site:stop()
   end)

   local function open(role, hash)
      browser:open("about:blank")
      page = pages.open(browser, ("http://127.0.0.1:%s/%s"):format(site.server.port, hash or ""))
      page:sign_in(site.keys[role])
   end

   before_each(function()
      open("operator")
   end)

   -- Mistakes of the script, and whatever the policy forbids.
   after_each(function()
      assert.are.same({}, browser:complaints())
   end)

   -- All of both tables.
   local function lake()
      return site.db:value[[select md5(string_agg(r, ',' order by r)) from (
         select p::text from lakehouse_partitions p union all select t::text from temporary_files t) rows (r)]]
   end

   local function retired()
      return tonumber(site.db:value"select coalesce(sum(done), 0) from mmadmin.batch where kind = 'apply'")
   end

   local function plans()
      return site.db:value"select count(*) from mmadmin.retirement"
   end

   it("asks first what would be lost, and whether it can be taken back", function()
      assert.are.equal("What would I lose, and can I take it back?", page:heading())
      assert.are.equal("742", browser:text"//h3[. = 'Loses nothing']/following-sibling::p")
      assert.are.equal("18", browser:text"//h3[. = 'Would be lost']/following-sibling::p")
      assert.are.equal("102 empty", browser:text"//tr[th//bdi = 'blocks']//li[contains(@class, 'empty')]")
      page:reads("Nothing is retired now that could be taken back.")
   end)

   it("draws a timeline through which the arrow keys lead", function()
      page:go("timeline/blocks")
      local slider = "//*[@role = 'slider'][starts-with(@aria-valuetext, '%s')]"
      browser:run("document.querySelector('[role=slider]').focus()")
      browser:see(slider:format("2026-11-15 12:00 to 2026-11-15 14:00: empty covers 100"))
      browser:press(KEYS.right .. KEYS.right .. KEYS.left)

      browser:see(slider:format("2026-11-15 14:00"))
      browser:press(KEYS["end"])
      browser:see(slider:format("2026-11-23 02:00"))
      browser:press(KEYS.enter)
      page:reads("The whole timeline")
   end)

   it("says in a dry run what it would do, and does not do it", function()
      local before, before_plans = lake(), plans()
      page:go("plan")
      page:push("Show what it would do")

      page:reads("Would retire 750 partitions")
      page:reads("71 partitions rebuildable: nothing rebuilds a global instance by itself")
      assert.are.same({before, before_plans}, {lake(), plans()})
   end)

   it("takes no other name than the lake's", function()
      local before = lake()
      page:store_plan()
      page:confirm("Apply", "prod")

      page:reads("This is not the name of the lake, demo: nothing was done.")
      assert.are.same({before, "0"}, {lake(), site.db:value"select count(*) from mmadmin.job"})
   end)

   it("applies, pauses in the middle, goes on, and takes it back: the lake is as it was", function()
      local before = lake()
      page:store_plan()
      browser:click"//summary[. = 'More choices']"
      page:fill("Partitions in a transaction", "1")
      page:confirm("Apply", "demo")
      page:reads(" of 750 partitions retired,")
      page:push("Pause")
      page:reads("Resume it")
      local middle = retired()
      assert.is_true(0 < middle and middle < 750)

      page:confirm("Resume", "demo")
      browser:see"//dd/span[. = 'applied']"
      page:push("Check what an undo would do")
      assert.are.equal(750, retired())
      page:reads("It would restore 750 partitions")
      page:confirm("Undo", "demo")
      browser:see"//dd/span[. = 'undone']"
      assert.are.equal(before, lake())
   end)
end)
