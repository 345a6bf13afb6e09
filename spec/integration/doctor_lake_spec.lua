-- What the doctor finds around a lake: upgrades, clocks, rights, mm's own state; and what the real lakes have.
local facts = require("spec.support.facts")
local mm = require("mm")
local patient = require("spec.support.patient")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local ill = patient.new()
local made = ill.stage
local assert_finding, kinds, row = patient.assert_finding, patient.kinds, patient.row
local AHEAD, OLD = patient.AHEAD, patient.OLD

describe("an upgrade", function()
   local old

   local function set_old(version, rows, sql)
      old = stage.new(("catalog-v%d"):format(version))
      old:set(rows, sql)
   end

   after_each(function()
      old:drop()
   end)

   it("needs a version in the catalog", function()
      set_old(10, {}, "delete from lakehouse_migration")

      assert_finding({"serious", 0, "rows in lakehouse_migration, where exactly one must be",
         "A service of micromegas that starts reads its catalog's version there, and may migrate from the beginning.",
         "put the right version there before you start any service"}, ill:findings(old:open())[1])
   end)

   it("needs one version only", function()
      set_old(10, {}, "insert into lakehouse_migration values (9)")

      assert.are.same({2, "9, 10"}, {ill:only("versions", old:open()).count, ill:only("versions", old:open()).example})
   end)

   it("to version 3 needs metadata", function()
      set_old(2, {row("views/x", 5, 6, {metadata = "00"}), row("views/y", 6, 7), row("views/z", 7, 8)})

      assert_finding({"warning", 2, "partitions without metadata of their file",
         "Micromegas 0.13 and later cannot tell how many rows they have: the step to catalog version 3 fails.",
         "retire or delete them before you upgrade", example = "log_entries global 2020-01-01 06:00:00+00"},
         ill:only("no_metadata", old:open()))
   end)

   it("to version 7 needs partitions that do not overlap", function()
      set_old(6, {row("views/v", 1, 5), row("views/w", 2, 3), row("views/x", 4, 6), row("views/y", 6, 7), row("views/z", 7, 7),
         row("views/u", 2, 3, {instance = "i"}), row("views/t", 2, 3, {[4] = OLD, updated = "2019-01-01"})})

      assert_finding({"warning", 2, "partitions that overlap another one of their instance and hash",
         "The step to catalog version 7 (micromegas 0.28) fails while there is one.",
         "retire one of each pair before you upgrade", example = "log_entries global 2020-01-01 02:00:00+00"},
         ill:only("overlaps", old:open()))
   end)

   it("to version 7 is judged as PostgreSQL judges it", function()
      math.randomseed(7)
      local rows = {}
      for i = 1, 300 do
         local from = math.random(0, 9)
         rows[i] = row("views/" .. i, from, from + math.random(0, 2), {instance = "i" .. math.random(1, 40)})
      end
      set_old(6, rows, [[update lakehouse_partitions set begin_insert_time = null where file_path = 'views/7';
         update lakehouse_partitions set end_insert_time = null where file_path = 'views/8']])

      local found
      for _, each in ipairs(ill:findings(old:open())) do
         found = each.kind == "overlaps" and each.count or found
      end

      assert.are.equal(old:value[[select count(distinct b.ctid) from lakehouse_partitions a join lakehouse_partitions b
         on a.view_instance_id = b.view_instance_id and (coalesce(a.begin_insert_time, '-infinity'),
            coalesce(a.end_insert_time, 'infinity'), a.ctid) < (coalesce(b.begin_insert_time, '-infinity'),
            coalesce(b.end_insert_time, 'infinity'), b.ctid)
         and tstzrange(a.begin_insert_time, a.end_insert_time) && tstzrange(b.begin_insert_time, b.end_insert_time)]],
         tostring(found))
   end)

   it("to version 7 needs an extension that the owner of the catalog may make", function()
      set_old(6, {})
      local owner = old.db:role("create on schema public").user
      old:psql("alter table lakehouse_partitions owner to " .. owner)

      assert_finding({"warning", 1, "extension that the next upgrade needs and cannot make: btree_gist",
         "The step to catalog version 7 (micromegas 0.28) makes it; the role that owns the catalog (" .. owner .. ") may not.",
         "as a superuser: create extension btree_gist"}, ill:only("gist_rights", old:open()))

      old:psql(("grant create on database %s to %s"):format(old.db.name, owner))
      assert.are.same({}, ill:findings(old:open()))
      old:psql(("revoke create on database %s from %s; create extension btree_gist"):format(old.db.name, owner))
      assert.are.same({}, ill:findings(old:open()))
   end)

   it("to version 7 needs an extension that the server has", function()
      set_old(6, {}, [[set allow_system_table_mods = on;
         create or replace view pg_catalog.pg_available_extensions as
         select name, default_version, null::text collate "C" as installed_version, comment
         from pg_available_extensions() where name <> 'btree_gist']])

      assert_finding({"warning", 1, "extension that the next upgrade needs and the server lacks: btree_gist",
         "The step to catalog version 7 (micromegas 0.28) makes it, and fails.",
         "install PostgreSQL's contrib modules on the server"}, ill:only("gist_missing", old:open()))
   end)

   it("to a version that mm does not know makes it read only", function()
      set_old(10, {}, "update lakehouse_migration set version = 11")

      assert_finding({"notice", 1, "reason for which mm changes nothing here",
         ("the catalog has lakehouse version 11, mm %s knows versions up to 10: it only reads this lake."):format(mm.version),
         "use a version of mm that knows this catalog"}, ill:only("only_reads", old:open()))
   end)
end)

