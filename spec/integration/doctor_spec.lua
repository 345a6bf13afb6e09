-- The doctor: a healthy lake passes, each trouble of the deletion queue is found, and what becomes of checks that fail.
local mm = require("mm")
local patient = require("spec.support.patient")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")

local ill = patient.new()
local made = ill.stage
local assert_finding, block, kinds, queue, row = patient.assert_finding, patient.block, patient.kinds, patient.queue, patient.row
local AHEAD = patient.AHEAD

describe("a healthy lake", function()
   teardown(function()
      made:drop()
   end)

   local ALWAYS = {"queued_live", "queued_twice", "queue_nulls", "queue_overdue", "reader", "twins", "version"}
   local OF_OLD = {"overlaps", "btree_gist"}
   local REST = {"registry", "unregistered", "writers", "short", "blocks", "clock", "host_clock", "vacuum", "rights",
      "changes"}

   local function checks(version)
      local names = {}
      for _, list in ipairs{ALWAYS, version == 2 and {"file_metadata"} or {}, version < 7 and OF_OLD or {}, REST,
         {"copy", "retirements", "audit"}} do
         for _, name in ipairs(list) do
            names[#names + 1] = name
         end
      end
      return names
   end

   for version = 1, 10 do
      describe(("of catalog version %d"):format(version), function()
         local old = stage.new(("catalog-v%d"):format(version))

         local function set_old(events)
            old:set({row("views/a", 0, 1, {metadata = "00", events = events}), row("views/b", 1, 2, {metadata = "00"})},
               block(0, 0, 100) .. queue({"views/gone", "infinity"}))
         end

         teardown(function()
            old:drop()
         end)

         it("passes every check", function()
            set_old(100)

            local list = assert(old:open():doctor{all = true})

            local passed = {}
            for i, each in ipairs(list) do
               assert.are.same({"passed", "passed", 0}, {each.severity, each.kind, each.count})
               passed[i] = each.check
            end
            assert.are.same(checks(version), passed)
         end)

         it("would not pass with a partition that lacks source events", function()
            set_old(99)

            assert.are.equal("log_entries global 2020-01-01 00:00:00+00 to 2020-01-01 01:00:00+00: 99 of 100 events",
               ill:only("short", old:open()).example)
         end)
      end)
   end

   it("has no findings", function()
      ill:set()

      assert.are.same({}, ill:findings())
   end)

   it("is looked at by those who may only look, on a server that only reads, without mmadmin", function()
      local db = postgres.database("catalog-v10")
      local role = db:role("select on all tables in schema public")
      db:psql(("alter database %s set default_transaction_read_only = on"):format(db.name))
      local lake = assert(mm.open(role.conninfo, {registry = mm.registry.release("0.33")}))
      finally(function()
         lake:close()
         db:drop()
      end)

      local list = ill:findings(lake)

      assert.are.same({"cannot_retire", "only_reads"}, kinds(list))
      assert_finding({"notice", 1, "reason for which mm changes nothing here",
         "the server only reads: default_transaction_read_only is on.", "nothing"}, list[2])
   end)
end)

describe("the deletion queue", function()
   teardown(function()
      made:drop()
   end)

   it("must not hold the file of a live partition", function()
      ill:set({}, queue({"views/b", AHEAD}, {"views/a", "2999-01-02"}, {"views/c", "2998-01-01"}))

      assert_finding({"serious", 2, "live partitions whose file is queued for deletion",
         "Micromegas deletes a queued file without asking who needs it, the first of these at 2999-01-01 00:00:00 UTC: "
            .. "the partitions lose their data.",
         "take them out of the queue: delete from temporary_files where file_path in (select file_path from "
            .. "lakehouse_partitions)", example = "views/a", time = AHEAD}, ill:only("queued_live"))
   end)

   it("counts a live partition once, however often its file is queued, and goes by the first expiration", function()
      ill:set({}, queue({"views/a", "2999-01-02"}, {"views/a", AHEAD}, {"views/a", false}))

      local list = ill:findings()

      assert.are.same({"queued_live", "queued_early"}, kinds(list))
      assert.are.same({1, AHEAD}, {list[1].count, list[1].time})
   end)

   it("does not know when a file without expiration goes", function()
      ill:set({}, queue({"views/a", false}))

      assert.is_truthy(ill:only("queued_live").meaning:find("the first of these at an unknown time", 1, true))
   end)

   it("should not hold a file twice", function()
      ill:set({}, queue({"views/x", "2999-01-02"}, {"views/x", AHEAD}, {"views/y", AHEAD}))

      assert_finding({"warning", 1, "files that are queued for deletion more than once, with different expirations",
         "Micromegas deletes a file at its first expiration, the first of these at 2999-01-01 00:00:00 UTC, and forgets "
            .. "the others: what was to be kept longer for an undo is gone by then.",
         "undo before that what you want back; mmlua show ID says until when each retirement can be undone",
         example = "views/x", time = AHEAD}, ill:only("queued_early"))
   end)

   it("may hold a file twice with the same expiration", function()
      ill:set({}, queue({"views/x", AHEAD}, {"views/x", AHEAD}, {"views/x", AHEAD}))

      assert_finding({"notice", 1, "files that are queued for deletion more than once",
         "Their expirations are the same, so that nothing is lost; something retired them twice.", "nothing",
         example = "views/x", time = AHEAD}, ill:only("queued_twice"))
   end)

   it("should not hold rows without a path", function()
      ill:set({}, queue({false, AHEAD}, {false, "2020-01-01"}))

      assert_finding({"warning", 2, "rows of the deletion queue without a path",
         "Micromegas never deletes them, and 1 000 expired ones stop all its cleaning; 1 have expired.",
         "delete from temporary_files where file_path is null"}, ill:only("queue_nulls"))
   end)

   it("must not hold 1 000 expired rows without a path", function()
      ill:set({}, "insert into temporary_files select null, 0, '2020-01-01' from generate_series(1, 1000)")

      assert_finding({"serious", 1000, "rows of the deletion queue without a path",
         "1 000 of them have expired. Micromegas 0.26 and later takes 1 000 expired rows at a time, cannot delete these, "
            .. "and cleans up nothing any more.",
         "delete from temporary_files where file_path is null"}, ill:only("queue_stuck"))
      made:psql("delete from temporary_files where ctid = (select min(ctid) from temporary_files)")
      assert.are.equal("queue_nulls", ill:only("queue_nulls").kind)
   end)

   it("should be emptied by a daemon that runs", function()
      ill:set({}, queue({"views/x", "2020-01-05"}, {"views/y", "2020-01-04"}, {"views/z", AHEAD}))

      assert_finding({"warning", 2, "files that should have been deleted more than two hours ago",
         "200 B, the first since 2020-01-04 00:00:00 UTC. The maintenance daemon does not seem to run: the last partition "
            .. "of `global` was written at 2020-01-01 03:00:00 UTC.",
         "start the daemon, unless this is a copy of a lake: there it would delete the files of the original",
         example = "views/x", time = "2020-01-04T00:00:00.000000Z"}, ill:only("daemon_silent"))
   end)

   it("should be emptied by a daemon that runs, not by those who query, nor by one of the future", function()
      ill:set({row("views/v", 5, 6, {updated = AHEAD})}, queue({"views/x", "2020-01-05"}))
      made:psql([[insert into lakehouse_partitions select view_set_name, 'i', begin_insert_time, end_insert_time,
         min_event_time, max_event_time, now(), 'views/w', file_size, file_schema_hash, source_data_hash, num_rows
         from lakehouse_partitions where file_path = 'views/a']])

      assert.are.same({"daemon_silent", "written_ahead"}, kinds(ill:findings()))
   end)

   it("should be emptied by a daemon whose cleaning does not fail", function()
      ill:set({}, queue({"views/x", "2020-01-05"})
         .. "update lakehouse_partitions set updated = date_trunc('second', now()) where file_path = 'views/a'")
      local now = made:value([[select to_char(max(updated) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
         from lakehouse_partitions]])

      assert_finding({"warning", 1, "files that should have been deleted more than two hours ago",
         "100 B, the first since 2020-01-05 00:00:00 UTC. The maintenance daemon runs, for a partition of `global` was "
            .. "written at " .. now .. ", but its hourly cleaning fails.",
         "look for errors of delete_old_data in its log: one skips the cleaning of that hour",
         example = "views/x", time = "2020-01-05T00:00:00.000000Z"}, ill:only("cleaning_fails"))
   end)

   it("is not overdue in the first two hours", function()
      ill:set({}, "insert into temporary_files values ('views/x', 1, now() - interval '119 minutes')")

      assert.are.same({}, ill:findings())
   end)
end)

describe("a check", function()
   teardown(function()
      made:drop()
   end)

   it("that fails is a finding, and the others go on", function()
      local own = stage.new("catalog-v10")
      finally(function()
         own:drop()
      end)
      own:set({row("views/x", 5, 6)}, "insert into temporary_files values ('views/x', 1, '2999-01-01'); drop table blocks")

      local list = ill:findings(own:open())

      assert.are.same({"queued_live", "unchecked", "unchecked"}, kinds(list))
      assert_finding({"notice", 1, "could not be checked: current partitions with fewer source events than there are today",
         'doctor_short: relation "blocks" does not exist.', "see what the server says to that"}, list[2])
   end)

   it("ends all where the connection does", function()
      local own = stage.new("catalog-v10")
      own:set({})
      local lake = own:open()
      own.db:drop()

      local list, err = lake:doctor()

      assert.is_nil(list)
      assert.are.equal("connection", err.code)
      lake:close()
   end)

   it("is not asked for by name", function()
      ill:set()
      local lake = made:open()

      assert.has_error(function()
         lake:doctor{check = "short"}
      end, nil)
      assert.is_truthy(select(2, pcall(lake.doctor, lake, {check = "short"})):find(
         "lake:doctor: unknown option 'check'", 1, true))
   end)
end)

describe("mmlua doctor", function()
   local mmlua = (os.getenv("BUILD") or "build") .. "/bin/mmlua"
   local ESCAPE = "views/\27[31mred"

   setup(function()
      ill:set({row(ESCAPE, 5, 6), row("views/x", 6, 7, {view_set = "x_old"})}, queue({ESCAPE, AHEAD}))
   end)
   teardown(function()
      made:drop()
   end)

   local function run(options, environment)
      return shell.run(("%s MM_REGISTRY=0.33 MICROMEGAS_SQL_CONNECTION_STRING=%s %s doctor %s"):format(environment or "",
         shell.quote(made.db.conninfo), mmlua, options or ""))
   end

   it("shows what is wrong, the worst first, and what to do, and exits with 3 when something is serious", function()
      local result = run()

      assert.are.equal([[
severity  count  finding
serious       1  live partitions whose file is queued for deletion
  Micromegas deletes a queued file without asking who needs it, the first of these at 2999-01-01
  00:00:00 UTC: the partitions lose their data.
  to do    take them out of the queue: delete from temporary_files where file_path in (select
           file_path from lakehouse_partitions)
  example  views/\x1b[31mred

warning       1  view sets with partitions that are in no registry
  x_old: 1 partition, 1000 B. If they were dropped, no query reads these any more, and they cost
  storage until retention removes them.
  to do    mmlua retire VIEW_SET --range --include-unregistered --instance global --from TIME --to
           TIME
  example  x_old from 2020-01-01 06:00:00+00 to 2020-01-01 07:00:00+00
]], result.stdout)
      assert.are.equal("registry given: release 0.33 (11 view sets)\n1 serious, 1 warning, 0 notices; 18 checks passed\n"
         .. "next: mmlua doctor, when that is done\n", result.stderr)
      assert.are.equal(3, result.code)
   end)

   it("shows what was checked when asked", function()
      local result = run("--all")

      assert.are.equal(18, select(2, result.stdout:gsub("\npassed +0  ", "")))
      assert.is_truthy(result.stdout:find("\npassed        0  files that are queued for deletion more than once\n", 1, true))
   end)

   it("gives everything as JSON and CSV", function()
      local json = run("--jsonl")

      assert.are.equal('{"check":"queued_live","kind":"queued_live","severity":"serious","count":1,"message":"live partitions '
         .. 'whose file is queued for deletion","meaning":"Micromegas deletes a queued file without asking who needs it, the '
         .. 'first of these at 2999-01-01 00:00:00 UTC: the partitions lose their data.","hint":"take them out of the queue: '
         .. 'delete from temporary_files where file_path in (select file_path from lakehouse_partitions)",'
         .. '"example":"views/\\u001b[31mred","time":"2999-01-01T00:00:00.000000Z"}', json.stdout:match("[^\n]*"))
      assert.are.same({3, ""}, {json.code, json.stderr})
      assert.are.equal(2, #require("cjson").decode(run("--json").stdout))
      assert.are.equal("check,kind,severity,count,message,meaning,hint,example,time", run("--csv").stdout:match("[^\n]*"))
   end)

   it("uses colours when told to", function()
      assert.is_truthy(run("--color always").stdout:find("\27[31mserious \27[0m", 1, true))
   end)

   it("says so when there is nothing, and exits with 0", function()
      ill:set()

      local result = run()

      assert.are.same({stdout = "", stderr = "registry given: release 0.33 (11 view sets)\nnothing found; 20 checks passed\n"
         .. "next: mmlua outdated\n", code = 0}, result)
      assert.are.equal("[]\n", run("--json").stdout)
   end)

   it("exits with 0 when nothing is serious", function()
      ill:set({row("views/x", 6, 7, {view_set = "x_old"})})

      assert.are.equal(0, run().code)
   end)
end)
