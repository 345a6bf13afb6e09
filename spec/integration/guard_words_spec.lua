-- What guards say: on the real lake in the middle of its upgrade, under the registry of either release.
local mm = require("mm")
local postgres = require("spec.support.postgres")

local OLDER = "the registry is the older one: only later releases write blocks 05 (and 5 more hashes), which it calls "
   .. "outdated"
local MIXED = "two releases write this lake: blocks 03 (and 5 more hashes), which the registry calls outdated, was "
   .. "written at 2026-11-23 02:16:56 UTC, within two minutes of the lake's newest write"

describe("the words of the guard writers", function()
   local db

   local function open(release)
      return assert(mm.open(db.conninfo, {registry = assert(mm.registry.release(release))}))
   end

   -- What a lake opened with `opened` is told of a plan that was made with `planned`.
   local function words(planned, opened)
      local lake = open(planned)
      local id = assert(lake:plan{all = true}).id
      lake:close()
      lake = open(opened)
      local _, err = lake:apply(id, {reason = "spec"})
      lake:close()
      return err.findings[1].message
   end

   setup(function()
      db = postgres.database("lake-rolling")
      local lake = open("0.33")
      assert(lake:init{name = "rolling"})
      lake:close()
   end)
   teardown(function()
      db:drop()
   end)

   it("tell the older registry from an upgrade that is not over", function()
      assert.are.equal(OLDER, words("0.27", "0.27"))
      assert.are.equal(MIXED, words("0.33", "0.33"))
   end)

   it("are about the registry of the plan, whichever the lake was opened with", function()
      assert.are.equal(OLDER, words("0.27", "0.33"))
      assert.are.equal(MIXED, words("0.33", "0.27"))
   end)
end)