describe("clocks", function()
   teardown(function()
      made:drop()
   end)

   it("of writers should not be ahead of the server's", function()
      ill:set({row("views/x", 5, 6, {updated = AHEAD}), row("views/y", 6, 7, {updated = "2998-01-01"})})

      assert_finding({"warning", 2, "partitions that were written in the future",
         "By the server's clock; the last one at 2999-01-01 00:00:00 UTC. The clock of a writer is ahead: files that it "
            .. "retires are deleted later than meant, and mm cannot tell which write was the last.",
         "synchronize the clocks of the machines that run micromegas", example = "log_entries global 2020-01-01 05:00:00+00",
         time = AHEAD}, ill:only("written_ahead"))
   end)

   it("of writers may be ahead by less than a minute", function()
      ill:set({}, "update lakehouse_partitions set updated = now() + interval '50 seconds'")

      assert.are.same({}, ill:findings())
   end)

   -- The clock of mm's machine, so many seconds off.
   local function with_clock(seconds, f)
      local real = os.time
      rawset(os, "time", function()
         return real() + seconds
      end)
      local is_right, result = pcall(f)
      rawset(os, "time", real)
      return is_right and result or error(result, 0)
   end

   for direction, seconds in pairs{["ahead of"] = 3600, behind = -3600} do
      it(("of this machine should not be %s the server's"):format(direction), function()
         ill:set()

         local finding = with_clock(seconds, function()
            return ill:only("host_clock")
         end)

         assert.is_true(finding.count >= 3590 and finding.count <= 3602)
         assert.are.same({"notice", "seconds between the clock of this machine and the server's",
            ("This machine is %s the server. mm goes by the server's clock, people may not."):format(direction),
            "synchronize this machine's clock"}, {finding.severity, finding.message, finding.meaning, finding.hint})
      end)
   end

   it("of this machine may be off by some seconds", function()
      ill:set()

      for _, seconds in ipairs{20, -20} do
         assert.are.same({}, with_clock(seconds, function()
            return ill:findings()
         end))
      end
   end)
end)

