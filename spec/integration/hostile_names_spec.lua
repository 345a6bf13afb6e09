-- Names that were made to be misread: in the lake they come and go unchanged, as arguments they mean themselves, and a
-- terminal sees nothing that it would act upon.
local cjson = require("cjson")
local mm = require("mm")
local json = require("mm.json")
local hostile = require("spec.support.hostile")
local shell = require("spec.support.shell")

local ESC = "\27"
-- All at once.
local MONSTER = "' OR true --\"\\\t\r\n$1%s%n{,}" .. ESC .. "[31m" .. ESC .. "]0;x\7\194\155\226\128\174\226\128\139\239\187\191;"
local NAMES = {
   MONSTER, "'", '"', "\\", "\\\\'", "a\nb", "a\tb", "\r", "x' OR true --", "'; drop table lakehouse_partitions; --", "$1", "$$", "%s%n%d",
   "%", "_", ESC .. "[31mred" .. ESC .. "[0m", ESC .. "]0;title\7", "\194\155\51\49m", "a\226\128\174b", "a\226\128\139b", "\239\187\191a",
   "\226\128\168", "\240\159\145\169\226\128\141\240\159\148\172", ("x"):rep(255), ("\240\159\142\137"):rep(255), "log_entries ", "Log_Entries",
   "LOG_ENTRIES", " log_entries", " ", "NULL", "null", "\\N", "\\.", "{a,b}", "(a,b)", "--all", "-", "--", "../../etc/passwd", ",", "a,b", "global",
   "e\204\129", "\195\169", "\127",
}

-- One of each kind, for what takes longer.
local KINDS = {MONSTER, "'", "\\", "x' OR true --", "%", "$1", ("\240\159\142\137"):rep(255), "log_entries ", "Log_Entries", "NULL", "{a,b}", "--"}

local stage = hostile.stage("catalog-v10")
local lake, registry, registry_path, before

