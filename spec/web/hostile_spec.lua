-- The page when names are hostile, keys end, and what serves it does not answer.
local pages = require("spec.support.page")

local HOSTILE = [[<img src=x onerror="window.isTaken = 1">'"&amp;]] .. "\u{202E}txt.\u{200B}"
   .. ("x"):rep(150)
local SHOWN = [[<img src=x onerror="window.isTaken = 1">'"&amp;\u{202E}txt.\u{200B}]] .. ("x"):rep(150)

-- A row of the lake again, with such names; and, as that of a view set in the registry, an outdated one.
local HOSTILE_ROWS = [[
   create temporary table row as select * from lakehouse_partitions
   where view_set_name = 'thread_spans' and num_rows > 0 and file_schema_hash <> '\x04' limit 1;
   update row set view_instance_id = $hostile$%s$hostile$, file_path = $hostile$%s$hostile$;
   insert into lakehouse_partitions select * from row;
   update row set view_set_name = $hostile$%s$hostile$;
   insert into lakehouse_partitions select * from row;]]

describe("the page", function()
   local page, browser, db, expected

   setup(function()
      page = pages.start()
      browser, db = page.browser, page.site.db
      db:psql(HOSTILE_ROWS:format(HOSTILE, HOSTILE, HOSTILE))
   end)

   teardown(function()
      page:stop()
   end)

   before_each(function()
      expected = nil
      page:open("operator")
   end)

   after_each(function()
      assert.are.same({}, page:complaints(expected))
   end)

   local function is_harmless()
      return browser:run"return window.isTaken === undefined && document.images.length === 0"
   end

   it("shows names that are markup as text, and what cannot be seen as its number", function()
      assert.are.equal(SHOWN, browser:text"//tbody//bdi[starts-with(., '<img')]")

      browser:click"//tr[th//bdi[starts-with(., '<img')]]//a[starts-with(., 'Timeline')]"
      page:settle()
      assert.are.equal("Timeline of " .. SHOWN, page:heading())
      page:go("doctor")
      page:reads("<img src=x")
      assert.is_true(is_harmless())
   end)

   it("shows them so in plans, reasons and the audit, too", function()
      page:go("holds")
      browser:type("//select", "thread_spans")
      page:fill("Instance", "<img src=x onerror=alert(1)>")
      browser:type("//form[.//button[. = 'Hold it']]//textarea", "<b>bold</b>")
      page:push("Hold it")
      page:reads("<b>bold</b>")
      page:store_plan()
      page:go("audit")
      browser:run"document.querySelectorAll('details').forEach((each) => { each.open = true; })"

      page:reads("<img src=x onerror=alert(1)>")
      assert.is_true(is_harmless())
   end)

   it("says that workers are busy, and asks again", function()
      local session = db:session()
      page:behind({replace = {["permits = 2"] = "permits = 1", ["waiters = 64"] = "waiters = 0"}}, function()
         expected = "the server responded with a status of 503"
         page:open("operator", "#jobs")
         session:run"begin"
         session:run"lock table lakehouse_partitions"
         browser:run"location.hash = 'view-sets'"
         page:reads("All workers are busy: ask again. Trying again in")
         session:run"rollback"
         browser:see"//h2[. = 'Loses nothing']"
      end)
      session:close()
   end)

   it("keeps trying when the server cannot be reached, and plans but once", function()
      local function plans()
         return tonumber(db:value"select count(*) from mmadmin.retirement")
      end
      local before = plans()
      expected = "net::ERR_INTERNET_DISCONNECTED"
      page:go("plan")
      page:push("Show what it would do")
      page:reads("Would retire")
      browser:offline(true)
      page:push("Store this plan")
      page:reads("The server cannot be reached. Trying again in 2 s.")
      browser:offline(false)

      page:reads("Apply it")
      browser:see"//*[@id = 'notice'][not(node())]"
      assert.are.equal(before + 1, plans())
   end)

   it("says so while a job runs, which goes on", function()
      expected = "net::ERR_INTERNET_DISCONNECTED"
      page:store_plan()
      browser:click"//summary[. = 'More choices']"
      page:fill("Partitions in a transaction", "15")
      page:confirm("Apply", "demo")
      browser:see"//progress"
      browser:offline(true)
      page:reads("The server cannot be reached.")

      browser:offline(false)
      browser:see"//dd/span[. = 'applied']"
      assert.are.equal("done", db:value"select state from mmadmin.job order by job desc limit 1")
   end)

   it("does not ask while nobody sees it", function()
      local function asked()
         return browser:run[[return performance.getEntriesByType("resource").filter((each) =>
            each.name.includes("/v1/jobs")).length]]
      end
      local function hide(is_hidden)
         browser:run([[Object.defineProperty(document, "hidden", {value: arguments[0], configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));]], is_hidden)
      end
      page:go("jobs")
      hide(true)
      db:psql"select pg_sleep(0.5)" -- for what was asked before
      local before = asked()
      db:psql"select pg_sleep(3)" -- it would have asked after 2
      assert.are.equal(before, asked())

      hide(false)
      for _ = 1, 50 do
         db:psql"select pg_sleep(0.2)"
         if asked() > before then
            return
         end
      end
      error("it does not ask any more")
   end)

   it("keeps within a small screen with the longest names", function()
      browser:look{width = 360}
      for _, view in ipairs{"view-sets", "plan", "timeline", "audit", "retirements"} do
         page:go(view)
         assert.are.same({view, 360}, {view, browser:run"return document.documentElement.scrollWidth"})
      end
      browser:look{width = 1280}
   end)

   it("asks for another key when one is known no more, and comes back to where one was", function()
      expected = "the server responded with a status of 401"
      db:psql"update mmadmin.api_key set revoked_at = now() where name = 'operator'"
      browser:run"location.hash = 'jobs'"
      page:reads("The key is not known any more")
      page:sign_in(page.site.keys.admin)

      assert.are.equal("Jobs", page:heading())
   end)
end)