describe("autovacuum", function()
   teardown(function()
      made:psql("alter table temporary_files reset (autovacuum_enabled)")
      made:drop()
   end)

   it("should be on for the tables, and remove dead rows", function()
      ill:set({}, "alter table temporary_files set (autovacuum_enabled = false)")
      made:psql[[insert into temporary_files select 'views/gone/' || i, 1, 'infinity' from generate_series(1, 1250) i]]
      made:psql("delete from temporary_files where file_path <> 'views/gone/1'")

      local list = ill:findings()

      assert.are.same({"no_autovacuum", "dead_rows"}, kinds(list))
      assert_finding({"warning", 1, "table without autovacuum: temporary_files",
         "What writers and mm delete stays in it: it only grows, and each listing gets slower.",
         "alter table temporary_files reset (autovacuum_enabled)"}, list[1])
      assert_finding({"notice", 1249, "dead rows in temporary_files", "It has 1 live ones: each listing reads both.",
         "vacuum (analyze) temporary_files"}, list[2])
      made:psql"insert into temporary_files select 'views/more/' || i, 1, 'infinity' from generate_series(1, 2500) i"
      assert.are.same({"no_autovacuum"}, kinds(ill:findings()))
      made:psql("vacuum analyze temporary_files; alter table temporary_files reset (autovacuum_enabled)")
      assert.are.same({}, ill:findings())
   end)

   it("should be on for the server", function()
      ill:set()
      local function switch(sql, wanted)
         made:psql("alter system " .. sql)
         made:psql("select pg_reload_conf()")
         for _ = 1, 1000 do
            if made:value("show autovacuum") == wanted then
               return
            end
         end
         error("the server did not read its configuration")
      end
      finally(function()
         switch("reset autovacuum", "on")
      end)
      switch("set autovacuum = off", "off")

      assert_finding({"warning", 1, "server without autovacuum",
         "What writers and mm delete stays in the tables: they only grow, and each listing gets slower.",
         "set autovacuum = on"}, ill:only("autovacuum_off"))
   end)
end)

describe("a role", function()
   teardown(function()
      made:drop()
   end)

   local function open_as(...)
      local role = made.db:role(...)
      return made:open{conninfo = role.conninfo, registry = mm.registry.release("0.33")}, role.user
   end

   it("is told which rights it lacks to retire and undo", function()
      ill:set()
      local lake, name = open_as("select on all tables in schema public, mmadmin", "usage on schema mmadmin",
         "insert, delete on lakehouse_partitions", "insert on temporary_files",
         "insert on mmadmin.retirement, mmadmin.item, mmadmin.skipped, mmadmin.unrestored, mmadmin.batch, mmadmin.audit",
         "update on mmadmin.retirement, mmadmin.skipped, mmadmin.audit_head")

      assert_finding({"notice", 2, "rights that the role lacks to retire and undo",
         name .. " lacks delete on skipped, temporary_files.",
         ("mmlua init --sql --operator %s prints statements for a DBA"):format(name)}, ill:only("cannot_retire", lake))
   end)

   it("with the rights of an operator lacks none", function()
      ill:set()
      local role = made.db:role()
      for grant in made:open():init_sql{name = "x", operator = role.user}:gmatch("grant [^;]+;") do
         made:psql(grant)
      end

      assert.are.same({}, ill:findings(made:open{conninfo = role.conninfo, registry = mm.registry.release("0.33")}))
   end)

   it("that may read little is told what could not be checked", function()
      ill:set()
      local lake, name = open_as("select on lakehouse_partitions, lakehouse_migration")

      local list = ill:findings(lake)

      local words = {}
      for i, each in ipairs(list) do
         words[i] = each.check .. " " .. each.kind
      end
      assert.are.same({"queued_live unchecked", "queued_twice unchecked", "queue_nulls unchecked", "queue_overdue unchecked",
         "short unchecked", "blocks unchecked", "rights cannot_look", "rights cannot_retire", "changes only_reads",
         "copy unchecked", "retirements unchecked", "audit unchecked"}, words)
      assert_finding({"notice", 1, "could not be checked: live partitions whose file is queued for deletion",
         "doctor_queued_live: permission denied for table temporary_files.", "grant the role what it lacks"}, list[1])
      assert_finding({"notice", 19, "rights that the role lacks to look", name .. " lacks select on audit, audit_head, batch, "
         .. "blocks, hold, item, job, lake, lakehouse_view_set_definitions, migration, processes, retirement, settings, skipped, "
         .. "streams, temporary_files, unrestored, view_set; usage on schema mmadmin: verdicts are worse than they must be, "
         .. "and some checks are not made.", ("mmlua init --sql --viewer %s prints statements for a DBA"):format(name)},
         list[7])
   end)
end)

