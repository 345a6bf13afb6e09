-- What the doctor finds in partitions and source blocks: each trouble in a made-up lake, and what is none.
local mm = require("mm")
local patient = require("spec.support.patient")
local stage = require("spec.support.stage")

local ill = patient.new()
local made = ill.stage
local assert_finding, at, block, kinds, row = patient.assert_finding, patient.at, patient.block, patient.kinds, patient.row
local OLD = patient.OLD
local UNREADABLE = "Micromegas 0.14 and later refuses every list of partitions that holds one: queries on the view set "
   .. "fail, and the maintenance daemon materializes no view any more."
local CORRECT = "correct or delete these rows with psql, and keep a copy: micromegas did not write them like that"

describe("micromegas' reader", function()
   teardown(function()
      made:drop()
   end)

   local function refuses(kind, message, fields, sql)
      it("refuses " .. message, function()
         ill:set({row("views/x", 5, 6, fields)}, sql)

         assert_finding({"serious", 1, message, UNREADABLE, CORRECT, example = "log_entries global 2020-01-01 05:00:00+00"},
            ill:only(kind))
      end)
   end

   refuses("unhashed", "partitions without schema hash", nil,
      "update lakehouse_partitions set file_schema_hash = null where file_path = 'views/x'")
   refuses("negative_rows", "partitions with a negative number of rows", {rows = -1})
   refuses("half_event_times", "partitions with one event time of two", {max = false})
   refuses("half_event_times", "partitions with one event time of two", {min = false, max = at(6), rows = 0})
   refuses("rows_nowhere", "partitions with rows, but without event times or file", {min = false, max = false})
   refuses("rows_nowhere", "partitions with rows, but without event times or file", {rows = 1},
      "update lakehouse_partitions set file_path = null where file_path = 'views/x'")
   refuses("empty_with_file", "partitions without rows, but with event times or a file", {rows = 0})
   refuses("empty_with_file", "partitions without rows, but with event times or a file", {rows = 0, min = at(5), max = at(5)},
      "update lakehouse_partitions set file_path = null where file_path = 'views/x'")

   for _, column in ipairs{"updated", "file_size", "source_data_hash"} do
      refuses("null_columns", "partitions with NULL where micromegas needs a value", nil,
         ("update lakehouse_partitions set %s = null where file_path = 'views/x'"):format(column))
   end

   for column, example in pairs{view_set_name = "? i 2020-01-01 05:00:00+00",
      view_instance_id = "log_entries ? 2020-01-01 05:00:00+00", begin_insert_time = "log_entries i ?",
      end_insert_time = "log_entries i 2020-01-01 05:00:00+00"} do
      it("refuses partitions without " .. column, function()
         ill:set({row("views/x", 5, 6, {instance = "i"})},
            ("update lakehouse_partitions set %s = null where file_path = 'views/x'"):format(column))

         assert_finding({"serious", 1, "partitions with NULL where micromegas needs a value", UNREADABLE, CORRECT,
            example = example}, ill:only("null_columns"))
      end)
   end

   it("of 0.30 refuses partitions with a sort key time alone", function()
      ill:set({row(false, 5, 6, {max_sort = at(5)})})

      assert_finding({"serious", 1, "partitions with a sort key time, but without event times",
         (UNREADABLE:gsub("0%.14", "0.30")), CORRECT, example = "log_entries global 2020-01-01 05:00:00+00"},
         ill:only("sort_key_alone"))
   end)

   it("takes a partition with everything, a sort key time too, and one with nothing", function()
      ill:set({row("views/x", 5, 6, {max_sort = at(5)}), row(false, 6, 7), row("views/y", 7, 7, {instance = stage.PROCESS})})

      assert.are.same({}, ill:findings())
   end)

   it("fails on partitions that end before they begin, which older catalogs can hold", function()
      local old = stage.new("catalog-v6")
      finally(function()
         old:drop()
      end)
      old:set{row("views/x", 6, 5)}

      assert_finding({"serious", 1, "partitions that end before they begin",
         "Whatever makes a range of their insert times fails, such as the step to catalog version 7 (micromegas 0.28).",
         CORRECT, example = "log_entries global 2020-01-01 06:00:00+00"}, ill:only("backwards", old:open()))
   end)

   it("knows old source counts", function()
      ill:set({row("views/x", 5, 6, {events = "0102"}), row("views/y", 5, 6, {events = "", instance = stage.PROCESS})})

      assert_finding({"notice", 2, "partitions whose source count is not of 8 bytes (legacy)",
         "Micromegas makes those of `global` anew where it still looks; queries on a process or stream with one fail "
            .. "(1 of them).", "retire those of processes and streams: the next query makes them anew",
         example = "log_entries " .. stage.PROCESS .. " 2020-01-01 05:00:00+00"}, ill:only("legacy_count"))
   end)

   it("refuses each for the first thing that is wrong with it", function()
      ill:set({row("views/x", 5, 6, {rows = -1, min = false, events = "01"}), row("views/y", 6, 7, {max = false, events = "01"})})

      assert.are.same({"half_event_times", "negative_rows"}, kinds(ill:findings()))
   end)
end)

