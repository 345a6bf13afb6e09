local shell = require("spec.support.shell")
local stage = require("spec.support.stage")

local OLD, NEW = "05", "07" -- of log_entries, before 0.28 and since 0.30
local made = stage.new("catalog-v10")

local function timeline(opts)
   opts.view_set = opts.view_set or "log_entries"
   return assert(made:open():timeline(opts))
end

-- "0 current 2 2000 0.5", a line for each row but the totals.
local function words(found, wants_totals)
   local lines = {}
   for _, row in ipairs(found.rows) do
      if row.is_total == (wants_totals or false) then
         lines[#lines + 1] = ("%d %s %d %d %.4g"):format(row.bucket, row.verdict or row.status or "all", row.partitions,
            row.bytes, row.covered)
      end
   end
   return lines
end

describe("lake:timeline", function()
   teardown(function()
      made:drop()
   end)

   it("counts what begins in each bucket, and how much of it is covered", function()
      made:set{{"a", 0, 1, NEW}, {"b", 1, 2.5, NEW}, {"c", 4, 4, NEW}}

      local found = timeline{buckets = 4}

      assert.are.same({"0 current 1 1000 1", "1 current 1 1000 1", "2 current 0 0 0.5", "4 current 1 1000 0"},
         words(timeline{buckets = 8, to = "2026-11-01T05:00Z", from = "2026-11-01"}))
      assert.are.same({4, 3600, "2026-11-01T00:00:00.000000Z", "2026-11-01T04:00:00.000000Z"},
         {found.buckets, found.bucket_s, found.from, found.to})
   end)

   it("tells verdicts and statuses apart, and has all together as well", function()
      made:set{{"old", 0, 1, OLD}, {"replaced", 1, 2, OLD}, {"new", 1, 2, NEW}, {false, 2, 3, OLD}, {"unhashed", 3, 4, false}}

      local found = timeline{buckets = 4}

      assert.are.same({"0 only_copy 1 1000 1", "1 current 1 1000 1", "1 replaced 1 1000 1", "2 empty 1 0 1",
         "3 unhashed 1 1000 1"}, words(found))
      assert.are.same({"0 all 1 1000 1", "1 all 2 2000 1", "2 all 1 0 1", "3 all 1 1000 1"}, words(found, true))
   end)

   it("does not count what overlaps twice", function()
      made:set{{"a", 0, 3, NEW, instance = "x"}, {"b", 1, 2, NEW, instance = "y"}, {"c", 1.5, 2.5, NEW, instance = "z"}}

      assert.are.equal("0 current 3 3000 0.75", words(timeline{buckets = 1, from = "2026-11-01", to = "2026-11-01T04:00Z"})[1])
      assert.are.equal(3, timeline{}.instances)
   end)

   it("is of one instance when asked", function()
      made:set{{"a", 0, 1, NEW}, {"b", 5, 6, NEW, instance = stage.PROCESS}}

      assert.are.same({"0 current 1 1000 1"}, words(timeline{view_instance = stage.PROCESS, buckets = 1}))
      assert.are.equal("2026-11-01T05:00:00.000000Z", timeline{view_instance = stage.PROCESS, buckets = 1}.from)
   end)

   it("begins its buckets at round times, and takes in what reaches into them", function()
      made:set{{"a", 0, 10, NEW}}

      local found = timeline{from = "2026-11-01T03:10Z", to = "2026-11-01T04:40Z", buckets = 2}

      assert.are.same({"2026-11-01T03:00:00.000000Z", "2026-11-01T05:00:00.000000Z", 3600},
         {found.from, found.to, found.bucket_s})
      assert.are.same({"0 current 1 1000 1", "1 current 0 0 1"}, words(found))
   end)

   it("has no more buckets than asked for, however long the time", function()
      for _, hours in ipairs{0, 0.0001, 1, 25, 9999, 2000000} do
         made:set{{"a", 0, hours, NEW}}
         for _, buckets in ipairs{1, 7, 60, 200} do
            local found = timeline{buckets = buckets}
            assert.is_true(found.buckets <= buckets and found.buckets >= 1)
            assert.are.equal("0 current 1", words(found)[1]:match("^%d+ current %d+"))
         end
      end
   end)

   it("leaves out what is no range", function()
      made:set{{"a", 0, 1, NEW}, {"b", false, 1, "06"}, {"c", 2, "infinity", NEW}}

      local found = timeline{buckets = 1}

      assert.are.same({2, {"0 current 1 1000 1"}}, {found.left_out, words(found)})
   end)

   it("is empty where there is nothing", function()
      made:set{}

      local found = timeline{}

      assert.are.same({0, {}}, {found.buckets, found.rows})
      assert.is_nil(found.from)
   end)

   it("says what is wrong with what it was asked", function()
      made:set{}
      local lake = made:open()

      local function complaint(opts)
         return select(2, lake:timeline(opts)).message
      end

      assert.are.equal("no view set is called 'log_entrie'; did you mean 'log_entries'?", complaint{view_set = "log_entrie"})
      assert.are.equal("0 buckets: 1 to 10000 are possible", complaint{view_set = "blocks", buckets = 0})
      assert.are.equal("nothing lies between `from` and `to`", complaint{view_set = "blocks", from = "2026-11-02", to = "2026-11-02"})
      assert.is_truthy(select(2, pcall(lake.timeline, lake, {})):find("lake:timeline: option 'view_set' is missing", 1, true))
   end)

   it("gives the same counts as plain SQL, of a real lake", function()
      local postgres = require("spec.support.postgres")
      local db = postgres.database("lake-0.33.0")
      local mm = require("mm")
      local lake = assert(mm.open(db.conninfo, {registry = assert(mm.registry.release("0.33"))}))
      local counts = {}

      for _, set in ipairs{"log_entries", "blocks", "thread_spans"} do
         local sum, outdated = 0, 0
         for _, row in ipairs(assert(lake:timeline{view_set = set, buckets = 37}).rows) do
            sum = sum + (row.is_total and row.partitions or 0)
            outdated = outdated + (row.status == "outdated" and row.partitions or 0)
         end
         counts[#counts + 1] = sum
         counts[#counts + 1] = outdated
      end

      assert.are.same({461, 219, 412, 177, 39, 23}, counts)
      assert.are.equal("461", db:value("select count(*) from lakehouse_partitions where view_set_name = 'log_entries'"))
      lake:close()
      db:drop()
   end)
end)

describe("mmlua timeline", function()
   local mmlua = (os.getenv("BUILD") or "build") .. "/bin/mmlua"

   setup(function()
      made:set{{"a", 0, 12, NEW}, {"b", 12, 18, OLD}}
   end)
   teardown(function()
      made:drop()
   end)

   local function run(words_of, environment)
      return shell.run(("env -u LC_ALL MM_REGISTRY=0.33 %s MICROMEGAS_SQL_CONNECTION_STRING=%s %s timeline %s"):format(
         environment or "LANG=C.UTF-8", shell.quote(made.db.conninfo), mmlua, words_of))
   end

   it("draws", function()
      local result = run("log_entries")

      assert.are.equal(0, result.code)
      assert.are.equal([[
log_entries, its only instance
insert times 2026-11-01 00:00:00 UTC to 2026-11-01 18:00:00 UTC, a column is 30 minutes

         current  ████████████████████████                      1      1000 B
       only copy                          ████████████          1      1000 B
             gap
                  ╵11-01      ╵06:00      ╵12:00

█ all of a column's time is covered, ▄ half of it; ▁ also stands for points in time
]], result.stdout)
      assert.are.equal("registry given: release 0.33 (11 view sets)\nnext: mmlua explain log_entries --at TIME\n",
         result.stderr)
   end)

   it("draws in ASCII when told to, and where the locale has nothing else", function()
      assert.is_nil(run("log_entries --ascii").stdout:find("[\128-\255]"))
      assert.are.equal(run("log_entries --ascii").stdout, run("log_entries", "LANG=C").stdout)
      assert.is_truthy(run("log_entries --ascii").stdout:find("\n         current  ########################  ", 1, true))
   end)

   it("gives the numbers as CSV and JSON", function()
      assert.are.equal("bucket,begin_time,end_time,status,verdict,is_total,partitions,bytes,covered",
         run("log_entries --csv").stdout:match("[^\n]*"))
      assert.are.equal('{"bucket":0,"begin_time":"2026-11-01T00:00:00.000000Z","end_time":"2026-11-02T00:00:00.000000Z",'
         .. '"status":"current","verdict":null,"is_total":false,"partitions":1,"bytes":1000,"covered":0.5}',
         run("log_entries --jsonl --columns 1").stdout:match("[^\n]*"))
   end)

   it("says so when there is nothing to draw", function()
      local result = run("blocks")

      assert.are.same({0, ""}, {result.code, result.stdout})
      assert.is_truthy(result.stderr:find("no partitions there\n", 1, true))
   end)
end)