describe("a role that may not read", function()
   teardown(function()
      made:drop()
   end)

   for _, name in ipairs{"blocks", "streams", "processes"} do
      it(name .. " is not told that all is well with what is made from them", function()
         ill:set({row("views/x", 5, 6, {events = 1})}, patient.block(5, 0, 20))
         local role = made.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin")
         made:psql(("revoke select on %s from %s"):format(name, role.user))

         local list = ill:findings(made:open{conninfo = role.conninfo, registry = mm.registry.release("0.33")})

         assert.are.same({"doctor_short: permission denied for table " .. name .. ".",
            "doctor_blocks: permission denied for table " .. name .. "."}, {list[1].meaning, list[2].meaning})
      end)
   end
end)

describe("retirements", function()
   teardown(function()
      made:drop()
   end)

   -- Two outdated partitions, retired for 7 days; the retirement's id.
   local function retire(sql)
      ill:set({row("views/x", 5, 6, {[4] = OLD, updated = "2019-01-01"}), row("views/y", 6, 7, {[4] = OLD, updated = "2019-01-01"})})
      local lake = made:open()
      local plan = assert(lake:plan{all = true, verdicts = {"only_copy"}})
      assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES}))
      made:psql(sql or "")
      return plan.id
   end

   local PAST = [[update mmadmin.batch set committed_at = now() - interval '25 hours';
      update mmadmin.retirement set applied_at = now() - interval '30 hours', created_at = now() - interval '31 hours']]

   it("that are applied and can be undone for days need nobody", function()
      retire(PAST)

      assert.are.same({}, ill:findings())
   end)

   for _, state in ipairs{"applying", "paused", "undoing"} do
      it("should not be left in state " .. state, function()
         local id = retire(PAST .. (", state = '%s'"):format(state))
         local time = made:value([[select to_char(committed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
            from mmadmin.batch]])

         local finding = ill:only("stuck")

         assert.are.same({"warning", 1, "retirements that stopped in the middle more than a day ago",
            id .. ", the first at " .. time .. ". Time to undo runs out meanwhile.",
            "mmlua apply ID goes on, mmlua undo ID takes it back, or goes on with that"},
            {finding.severity, finding.count, finding.message, finding.meaning, finding.hint})
      end)
   end

   it("may be in the middle for a day", function()
      retire[[update mmadmin.batch set committed_at = now() - interval '23 hours';
         update mmadmin.retirement set applied_at = now() - interval '30 hours', state = 'paused']]

      assert.are.same({}, ill:findings())
   end)

   it("are named when little time is left to undo them", function()
      local id = retire[[update mmadmin.retirement set undo_until = date_trunc('second', now()) + interval '24 hours']]
      local time = made:value([[select to_char((undo_until - interval '5 minutes') at time zone 'UTC',
         'YYYY-MM-DD HH24:MI:SS "UTC"') from mmadmin.retirement]])

      local finding = ill:only("undo_ends")

      assert.are.same({"notice", 1, "retirements that can be undone for less than a day",
         id .. ", the first until " .. time .. ". After that their files are deleted.",
         "look whether anybody misses anything; mmlua undo ID takes it back"},
         {finding.severity, finding.count, finding.message, finding.meaning, finding.hint})
   end)

   it("are named when one of their files goes earlier than was meant", function()
      retire("insert into temporary_files values ('views/y', 1000, now() + interval '3 hours')")

      assert.are.same({"queued_early", "undo_ends"}, kinds(ill:findings()))
   end)

   it("whose time is over, or that are undone, need nobody", function()
      retire("update mmadmin.retirement set undo_until = now() - interval '1 second'")
      assert.are.same({}, ill:findings())

      retire("update mmadmin.retirement set state = 'undone', undo_until = now() + interval '1 hour'")
      assert.are.same({}, ill:findings())
   end)
end)

