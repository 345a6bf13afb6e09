-- Mistakes of the caller raise at the caller's line, and name the function and what was wrong.
local mm = require("mm")
local handle = require("mm.handle")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")

local NEWEST = assert(mm.registry.release("0.33"))
local ID = "lake-1-abcdef"

local db, lake

-- The message of the mistake, which must blame a line of the function given.
local function mistake(call)
   local is_right, message = pcall(call)

   assert.is_false(is_right)
   assert.are.equal("string", type(message))
   local file, line, text = message:match("([%w_]+%.lua):(%d+): (.*)")
   local where = debug.getinfo(call, "S")
   assert.are.equal("misuse_spec.lua", file)
   assert.is_true(tonumber(line) >= where.linedefined and tonumber(line) <= where.lastlinedefined)
   return text
end

-- What is called, with which mistake, and what is said.
local opening = {
   {"conninfo that is no text", function() mm.open(5432) end,
      "mm.open: conninfo must be of type string, not number"},
   {"conninfo with a NUL byte", function() mm.open("dbname=a\0b") end,
      "mm.open: conninfo holds a NUL byte"},
   {"options that are no table", function() mm.open(nil, "0.33") end,
      "mm.open: options must be a table, not string"},
   {"an unknown option", function() mm.open(nil, {regestry = NEWEST}) end,
      "mm.open: unknown option 'regestry'; did you mean 'registry'?"},
   {"the name of a release as registry", function() mm.open(nil, {registry = "0.33"}) end,
      "mm.open: option 'registry' must be of type userdata, not string"},
   {"another object as registry", function() mm.open(nil, {registry = io.stdout}) end,
      "mm.open: option 'registry' must be a registry, as mm.registry.release, read or new make one"},
   {"a schema that is no text", function() mm.open(nil, {schema = true}) end,
      "mm.open: option 'schema' must be of type string, not boolean"},
   {"a schema with a NUL byte", function() mm.open(nil, {schema = "a\0"}) end,
      "mm.open: option 'schema' holds a NUL byte"},
   {"a part of a second as timeout", function() mm.open(nil, {timeout = 1.5}) end,
      "mm.open: option 'timeout' must be of type integer, not 1.5"},
   {"days of retention that are no number", function() mm.open(nil, {retention_days = "90"}) end,
      "mm.open: option 'retention_days' must be of type integer, not string"},
}

local listing = {
   {"an unknown option of list_partitions", function() lake:list_partitions{viewset = "blocks"} end,
      "lake:list_partitions: unknown option 'viewset'; did you mean 'view_set'?"},
   {"a view set in place of the options", function() lake:list_partitions("blocks") end,
      "lake:list_partitions: options must be a table, not string"},
   {"an unknown status", function() lake:list_partitions{status = "old"} end,
      "lake:list_partitions: option 'status' must be current, outdated, unhashed or unregistered, not old"},
   {"a time that is a number", function() lake:list_partitions{from = 1700000000} end,
      "lake:list_partitions: option 'from' must be of type string, not number"},
   {"a view set with a NUL byte", function() lake:list_schema_versions("blocks\0") end,
      "lake:list_schema_versions: option 'view_set' holds a NUL byte"},
   {"options of list_outdated_partitions", function() lake:list_outdated_partitions{view_set = "blocks"} end,
      "lake:list_outdated_partitions: option 'view_set' must be of type string, not table"},
   {"an unknown option of list_writers", function() lake:list_writers{seconds = 60} end,
      "lake:list_writers: unknown option 'seconds'"},
   {"an export without a file", function() lake:export_partitions() end,
      "lake:export_partitions: option 'file' is missing"},
   {"an export in an unknown format", function() lake:export_partitions("-", nil, {format = "xml"}) end,
      "lake:export_partitions: option 'format' must be csv or jsonl, not xml"},
   {"an explanation of no instant", function() lake:explain{view_set = "blocks"} end,
      "lake:explain: option 'at' is missing"},
   {"an explanation of no view set", function() lake:explain{at = "2026-11-01"} end,
      "lake:explain: option 'view_set' is missing"},
   {"half a row", function() assert(lake:list_partitions()):all(0.5) end,
      "rows:all: option 'max' must be of type integer, not 0.5"},
}