describe("partitions of one instant", function()
   teardown(function()
      made:drop()
   end)

   it("should be one for each instance and hash", function()
      local process = {instance = stage.PROCESS}
      ill:set({row("views/x", 5, 5, process), row("views/y", 5, 5, process), row(false, 5, 5, process),
         row("views/z", 6, 6, process)})

      assert_finding({"warning", 1, "instants with several partitions of one instance and hash",
         "3 partitions that begin and end then. Queries read each; retire_partition_by_metadata() refuses them (micromegas "
            .. "0.30 and later) or deletes all of them.",
         "retire them together: mmlua retire VIEW_SET --range --include-current --instance ID --from TIME --to TIME",
         example = ("log_entries %s 2020-01-01 05:00:00+00"):format(stage.PROCESS)}, ill:only("twins"))
   end)

   it("are removed as the doctor says", function()
      local process = {instance = stage.PROCESS}
      ill:set({row("views/x", 5, 5, process), row("views/y", 5, 5, process), row("views/z", 6, 6, process)})
      local lake = made:open()

      local plan = assert(lake:plan_range{view_set = "log_entries", view_instance = stage.PROCESS,
         from = "2020-01-01T05:00Z", to = "2020-01-01T05:00Z", include_current = true})
      assert(lake:apply(plan.id, {reason = "spec", overrides = stage.OVERRIDES}))

      assert.are.same({}, ill:findings(lake))
      assert.are.equal("views/a views/b views/z", made:live())
   end)

   it("without hash are told as such", function()
      local process = {instance = stage.PROCESS}
      ill:set({row("views/x", 5, 5, process), row("views/y", 5, 5, process)},
         "update lakehouse_partitions set file_schema_hash = null where begin_insert_time = end_insert_time")

      assert.are.equal(2, ill:only("unhashed").count)
   end)

   it("may differ in hash, instance or instant", function()
      ill:set({row("views/x", 5, 5, {instance = "a"}), row("views/y", 5, 5, {instance = "b"}),
         row("views/z", 6, 6, {instance = "a"})})

      assert.are.same({}, ill:findings())
   end)
end)

describe("a view set", function()
   local DEFINE = [[insert into lakehouse_view_set_definitions (view_set_name, definition_sql, extract_query, count_src_query,
      merge_partitions_query, update_group, updated_by) values ('%s', '', '', %s, '', 4000, 'somebody');]]

   teardown(function()
      made:drop()
   end)

   it("should be in the registry", function()
      ill:set({row("views/x", 0, 1, {view_set = "x_old"}), row("views/y", 1, 2, {view_set = "x_old"}),
         row("views/z", 1, 2, {view_set = "x_older"})})

      assert_finding({"warning", 2, "view sets with partitions that are in no registry",
         "x_old, x_older: 3 partitions, 2.9 KiB. If they were dropped, no query reads these any more, and they cost storage "
            .. "until retention removes them.",
         "mmlua retire VIEW_SET --range --include-unregistered --instance global --from TIME --to TIME",
         example = "x_old from 2020-01-01 00:00:00+00 to 2020-01-01 02:00:00+00"}, ill:only("unregistered"))
   end)

   it("that the lake defines should be too, but is no garbage", function()
      ill:set({row("views/x", 0, 1, {view_set = "mine"})}, DEFINE:format("mine", "''"))

      assert_finding({"notice", 1, "view sets that the lake defines and the registry lacks",
         "mine: 1 partition, which are no garbage. Either the registry is older, or the server could not load the "
            .. "definition.",
         "publish the server's answer to list_view_sets(); if it lacks them too, its log says why",
         example = "mine from 2020-01-01 00:00:00+00 to 2020-01-01 01:00:00+00"}, ill:only("unloaded"))
   end)

   it("that the lake defines is missed although it has no partitions", function()
      ill:set({}, DEFINE:format("mine", "''"))

      assert.are.equal("mine: 0 partitions, which are no garbage. Either the registry is older, or the server could not "
         .. "load the definition.", ill:only("unloaded").meaning)
   end)

   it("is not called garbage by who cannot see what the lake defines", function()
      ill:set({row("views/x", 0, 1, {view_set = "mine"})}, DEFINE:format("mine", "''"))
      local role = made.db:role("select on all tables in schema public, mmadmin", "usage on schema mmadmin")
      made:psql("revoke select on lakehouse_view_set_definitions from " .. role.user)

      local list = ill:findings(made:open{conninfo = role.conninfo, registry = mm.registry.release("0.33")})

      assert_finding({"notice", 1, "view sets that are in no registry, and may be defined in the lake",
         "mine: 1 partition, 1000 B. The role may not read lakehouse_view_set_definitions.",
         "grant select on lakehouse_view_set_definitions",
         example = "mine from 2020-01-01 00:00:00+00 to 2020-01-01 01:00:00+00"}, list[1])
   end)

   it("is named with seven others at most", function()
      local rows = {}
      for i = 1, 10 do
         rows[i] = row("views/x" .. i, 0, 1, {view_set = "x_" .. i})
      end
      ill:set(rows)

      assert.are.equal("x_1, x_10, x_2, x_3, x_4, x_5, x_6, x_7 and 2 more: 10 partitions",
         ill:only("unregistered").meaning:match("^[^,]+, .- partitions"))
   end)
end)

