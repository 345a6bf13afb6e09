-- The main job on the page, in a real browser, before real nginx, workers and PostgreSQL.
local pages = require("spec.support.page")

describe("the page", function()
   local page, browser, db

   setup(function()
      page = pages.start()
      browser, db = page.browser, page.site.db
   end)

   teardown(function()
      page:stop()
   end)

   before_each(function()
      page:open("operator")
   end)

   -- Mistakes of the script, and whatever the policy forbids.
   after_each(function()
      assert.are.same({}, page:complaints())
   end)

   -- All of both tables.
   local function lake()
      return db:value[[select md5(string_agg(r, ',' order by r)) from (
         select p::text from lakehouse_partitions p union all select t::text from temporary_files t) rows (r)]]
   end

   local function count(what)
      return tonumber(db:value("select count(*) from mmadmin." .. what))
   end

   local function retired()
      return tonumber(db:value"select coalesce(sum(done), 0) from mmadmin.batch where kind = 'apply'")
   end

   it("asks first what would be lost, and whether it can be taken back", function()
      assert.are.equal("What would I lose, and can I take it back?", page:heading())
      assert.are.equal("742", browser:text"//h2[. = 'Loses nothing']/following-sibling::p")
      assert.are.equal("18", browser:text"//h2[. = 'Would be lost']/following-sibling::p")
      assert.are.equal("102 empty", browser:text"//tr[th//bdi = 'blocks']//li[contains(@class, 'empty')]")
      page:reads("Nothing is retired now that could be taken back.")
   end)

   it("draws a timeline through which the arrow keys lead", function()
      local keys, slider = browser.KEYS, "//*[@role = 'slider'][starts-with(@aria-valuetext, '%s')]"
      page:go("timeline/blocks")
      browser:run("document.querySelector('[role=slider]').focus()")
      browser:see(slider:format("2026-11-15 12:00 to 2026-11-15 14:00: empty covers 100"))

      browser:press(keys.right .. keys.right .. keys.left)
      browser:see(slider:format("2026-11-15 14:00"))
      browser:press(keys["end"])
      browser:see(slider:format("2026-11-23 02:00"))
      browser:press(keys.enter)
      page:reads("The whole timeline")
   end)

   it("says in a dry run what it would do, and does not do it", function()
      local before, plans = lake(), count("retirement")
      page:go("plan")
      page:push("Show what it would do")

      page:reads("Would retire 750 partitions")
      page:reads("71 partitions rebuildable: nothing rebuilds a global instance by itself")
      assert.are.same({before, plans}, {lake(), count("retirement")})
   end)

   it("takes no other name than the lake's", function()
      local before = lake()
      page:store_plan()
      page:confirm("Apply", "prod")

      page:reads("This is not the name of the lake, demo: nothing was done.")
      assert.are.same({before, 0}, {lake(), count("job")})
   end)

   it("gives a plan up", function()
      page:store_plan()
      page:push("Give the plan up")

      browser:see"//dd/span[. = 'abandoned']"
      assert.are.equal(1, count"retirement where state = 'abandoned'")
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
      assert.are.equal(750, retired())
      page:push("Check what an undo would do")
      page:reads("It would restore 750 partitions")
      page:confirm("Undo", "demo")
      browser:see"//dd/span[. = 'undone']"
      assert.are.equal(before, lake())
   end)

   it("tells what the guards found, and overrides them with a reason only", function()
      page:go("plan/blocks")
      page:tick("Exactly these verdicts")
      page:tick("only copy")
      page:push("Show what it would do")
      page:push("Store this plan")
      page:reads("Guards refuse this as it stands.")
      page:confirm("Apply", "demo")
      page:reads("A guard refused")

      page:fill("Override blocks_last, because", "a spec")
      page:confirm("Apply", "demo")
      browser:see"//dd/span[. = 'applied']"
      page:reads("blocks_last: a spec")
   end)

   it("makes and releases a hold", function()
      page:go("holds")
      browser:type("//select", "blocks")
      browser:type("//form[.//button[. = 'Hold it']]//textarea", "an audit")
      page:push("Hold it")
      browser:click"//summary[starts-with(., 'Release')]"
      browser:type("//form[.//button[. = 'Release']]//textarea", "it is over")
      page:push("Release")

      page:reads("it is over")
      assert.are.equal(1, count"hold where view_set_name = 'blocks' and released_at is not null")
   end)

   it("shows the audit, whose chain is whole", function()
      page:go("audit")

      page:reads("The chain is intact")
      browser:see"//tr[.//span[. = 'published']][contains(., 'spec')]"
   end)
end)
