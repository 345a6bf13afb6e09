-- Which registry says what is current: given, else published in the lake, else inferred, and what is said of it.
local mm = require("mm")
local facts = require("spec.support.facts")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")

local OLD_ANSWER, NEW_ANSWER = "spec/data/list_view_sets-0.27.0.json", "demo/list_view_sets-0.33.0.json"

local db, lake

local function close()
   lake:close()
   db:drop()
end

local function open(name, options)
   db = postgres.database(name)
   lake = assert(mm.open(db.conninfo, options))
end

local function reopen(options)
   lake:close()
   lake = assert(mm.open(db.conninfo, options))
end

local function source()
   local _, kind, words = assert(lake:registry())
   return {kind, words}
end

local function hash_of(view_set)
   local entry = assert(lake:registry()):get(view_set)
   return entry and entry.current_schema_hash
end

-- How many of the server's own view sets the registry has with the same hash, and how many with another or none.
local function agreement_with(answer)
   local same, other = 0, 0
   for _, row in ipairs(db:rows("select name, encode(hash, 'hex') from " .. facts.registry_sql(answer))) do
      if hash_of(row[1]) == row[2] then
         same = same + 1
      else
         other = other + 1
      end
   end
   return {same, other}
end

local function define(name, updated_at, updated_by)
   db:psql(([[insert into lakehouse_view_set_definitions (view_set_name, definition_sql, extract_query, count_src_query,
         merge_partitions_query, update_group, updated_at, updated_by)
      values ('%s', '', '', '', '', 4000, '%s', %s)
      on conflict (view_set_name) do update set updated_at = excluded.updated_at, updated_by = excluded.updated_by]])
      :format(name, updated_at, updated_by and "'" .. updated_by .. "'" or "null"))
end

describe("a registry is inferred", function()
   after_each(close)

   it("as 0.27 on the lake of 0.27.0, and agrees with what that server answered", function()
      open("lake-0.27.0")

      assert.are.same({"inferred", "inferred: release 0.27, from catalog version 6 and the newest writes "
         .. "(8 of 8 view sets fit)"}, source())
      assert.are.same({11, 0}, agreement_with(OLD_ANSWER))
   end)

   it("as 0.33 on the lake of 0.33.0, and agrees with what that server answered", function()
      open("lake-0.33.0")

      assert.are.same({"inferred", "inferred: release 0.32 to 0.33, from catalog version 10 and the newest writes "
         .. "(8 of 15 view sets fit)"}, source())
      assert.are.same({12, 0}, agreement_with(NEW_ANSWER))
      assert.are.equal("release 0.33", lake:registry():get("blocks").source)
   end)

   it("as the new release in the middle of an upgrade, for it migrated the catalog", function()
      open("lake-rolling")

      assert.are.same({"inferred", "inferred: release 0.32 to 0.33, from catalog version 10 and the newest writes "
         .. "(1 of 8 view sets fit)"}, source())
      assert.are.equal("07", hash_of("log_entries"))
   end)

   it("from the catalog's version alone where nothing was written yet", function()
      open("catalog-v5")

      assert.are.same({"inferred", "inferred: release 0.16 to 0.26, from catalog version 5 and the newest writes "
         .. "(0 of 0 view sets fit)"}, source())
   end)

   it("as the release whose hashes were written last", function()
      open("catalog-v5")
      rows.partitions(db, {
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "02", view_set = "blocks", updated = "2026-11-03"},
         {from = "2026-11-01 01:00", to = "2026-11-01 02:00", hash = "03", view_set = "blocks", updated = "2026-11-02"},
      })

      assert.are.same({"inferred", "inferred: release 0.16 to 0.24, from catalog version 5 and the newest writes "
         .. "(1 of 1 view sets fit)"}, source())
      assert.are.equal("02", hash_of("blocks"))
   end)

   it("whatever lacks a hash or a name, and whatever hashes no release writes", function()
      open("catalog-v10")
      rows.partitions(db, {
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = false, updated = "2026-11-03"},
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "07", updated = "2026-11-02"},
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "05", view_set = false},
         {from = "2026-11-01 00:00", to = "2026-11-01 01:00", hash = "aabb", view_set = "measures"},
      })

      assert.are.same({"inferred", "inferred: release 0.32 to 0.33, from catalog version 10 and the newest writes "
         .. "(1 of 2 view sets fit)"}, source())
   end)

   it("and the first line of status says so", function()
      open("lake-0.33.0")

      local status = assert(lake:status())

      assert.are.same(source(), {status.registry_kind, status.registry})
   end)

   it("but no plan rests on that", function()
      open("lake-0.33.0")
      assert(lake:init())

      local plan, err = lake:plan{all = true}

      assert.is_nil(plan)
      assert.are.same({"invalid", "a plan needs to be told which registry is right, not to infer it: " .. source()[2]},
         {err.code, tostring(err)})
      assert.are.equal("0", db:value("select count(*) from mmadmin.retirement"))
   end)