describe("mm's own state", function()
   local own

   before_each(function()
      own = stage.new("catalog-v10")
      own:set({row("views/x", 5, 6)})
   end)
   after_each(function()
      own:drop()
   end)

   it("should not be that of another lake, of which this is a copy", function()
      own:psql("update mmadmin.lake set database_oid = 1")
      assert_finding({"warning", 1, "database that is a copy of lake made-up",
         "Its files are those of the original: whatever deletes files here deletes them there. mm applies no plan to it.",
         "run no maintenance daemon on it; if the original is gone: mmlua init --adopt"}, ill:only("other_database", own:open()))

      own:psql("update mmadmin.lake set system_identifier = 1")
      assert.are.equal("database that is a copy of lake made-up, restored on another server",
         ill:only("other_server", own:open()).message)
   end)

   it("should have an audit that nobody else wrote to", function()
      local lake = own:open()
      assert(lake:publish_registry(mm.registry.release("0.33")))
      assert(lake:publish_registry(mm.registry.release("0.33")))
      own:psql("update mmadmin.audit set body = replace(body, '}', ' }') where seq = 2")

      local finding = ill:only("broken_audit", own:open())

      assert.are.same({"serious", 1, "place where the chain of the audit is broken",
         "mmlua audit verify; find out who may write to the schema mmadmin"},
         {finding.severity, finding.count, finding.message, finding.hint})
      assert.are.equal("Entry 2: its hash is not that of its text and the entry before. Somebody wrote to the audit who is not "
         .. "mm, or the database was restored in part. The entries before it are right.", finding.meaning)
   end)

   it("of an older mm is named", function()
      own:psql("update mmadmin.lake set version = 1")

      assert_finding({"notice", 1, "reason for which mm changes nothing here",
         "the lake's schema mmadmin has version 1, this mm needs 3.", "bring it up to date: mmlua init --upgrade"},
         ill:only("only_reads", own:open()))
   end)
end)