describe("a registry", function()
   teardown(function()
      made:drop()
   end)

   it("should be given or published, not inferred", function()
      ill:set()

      assert_finding({"notice", 1, "registry that nobody gave or published",
         "What is current is inferred: release 0.32 to 0.33, from catalog version 10 and the newest writes (2 of 2 view sets "
            .. "fit).", "mmlua registry publish --registry RELEASE|FILE"}, ill:only("inferred", made:open{}))
   end)

   it("that is published is as good as one that is given", function()
      ill:set()
      local lake = made:open{}
      assert(lake:publish_registry(mm.registry.release("0.33")))

      assert.are.same({}, ill:findings(lake))
   end)

   it("that cannot be read leaves those checks out that need one", function()
      ill:set()
      assert(made:open():publish_registry(mm.registry.release("0.33")))
      local role = made.db:role("select on all tables in schema public", "usage on schema mmadmin",
         "select on mmadmin.lake, mmadmin.retirement, mmadmin.item, mmadmin.batch, mmadmin.audit, mmadmin.audit_head")

      local unchecked = {}
      for _, each in ipairs(ill:findings(made:open{conninfo = role.conninfo})) do
         unchecked[#unchecked + 1] = each.kind == "unchecked" and each.check or nil
      end

      assert.are.same({"registry", "unregistered", "writers", "short"}, unchecked)
   end)
end)

describe("writers", function()
   teardown(function()
      made:drop()
   end)

   local function old(path, from, fields)
      local result = row(path, from, from + 1, fields)
      result[4] = result.view_set and "02" or OLD
      return result
   end

   -- Of each of two view sets an old partition, before the current ones, and one written then.
   local function still_written(one, other, newest)
      ill:set({old("views/u", 5, {updated = "2019-01-01"}), old("views/v", 5, {updated = "2019-01-01", view_set = "blocks"}),
         old("views/x", 6, {updated = one}), old("views/y", 6, {updated = other, view_set = "blocks"}),
         row("views/z", 7, 8, {updated = newest})})
   end

   it("should be of one release, in the lake's own time", function()
      still_written("2020-01-01 05:58:01", "2020-01-01 05:59", "2020-01-01 06:00")

      assert_finding({"warning", 2, "outdated schema hashes that are still written",
         "blocks, log_entries, the last one at 2020-01-01 05:59:00 UTC: services of an older release are alive, and write "
            .. "partitions that nobody reads. Until that is over mm applies no plan.",
         "stop the old services and wait an hour; mmlua writers shows what is written", example = "blocks 02",
         time = "2020-01-01T05:59:00.000000Z"}, ill:only("mixed_writers"))
   end)

   it("should be of one release, by the clock", function()
      still_written("2020-01-01", "2020-01-01", "2020-01-01 06:00")
      made:psql([[update lakehouse_partitions set updated = now() where file_path = 'views/z';
         update lakehouse_partitions set updated = now() - interval '59 minutes' where file_path = 'views/x']])

      assert.are.same({"mixed_writers", 1}, {ill:only("mixed_writers").kind, ill:only("mixed_writers").count})
   end)

   it("that are newer than the registry are not called old", function()
      still_written("2020-01-01 05:58:01", "2020-01-01 05:59", "2020-01-01 06:00")
      made:psql("delete from lakehouse_partitions where file_path = 'views/v'")

      assert_finding({"warning", 2, "outdated schema hashes that seem to be newer than the current ones",
         "blocks, log_entries, the last one written at 2020-01-01 05:59:00 UTC: the registry is older than the lake's writers, "
            .. "or the lake was rolled back. What it calls outdated is what is written today.",
         "take the server's answer to list_view_sets() as registry; mmlua writers shows what is written", example = "blocks 02",
         time = "2020-01-01T05:59:00.000000Z"}, ill:only("older_registry"))
   end)

   it("may have been of another release before", function()
      still_written("2020-01-01 05:57:59", "2020-01-01 05:57:59", "2020-01-01 06:00")

      assert.are.same({}, ill:findings())
   end)
end)

describe("current partitions", function()
   local SHORT = "current partitions with fewer source events than there are today"
   local REBUILD = "rebuild the range on the server, the view set blocks first: materialize_partitions()"
   local HINT = "after a rebuild of blocks, materialize_partitions() on the server compares, and builds anew what is short"
   local COUNT = [['
      SELECT sum(nb_objects) as count   FROM blocks WHERE array_has("streams.tags", ''%s'')
      AND insert_time >= ''{begin}'' AND insert_time < ''{end}'' ']]
   local DEFINE = [[insert into lakehouse_view_set_definitions (view_set_name, definition_sql, extract_query, count_src_query,
      merge_partitions_query, update_group) values ('mine', '', '', %s, '', 4000);]]

   local function with_mine()
      local mine = assert(mm.registry.new{{view_set_name = "mine", current_schema_hash = "aa", source = "spec"}})
      return made:open{registry = mm.registry.release("0.33"):merge(mine)}
   end

   teardown(function()
      made:drop()
   end)

   it("should hold what their source holds today", function()
      ill:set({row("views/x", 5, 6, {events = 30}), row("views/y", 6, 7, {events = 10}), row("views/z", 7, 8, {events = 5}),
         row("views/w", 6, 7, {events = 1, view_set = "blocks", [4] = "05"})},
         block(5, 0, 20) .. block(5, 59, 21) .. block(6, 0, 40) .. block(6, 30, 1) .. block(7, 0, 5))

      assert_finding({"warning", 3, SHORT,
         "Queries on blocks, log_entries miss 43 events: these were built before their source was. Micromegas looks again at "
            .. "the last two days only; older than that: 3.", REBUILD,
         example = "log_entries global 2020-01-01 06:00:00+00 to 2020-01-01 07:00:00+00: 10 of 41 events"}, ill:only("short"))
   end)

   it("of the last two days are looked at again by micromegas", function()
      ill:set({row("views/x", 5, 6, {events = 30})}, block(5, 0, 31) .. block(6, 0, 40)
         .. [[update blocks set insert_time = now() - interval '24 hours' where nb_objects = 40;
            insert into lakehouse_partitions select view_set_name, view_instance_id, now() - interval '25 hours',
            now() - interval '23 hours', min_event_time, max_event_time, updated, 'views/z', file_size, file_schema_hash,
            source_data_hash, num_rows from lakehouse_partitions where file_path = 'views/x']])

      local finding = ill:only("short")

      assert.are.equal(2, finding.count)
      assert.is_truthy(finding.meaning:find("the last two days only; older than that: 1.", 1, true))
   end)

   it("may hold more, for retention removes the source first", function()
      ill:set({row("views/x", 5, 6, {events = 21})}, block(5, 0, 20))

      assert.are.same({}, ill:findings())
   end)

   it("hold nothing of other tags, of blocks without process, and of another audience", function()
      ill:set({row("views/x", 5, 6, {events = 0, rows = 1}), row("views/y", 5, 6, {view_set = "measures", events = 7, [4] = "08"})},
         block(5, 0, 7, {tag = "metrics"}))

      assert.are.same({}, ill:findings())
   end)

   it("are not counted in the first three hours, nor are outdated ones and those of processes", function()
      ill:set({row("views/x", 5, 6, {[4] = OLD, updated = "2019-01-01", events = 1}),
         row("views/y", 5, 6, {events = 1, instance = stage.PROCESS})},
         block(5, 0, 20) .. ([[insert into lakehouse_partitions select view_set_name, view_instance_id,
            now() - interval '179 minutes' - interval '1 hour', now() - interval '179 minutes', min_event_time,
            max_event_time, updated, 'views/z', file_size, file_schema_hash, source_data_hash, num_rows
            from lakehouse_partitions where file_path = 'views/a';
            update blocks set insert_time = now() - interval '200 minutes';]]))

      assert.are.same({}, ill:findings())
   end)

   it("of a view set that an operator defined are counted where its source is counted in the usual way", function()
      ill:set({row("views/x", 5, 6, {view_set = "mine", events = 3, [4] = "aa"})},
         DEFINE:format(COUNT:format("metrics")) .. block(5, 0, 20, {tag = "metrics"}))

      assert_finding({"warning", 1, SHORT,
         "Queries on mine miss 17 events: these were built before their source was. Micromegas looks again at the last two "
            .. "days only; older than that: 1.", REBUILD,
         example = "mine global 2020-01-01 05:00:00+00 to 2020-01-01 06:00:00+00: 3 of 20 events"},
         ill:only("short", with_mine()))
   end)

   for _, query in ipairs{"'SELECT 1 as count'", COUNT:format("no_tag"), (COUNT:format("log"):gsub("sum", "max")),
      (COUNT:format("log"):gsub("nb_objects", "payload_size"))} do
      it("of a view set that an operator defined are not counted in any other way", function()
         ill:set({row("views/x", 5, 6, {view_set = "mine", events = 3, [4] = "aa"})}, DEFINE:format(query) .. block(5, 0, 20))

         assert_finding({"notice", 1, "current partitions whose source only the server can count",
            "mine: an operator's query counts it, so that mm cannot tell whether they were built too early.", HINT},
            ill:only("uncounted", with_mine()))
      end)
   end

   it("of log_stats are counted as long as its definition is the migration's, or its source is counted in that way", function()
      local own = stage.new("catalog-v10")
      finally(function()
         own:drop()
      end)
      own:set({row("views/x", 5, 6, {view_set = "log_stats", events = 3, [4] = "4a9bf1a76cf1203f"})}, block(5, 0, 20))
      assert.are.equal("short", ill:only("short", own:open()).kind)

      own:psql("update lakehouse_view_set_definitions set updated_by = 'somebody'")
      assert.are.equal("short", ill:only("short", own:open()).kind)

      own:psql("update lakehouse_view_set_definitions set count_src_query = ''")
      assert.are.equal("uncounted", ill:only("uncounted", own:open()).kind)
   end)
end)

describe("source blocks", function()
   teardown(function()
      made:drop()
   end)

   it("should have a process and a stream", function()
      local other = {process = "11111111-0000-4000-8000-000000000002", stream = "22222222-0000-4000-8000-000000000002"}
      ill:set({}, block(9, 0, 20) .. block(9, 30, 7) .. block(9, 15, 300, other)
         .. ("delete from processes where process_id = '%s'; delete from streams where stream_id = '%s';"):format(
            stage.PROCESS, other.stream))

      assert_finding({"warning", 3, "source blocks whose stream or process is not there",
         "Micromegas leaves them out of every view: queries miss 327 events of 2 processes, from 2020-01-01 09:00:00 UTC on. "
            .. "The process was never registered, or its registration was lost.",
         "look at the log of the ingestion service at that time", example = "process " .. stage.PROCESS,
         time = "2020-01-01T09:00:00.000000Z"}, ill:only("without_process"))
   end)

   for _, table in ipairs{"streams", "processes"} do
      it("should have the audience of their " .. table, function()
         ill:set({}, block(9, 0, 20) .. block(9, 30, 7) .. block(10, 0, 1)
            .. ("update blocks set audience = 'secret' where nb_objects = 20; update %s set audience = 'public';"
            .. "update blocks set audience = 'public' where nb_objects = 7;"):format(table))

         assert_finding({"warning", 1, "source blocks of another audience than their stream or process",
            "Micromegas 0.30 and later leaves them out of every view: queries miss 20 events of 1 process, from 2020-01-01 "
               .. "09:00:00 UTC on.", "find out which audience is right: the keys with which these processes send tell it",
            example = "process " .. stage.PROCESS, time = "2020-01-01T09:00:00.000000Z"}, ill:only("audience"))
      end)
   end

   it("may be without process in their first hour", function()
      ill:set({}, block(9, 0, 20) .. "delete from processes; update blocks set insert_time = now() - interval '59 minutes'")

      assert.are.same({}, ill:findings())
   end)
end)