local retiring = {
   {"a plan of nothing", function() lake:plan{} end,
      "lake:plan: give view_set, or all = true for every view set"},
   {"a plan without options", function() lake:plan() end,
      "lake:plan: give view_set, or all = true for every view set"},
   {"a plan of one view set and of all", function() lake:plan{view_set = "blocks", all = true} end,
      "lake:plan: give view_set or all = true, not both"},
   {"a plan with all = false", function() lake:plan{all = false} end,
      "lake:plan: give view_set, or all = true for every view set"},
   {"an unknown option of plan", function() lake:plan{all = true, verdict = "empty"} end,
      "lake:plan: unknown option 'verdict'; did you mean 'verdicts'?"},
   {"a verdict that is no list", function() lake:plan{all = true, verdicts = "empty"} end,
      "lake:plan: option 'verdicts' must be of type table, not string"},
   {"an apply without an id", function() lake:apply(nil, {reason = "spec"}) end,
      "a retirement's id must be of type string, not nil"},
   {"an apply of a number", function() lake:apply(1, {reason = "spec"}) end,
      "a retirement's id must be of type string, not number"},
   {"an apply without a reason", function() lake:apply(ID) end,
      "lake:apply: option 'reason' is missing"},
   {"an unknown option of apply", function() lake:apply(ID, {reason = "spec", undo_fr = "7d"}) end,
      "lake:apply: unknown option 'undo_fr'; did you mean 'undo_for'?"},
   {"a reason with a NUL byte", function() lake:apply(ID, {reason = "spec\0"}) end,
      "lake:apply: option 'reason' holds a NUL byte"},
   {"a batch that is no number", function() lake:apply_batch(ID, {limit = "all"}) end,
      "lake:apply_batch: option 'limit' must be of type integer, not string"},
   {"an unknown option of undo", function() lake:undo(ID, {reson = "spec"}) end,
      "lake:undo: unknown option 'reson'; did you mean 'reason'?"},
   {"an unknown state of retirements", function() lake:retirements{state = "done"} end,
      "lake:retirements: option 'state' must be planned, applying, paused, applied, undoing, undone or abandoned, "
         .. "not done"},
   {"a retirement without an id", function() lake:retirement() end,
      "a retirement's id must be of type string, not nil"},
   {"items without an id", function() lake:items() end,
      "a retirement's id must be of type string, not nil"},
   {"a pause of a plan in place of its id", function() lake:pause{id = ID} end,
      "a retirement's id must be of type string, not table"},
   {"a view set that is missing", function() lake:retire_incompatible_partitions(nil, {reason = "spec"}) end,
      "lake:retire_incompatible_partitions: option 'view_set' is missing"},
   {"a range without an end", function() lake:retire_partitions("blocks", "global", "2026-11-01") end,
      "lake:retire_partitions: option 'to' is missing"},
}

local keeping = {
   {"a name that is no text", function() lake:init{name = 1} end,
      "lake:init: option 'name' must be of type string, not number"},
   {"an unknown option of init", function() lake:init{lake = "prod"} end,
      "lake:init: unknown option 'lake'"},
   {"a registry that is a table", function() lake:publish_registry{} end,
      "lake:publish_registry: option 'registry' must be of type userdata, not table"},
   {"a registry that is missing", function() lake:publish_registry() end,
      "lake:publish_registry: option 'registry' is missing"},
   {"a registry that is another object", function() lake:publish_registry(lake) end,
      "lake:publish_registry: option 'registry' must be a registry"},
   {"an unknown option of remove_state", function() lake:remove_state{sure = true} end,
      "lake:remove_state: unknown option 'sure'"},
}

describe("a mistake of the caller raises:", function()
   setup(function()
      db = postgres.database("catalog-v10")
      rows.one_of_each(db)
      lake = assert(mm.open(db.conninfo, {registry = NEWEST}))
   end)
   teardown(function()
      lake:close()
      db:drop()
   end)

   for _, group in ipairs{opening, listing, retiring, keeping} do
      for _, case in ipairs(group) do
         it(case[1], function()
            assert.are.equal(case[3], mistake(case[2]))
         end)
      end
   end

   it("a method called with a dot", function()
      local message = "lake:plan must be called with a colon, on a lake"

      assert.are.equal(message, mistake(function() lake.plan() end))
      assert.are.equal(message, mistake(function() lake.plan{all = true} end))
      assert.are.equal(message, mistake(function() lake.plan(io.stdout) end))
   end)

   it("and the lake is as good as before", function()
      for _, group in ipairs{listing, retiring, keeping} do
         for _, case in ipairs(group) do
            pcall(case[2])
         end
      end

      assert.are.equal(12, lake:status().partitions)
      assert.is_nil(db:value("select to_regnamespace('mmadmin')"))
   end)
end)

describe("a number out of its range is an error:", function()
   local function assert_invalid(message, options)
      local opened, err = mm.open("host=/nowhere", options)

      assert.is_nil(opened)
      assert.are.same({"invalid", message}, {err.code, tostring(err)})
   end

   it("a timeout", function()
      assert_invalid("a timeout of -1 seconds: it must be 0 (none) to 86400", {timeout = -1})
      assert_invalid("a timeout of 86401 seconds: it must be 0 (none) to 86400", {timeout = 86401})
   end)

   it("days of retention", function()
      assert_invalid("a retention of 0 days: it must be 1 to 36500", {retention_days = 0})
      assert_invalid("a retention of 36501 days: it must be 1 to 36500", {retention_days = 36501})
   end)
end)

describe("a lake that is closed", function()
   local closed, list, session

   setup(function()
      db = postgres.database("catalog-v10")
      rows.one_of_each(db)
      closed = assert(mm.open(db.conninfo, {registry = NEWEST}))
      list = assert(closed:list_partitions())
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', 'b', '2026-01-01', n from generate_series(1, 1500) n]])
      session = assert(closed:list_partitions())
      closed:close()
   end)
   teardown(function()
      db:drop()
   end)

   for name in pairs(handle.methods) do
      it(("raises for %s"):format(name), function()
         if name == "close" then
            return closed:close()
         end
         assert.are.equal(("lake:%s: the lake is closed"):format(name), mistake(function() closed[name](closed) end))
      end)
   end

   it("lets a listing end that is read whole", function()
      assert.are.equal(1, #list:all(1))
   end)

   it("raises in a listing that has more pages", function()
      local is_right, message = pcall(session.all, session)

      assert.is_false(is_right)
      assert.matches("the lake is closed", message, 1, true)
   end)
end)