-- Old enough for the guards.
local function rows_of(names)
   local rows = {}
   for i, name in ipairs(names) do
      local sort_order = ('{"%s",NULL}'):format(name:gsub('[\\"]', "\\%0"))
      rows[#rows + 1] = {("%d %s"):format(i, name), 0, 1, "05", view_set = name, instance = name, updated = -9, sort_order = sort_order}
      rows[#rows + 1] = {("new %d %s"):format(i, name), 0, 1, "07", view_set = name, instance = name}
   end
   return rows
end

local function registry_of(names)
   local entries = {}
   for i, name in ipairs(names) do
      entries[i] = {view_set_name = name, current_schema_hash = "07", source = name}
   end
   return assert(mm.registry.new(entries))
end

local function write(path, text)
   local file = assert(io.open(path, "wb"))
   file:write(text)
   file:close()
end

local function read(path)
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   return text
end

setup(function()
   registry = registry_of(NAMES)
   registry_path = os.tmpname()
   write(registry_path, json.encode(registry:list_view_sets()))
   stage:set(rows_of(NAMES), "delete from lakehouse_view_set_definitions")
   lake = stage:open{registry = registry}
   before = stage:fingerprint()
end)
after_each(function()
   assert.are.equal(before, stage:fingerprint())
   assert.are.equal("", stage:troubles())
end)
teardown(function()
   stage:drop()
   os.remove(registry_path)
end)

local function set_of(rows, column)
   local set, count = {}, 0
   for _, row in ipairs(rows) do
      count = set[row[column]] and count or count + 1
      set[row[column]] = (set[row[column]] or 0) + 1
   end
   return set, count
end

-- Each name so many times, nothing else.
local function assert_each(times, rows, column)
   local set, count = set_of(rows, column or "view_set_name")
   for _, name in ipairs(NAMES) do
      assert.are.equal(times, set[name], name)
   end
   assert.are.equal(#NAMES, count)
end

describe("names in the lake", function()
   it("are listed as they are", function()
      local list = assert(assert(lake:list_partitions()):all())

      assert_each(2, list)
      assert_each(2, list, "view_instance_id")
      for _, row in ipairs(list) do
         assert.matches(row.view_set_name, row.file_path, 1, true)
         assert.are.equal(row.file_schema_hash == "05" and row.view_set_name or nil, row.sort_order and row.sort_order[1])
      end
   end)

   it("are grouped as they are", function()
      local groups = assert(lake:list_outdated_partitions())

      assert_each(1, groups)
      assert_each(1, groups, "view_instance_id")
      assert_each(2, assert(lake:list_schema_versions()))
      assert_each(1, assert(lake:list_view_sets()))
      assert_each(2, assert(lake:list_writers()))
      for _, group in ipairs(groups) do
         assert.are.equal(1, group.replaced)
      end
   end)

   it("are exported as CSV as PostgreSQL exports them", function()
      local path = os.tmpname()
      assert.are.equal(2 * #NAMES, assert(lake:export_partitions(path)))

      stage:psql("create table copied (like lakehouse_partitions, status text); copy copied from stdin (format csv, header);\n"
         .. read(path) .. "\\.\nselect")
      local columns = "select view_set_name, view_instance_id, begin_insert_time, file_path, sort_order from "
      local one, other = columns .. "lakehouse_partitions", columns .. "copied"
      local differences = stage:value(("select count(*) from ((%s except %s) union all (%s except %s)) d"):format(one, other, other, one))
      stage:psql("drop table copied")
      os.remove(path)
      assert.are.equal("0", differences)
   end)

   it("are exported as JSON that says the same", function()
      local path = os.tmpname()
      assert(lake:export_partitions(path, nil, {format = "jsonl"}))
      local list = {}
      for line in read(path):gmatch("[^\n]+") do
         list[#list + 1] = cjson.decode(line)
      end
      os.remove(path)

      assert_each(2, list)
      assert_each(2, list, "view_instance_id")
   end)

   it("are retired, listed as items and brought back as they are", function()
      local plan = assert(hostile.plan(lake))
      assert.are.equal(#NAMES, plan.partitions)
      assert_each(1, plan.summary)
      assert.are.equal(#NAMES, assert(hostile.apply(lake, plan.id)).retired)

      assert_each(1, assert(assert(lake:items(plan.id)):all()))
      assert.are.equal(stage:value("select string_agg(file_path, ' ' order by file_path) from mmadmin.item"), stage:queued())

      assert.are.equal(#NAMES, assert(lake:undo(plan.id, {reason = MONSTER})).restored)
   end)

   it("are published and read again as they are", function()
      assert.are.equal(#NAMES, assert(lake:publish_registry(registry)))

      local published, kind = stage:open{}:registry()
      stage:psql("truncate mmadmin.view_set")
      assert.are.equal("published", kind)
      assert.are.same(registry:list_view_sets(), published:list_view_sets())
   end)
end)

describe("names as arguments", function()
   it("mean themselves and nothing else, in every method", function()
      for _, name in ipairs(KINDS) do
         local filter = {view_set = name, view_instance = name}
         assert.are.equal(2, #assert(lake:list_partitions(filter)):all())
         assert.are.equal(1, #assert(lake:list_outdated_partitions(name)))
         assert.are.equal(2, #assert(lake:list_schema_versions(name)))
         assert.are.equal(2, #assert(lake:explain{view_set = name, view_instance = name, at = "2026-11-01T00:30Z"}))
         assert.are.equal(name, assert(lake:timeline(filter)).view_set_name)
         assert.are.equal(1, assert(lake:plan{view_set = name, view_instance = name, dry_run = true}).partitions)
         assert.are.equal(1, assert(lake:retire_partitions(name, name, "2026-11-01", "2026-11-02", {dry_run = true})).partitions)
         assert.are.equal(2, assert(lake:export_partitions("/dev/null", filter)))
      end
   end)

   it("that are no instance find nothing, and that are no view set say so", function()
      for _, name in ipairs{"log_entries", "", "%%", ("x"):rep(256), ("x"):rep(100000)} do
         assert.are.equal(0, #assert(lake:list_partitions{view_instance = name}):all())
         assert.are.same({}, assert(lake:explain{view_set = "global", view_instance = name, at = "2026-11-01T00:30Z"}))
         assert.are.equal(0, assert(lake:plan{all = true, view_instance = name, dry_run = true}).partitions)
         for _, call in ipairs{
            function() return lake:list_partitions{view_set = name} end, function() return lake:list_outdated_partitions(name) end,
            function() return lake:list_schema_versions(name) end, function() return lake:timeline{view_set = name} end,
            function() return lake:explain{view_set = name, at = "2026-11-01"} end, function() return lake:plan{view_set = name} end,
            function() return lake:export_partitions("/dev/null", {view_set = name}) end,
            function() return lake:retire_incompatible_partitions(name, {reason = "spec"}) end,
            function() return lake:retire_partitions(name, "global", "2026-11-01", "2026-11-02", {reason = "spec"}) end} do
            local nothing, err = call()
            assert.is_nil(nothing)
            assert.are.equal("not_found", err.code)
            assert.are.equal(1, (tostring(err):find(("no view set is called '%s'"):format(name), 1, true)))
         end
      end
   end)

   it("in bytes that are no UTF-8, or with a NUL byte, are refused by every method", function()
      for _, case in ipairs{{"\255", "is not UTF-8"}, {"a\195", "is not UTF-8"}, {"\192\175", "is not UTF-8"},
         {"\237\160\128", "is not UTF-8"}, {"\244\144\128\128", "is not UTF-8"}, {"global\0", "holds a NUL byte"}} do
         for _, call in ipairs{
            function(name) lake:list_partitions{view_set = name} end, function(name) lake:list_outdated_partitions(name) end,
            function(name) lake:list_schema_versions(name) end, function(name) lake:timeline{view_set = name} end,
            function(name) lake:explain{view_set = name, at = "2026-11-01"} end, function(name) lake:plan{view_set = name} end,
            function(name) lake:export_partitions("/dev/null", {view_set = name}) end,
            function(name) lake:retire_incompatible_partitions(name, {reason = "spec"}) end,
            function(name) lake:retire_partitions(name, "a", "2026-11-01", "2026-11-02", {reason = "spec"}) end} do
            local is_right, message = pcall(call, case[1])
            assert.is_false(is_right)
            assert.matches("option 'view_set' " .. case[2], message, 1, true)
         end
         for _, call in ipairs{
            function(name) lake:list_partitions{view_instance = name} end, function(name) lake:plan{all = true, view_instance = name} end,
            function(name) lake:timeline{view_set = "global", view_instance = name} end,
            function(name) lake:explain{view_set = "global", view_instance = name, at = "2026-11-01"} end,
            function(name) lake:retire_partitions("a", name, "2026-11-01", "2026-11-02", {reason = "spec"}) end} do
            local is_right, message = pcall(call, case[1])
            assert.is_false(is_right)
            assert.matches("option 'view_instance' " .. case[2], message, 1, true)
         end
      end
   end)
end)

describe("the verbs", function()
   local function verb(words)
      local result = hostile.verb(stage, words:gsub("MONSTER", function() return shell.quote(MONSTER) end),
         "MM_REGISTRY=" .. registry_path)
      assert.are.same({0, words}, {result.code, words}, result.stderr)
      return result
   end

   -- Nothing but line ends, and no character that turns, hides or ends text.
   local function assert_harmless(text)
      assert.is_nil(text:gsub("\n", ""):find("[%c\127]"))
      for _, character in ipairs{"\194\155", "\226\128\174", "\226\128\139", "\239\187\191", "\226\128\168"} do
         assert.is_nil(text:find(character, 1, true))
      end
   end

   for _, words in ipairs{"status", "versions", "view-sets", "doctor --all", "outdated", "outdated --instances", "partitions", "writers", "registry",
      "outdated MONSTER --instances", "partitions MONSTER --instance MONSTER", "versions MONSTER", "timeline MONSTER --instance MONSTER",
      "explain MONSTER --instance MONSTER --at 2026-11-01T00:30Z", "plan MONSTER --instance MONSTER --dry-run",
      "retire MONSTER --range --instance MONSTER --from 2026-11-01 --to 2026-11-02 --dry-run", "plan --all --dry-run"} do
      it("show no name that a terminal would act upon: " .. words, function()
         local result = verb(words)

         assert_harmless(result.stdout)
         assert_harmless(result.stderr)
      end)
   end

   it("write names into JSON as they are", function()
      local array = cjson.decode(verb("partitions --json").stdout)
      local lines = {}
      for line in verb("outdated --instances --jsonl").stdout:gmatch("[^\n]+") do
         lines[#lines + 1] = cjson.decode(line)
      end

      assert_each(2, array)
      assert_each(1, lines, "view_instance_id")
   end)

   it("write names into CSV as PostgreSQL reads them", function()
      local text = verb("versions --csv").stdout:match("\n(.*)")

      stage:psql("create table copied (view_set_name text, schema_hash text, status text, releases text, partitions int, bytes int, "
         .. "instances int, a text, b text, c text); copy copied from stdin (format csv);\n" .. text .. "\\.\nselect")
      local list = stage:rows("select view_set_name, partitions from copied")
      stage:psql("drop table copied")

      for i, row in ipairs(list) do
         list[i] = {view_set_name = row[1] or ""}
      end
      assert_each(2, list)
   end)

   it("retire, show and take back by a name, with a reason like it", function()
      verb("retire MONSTER --instance MONSTER --yes --reason MONSTER")
      local shown = verb("retirements")
      local id = cjson.decode(verb("retirements --jsonl --state applied").stdout).id
      local items = verb("show --items " .. id)

      assert.are.equal(MONSTER, cjson.decode(verb("show --json " .. id).stdout).reason)
      assert_harmless(shown.stdout .. verb("show " .. id).stdout .. items.stdout)
      assert.are.equal("1 " .. MONSTER, stage:queued())
      assert_harmless(verb(("undo %s --dry-run"):format(id)).stderr)
      verb(("undo %s --yes --reason MONSTER"):format(id))
   end)
end)