describe("the real lake", function()
   local db, lake

   local function open(name, answer)
      db = postgres.database(name)
      lake = assert(mm.open(db.conninfo, {registry = assert(mm.registry.read(answer))}))
   end

   after_each(function()
      lake:close()
      db:drop()
   end)

   local OLD_ANSWER, NEW_ANSWER = "spec/data/list_view_sets-0.27.0.json", "demo/list_view_sets-0.33.0.json"

   -- What depends on the clock is left out: dumps grow old.
   local function found()
      local lines = {}
      for _, each in ipairs(ill:findings(lake)) do
         if each.check ~= "queue_overdue" and each.check ~= "clock" then
            lines[#lines + 1] = ("%s %s %d"):format(each.severity, each.kind, each.count)
         end
      end
      return lines
   end

   local function meaning(kind)
      for _, each in ipairs(ill:findings(lake)) do
         if each.kind == kind then
            return each.meaning, each.example
         end
      end
   end

   it("of 0.27.0 has nothing", function()
      open("lake-0.27.0", OLD_ANSWER)

      assert.are.same({}, found())
   end)

   it("of 0.33.0 has view sets that were dropped, one that was built too early, and a process that was not registered", function()
      open("lake-0.33.0", NEW_ANSWER)

      assert.are.same({"warning unregistered 6", "warning short 1", "warning without_process 77"}, found())
      assert.are.equal("x_decimal, x_decimal_small, x_ints, x_lists, x_struct, x_times: 294 partitions, 262.3 KiB. If they were "
         .. "dropped, no query reads these any more, and they cost storage until retention removes them.",
         (meaning("unregistered")))
      assert.are.equal("errors_per_minute global 2026-11-19 00:00:00+00 to 2026-11-20 00:00:00+00: 0 of 118 events",
         select(2, meaning("short")))
      assert.are.equal("Micromegas leaves them out of every view: queries miss 49 153 events of 1 process, from 2026-11-23 "
         .. "02:15:41 UTC on. The process was never registered, or its registration was lost.", (meaning("without_process")))
   end)

   it("in the middle of an upgrade has writers of two releases", function()
      open("lake-rolling", NEW_ANSWER)

      assert.are.same({"warning mixed_writers 6", "warning without_process 72"}, found())
   end)

   it("in the middle of an upgrade makes the old registry look old", function()
      open("lake-rolling", OLD_ANSWER)

      assert.are.same({"warning older_registry 6", "warning short 4", "warning without_process 72"}, found())
   end)

   for _, each in ipairs(facts.lakes) do
      it(("%s has what plain SQL finds under %s"):format(each.name, each.registry), function()
         open(each.name, each.registry)

         local counted = db:rows(([[
            with current as (
               select p.*, case p.view_set_name when 'measures' then 'metrics' else 'log' end as tag,
                  get_byte(source_data_hash, 0) + get_byte(source_data_hash, 1) * 256 + get_byte(source_data_hash, 2) * 65536
                     as events
               from lakehouse_partitions p join %s on r.name = p.view_set_name and r.hash = p.file_schema_hash
               where view_instance_id = 'global' and end_insert_time < now() - interval '3 hours'
            ), counted as (
               select c.events, (select coalesce(sum(case when c.view_set_name in ('blocks', 'processes', 'streams') then 1
                     when c.tag = any (s.tags) then b.nb_objects else 0 end), 0)
                  from blocks b join streams s using (stream_id) join processes q on q.process_id = b.process_id
                  where b.insert_time >= c.begin_insert_time and b.insert_time < c.end_insert_time) as today
               from current c
            )
            select (select count(*) from temporary_files where expiration < now() - interval '2 hours'),
               count(*) filter (where today > events), coalesce(sum(today - events) filter (where today > events), 0)
            from counted]]):format(facts.registry_sql(each.registry)))[1]

         local by_check = {}
         for _, finding in ipairs(ill:findings(lake)) do
            by_check[finding.check] = finding
         end
         assert.are.same({tonumber(counted[1]), tonumber(counted[2])},
            {by_check.queue_overdue and by_check.queue_overdue.count or 0, by_check.short and by_check.short.count or 0})
         assert.are.equal(counted[3], by_check.short and by_check.short.meaning:match("miss (%d+) events") or "0")
      end)
   end

   it("is looked at with an inferred registry too", function()
      db = postgres.database("lake-0.33.0")
      lake = assert(mm.open(db.conninfo))

      assert.are.same({"warning unregistered 6", "warning short 1", "warning without_process 77", "notice inferred 1"}, found())
   end)

   it("with the registry of a release alone lacks what the lake defines", function()
      db = postgres.database("lake-0.33.0")
      lake = assert(mm.open(db.conninfo, {registry = mm.registry.release("0.33")}))

      assert.are.same({"warning unregistered 6", "warning without_process 77", "notice unloaded 1"}, found())
      assert.are.equal("errors_per_minute: 155 partitions, which are no garbage. Either the registry is older, or the server "
         .. "could not load the definition.", (meaning("unloaded")))
   end)
end)