end)

describe("the hash of a view set that an operator defined is inferred", function()
   local CHANGED = "2026-11-10 12:00:00+00"

   setup(function()
      open("catalog-v10")
      rows.partitions(db, {
         {from = "2026-11-01", to = "2026-11-02", hash = "aa", view_set = "mine", updated = "2026-11-09"},
         {from = "2026-11-02", to = "2026-11-03", hash = "bb", view_set = "mine", updated = "2026-11-11"},
         {from = "2026-11-01", to = "2026-11-02", hash = "cc", view_set = "log_stats", updated = "2026-11-11"},
      })
   end)
   after_each(function()
      db:psql("delete from lakehouse_view_set_definitions where view_set_name = 'mine'")
   end)
   teardown(close)

   it("from the newest write since it was defined", function()
      define("mine", CHANGED, "somebody")

      assert.are.equal("bb", hash_of("mine"))
      assert.are.equal("the newest write", lake:registry():get("mine").source)
   end)

   it("whoever defined it", function()
      define("mine", CHANGED, nil)

      assert.are.equal("bb", hash_of("mine"))
   end)

   it("not from writes before it was defined", function()
      define("mine", "2026-11-11 00:00:01+00", "somebody")

      assert.is_nil(hash_of("mine"))
   end)

   it("not where it is defined no more", function()
      assert.is_nil(hash_of("mine"))
   end)

   it("for log_stats too, once it was replaced", function()
      local of_release = mm.registry.release("0.33"):get("log_stats").current_schema_hash
      assert.are.equal(of_release, hash_of("log_stats"))

      define("log_stats", CHANGED, "somebody")

      assert.are.equal("cc", hash_of("log_stats"))
   end)
end)

describe("a registry", function()
   setup(function()
      db = postgres.database("catalog-v10")
   end)
   before_each(function()
      lake = assert(mm.open(db.conninfo, {registry = assert(mm.registry.read(NEW_ANSWER))}))
      assert(lake:init())
   end)
   after_each(function()
      lake:close()
      db:psql("drop schema mmadmin cascade")
   end)
   teardown(function()
      db:drop()
   end)

   it("that was given is used, and said with its sources", function()
      assert.are.same({"given", "given: demo/list_view_sets-0.33.0.json (12 view sets)"}, source())
      assert.are.same({12, 0}, agreement_with(NEW_ANSWER))
   end)

   it("that was published is used by everybody who gives none", function()
      assert.are.equal(11, assert(lake:publish_registry(assert(mm.registry.release("0.27")))))

      reopen()

      assert.are.same({"published", "published in the lake: release 0.27 (11 view sets)"}, source())
      assert.are.same({11, 0}, agreement_with(OLD_ANSWER))
   end)

   it("that was given wins over a published one", function()
      assert(lake:publish_registry(assert(mm.registry.release("0.27"))))

      assert.are.equal("given", source()[1])
      assert.are.equal("07", hash_of("log_entries"))
   end)

   it("that was published anew is seen by lakes that are open", function()
      assert(lake:publish_registry(assert(mm.registry.release("0.27"))))
      local reader = assert(mm.open(db.conninfo))
      assert.are.equal("05", assert(reader:registry()):get("log_entries").current_schema_hash)

      assert(lake:publish_registry(assert(mm.registry.release("0.33"))))

      assert.are.equal("07", assert(reader:registry()):get("log_entries").current_schema_hash)
      reader:close()
   end)

   it("that was published is what a merge of several was, with each source", function()
      local merged = assert(mm.registry.release("0.33")):merge(assert(mm.registry.new{
         {view_set_name = "mine", current_schema_hash = "aabb", source = "answer of eu-1"}}))
      assert(lake:publish_registry(merged))

      reopen()

      assert.are.same({"published", "published in the lake: release 0.33 (11 view sets), answer of eu-1 (1 view set)"},
         source())
      assert.are.same(merged:list_view_sets(), lake:registry():list_view_sets())
   end)

   it("is inferred while none is published", function()
      reopen()

      assert.are.equal("inferred", source()[1])
   end)
end)
