-- What retiring an outdated partition would lose: one verdict for each, by what is current and what its source holds.
local mm = require("mm")
local stage = require("spec.support.stage")

local OLD = "99" -- of every view set
local NEW = {}
for _, set in ipairs(assert(mm.registry.release("0.33")):list_view_sets()) do
   NEW[set.view_set_name] = set.current_schema_hash
end

local PROCESS, OTHER = stage.PROCESS, "33333333-0000-4000-8000-000000000003"
local made = stage.new("catalog-v10")
local lake

-- A partition of log_entries; the hash is that of its view set when the name begins with "new", else outdated.
local function row(path, from, to, fields)
   local result = {path, from, to}
   for name, value in pairs(fields or {}) do
      result[name] = value
   end
   result[4] = (path or ""):find("^new") and NEW[result.view_set or "log_entries"] or OLD
   return result
end

local function plan(on)
   lake = on:open()
   return assert(lake:plan{all = true, verdicts = stage.VERDICTS})
end

-- Path and verdict of each outdated partition, in the order in which they were given.
local function verdicts(rows, sql, on)
   on = on or made
   on:set(rows, sql)
   plan(on)
   return on:value[[select coalesce(string_agg(coalesce(file_path, 'empty') || ' ' || verdict, ', ' order by seq), '')
      from mmadmin.item]]
end

-- Of partition `old` alone.
local function verdict(rows, sql, on)
   return verdicts(rows, sql, on):match("old ([%w_]+)")
end

-- The rows of a case, `n` weeks later.
local function add_shifted(list, rows, n)
   for _, each in ipairs(rows) do
      local copy = {}
      for name, value in pairs(each) do
         copy[name] = value
      end
      copy[1], copy[2], copy[3] = each[1] and each[1] .. n, each[2] + 168 * n, each[3] + 168 * n
      list[#list + 1] = copy
   end
end

-- One `it` for each {words, verdict, rows}; they are looked at together, a week apart.
local function each_is(cases)
   local found
   setup(function()
      local rows = {}
      for n, case in ipairs(cases) do
         add_shifted(rows, case[3], n)
      end
      found = verdicts(rows)
   end)
   for n, case in ipairs(cases) do
      it(("is %s %s"):format(case[2], case[1]), function()
         assert.are.equal(case[2], found:match(("old%d ([%%w_]+)"):format(n)))
      end)
   end
end

-- One `it` for each {words, verdict, rows, sql}.
local function each_alone_is(cases)
   for _, case in ipairs(cases) do
      it(("is %s %s"):format(case[2], case[1]), function()
         assert.are.equal(case[2], verdict(case[3], case[4]))
      end)
   end
end

local function block(hour, events, fields)
   return stage.block(hour, events, fields)
end

-- Rows of `global` on the view set `blocks`, or another, that are current and hold what there is.
local function feed(from, to, events, fields)
   fields = fields or {}
   fields.view_set, fields.events, fields.rows = fields.view_set or "blocks", events or 1, fields.rows or events or 1
   return row("new-" .. fields.view_set, from, to, fields)
end

teardown(function()
   made:drop()
end)

describe("a partition of global", function()
   local function chain(second)
      local rows = {row("old", 0, 3), row("new1", 0, 1, {events = 40, rows = 4}), row("new2", 1, 2, second),
         row("new3", 2, 3, {events = 30, rows = 3}), row("new0", -1, 0), row("new4", 3, 4)}
      return rows
   end

   each_is{
      {"where the current one of its range holds as much", "replaced", {row("old", 0, 1), row("new", 0, 1)}},
      {"where the current one of its range holds more", "replaced",
         {row("old", 0, 1), row("new", 0, 1, {events = 101, rows = 11})}},
      {"where current ones that follow each other hold as much", "replaced", chain{events = 30, rows = 3}},
      {"where they hold an event less", "short", chain{events = 29, rows = 3}},
      {"where they hold a row less", "short", chain{events = 30, rows = 2}},
      {"where one of them does not say how much it holds", "short", chain{events = false, rows = 10}},
      {"where one of them holds more than can be counted", "short", chain{events = 1099511627776, rows = 10}},
      {"where one of them has lost its file", "short",
         {row("old", 0, 2), row("new", 0, 1), {false, 1, 2, NEW.log_entries, events = 0, rows = 10}}},
      {"where one of them is empty", "replaced",
         {row("old", 0, 2), row("new", 0, 1), {false, 1, 2, NEW.log_entries, events = 0, rows = 0}}},
      {"where one of them is empty, though made from events", "replaced",
         {row("old", 0, 2), row("new", 0, 1), {false, 1, 2, NEW.log_entries, events = 5, rows = 0}}},
      {"where they leave a gap", "only_copy", {row("old", 0, 3), row("new1", 0, 1), row("new2", 2, 3)}},
      {"where they begin later", "only_copy", {row("old", 0, 3), row("new1", 1, 2), row("new2", 2, 3)}},
      {"where they end sooner", "only_copy", {row("old", 0, 3), row("new1", 0, 1), row("new2", 1, 2)}},
      {"where the current one begins sooner", "short", {row("old", 0, 1), row("new", -1, 1)}},
      {"where the current one ends later", "short", {row("old", 0, 1), row("new", 0, 2)}},
      {"where several of them begin sooner", "short", {row("old", 0, 3), row("new1", -1, 1), row("new2", 1, 3)}},
      {"where several of them end later", "short", {row("old", 0, 3), row("new1", 0, 2), row("new2", 2, 4)}},
      {"where current ones only touch it", "only_copy", {row("old", 0, 1), row("new1", -1, 0), row("new2", 1, 2)}},
      {"where nothing is current", "only_copy", {row("old", 0, 1)}},
      {"where the current one is another instance's", "only_copy",
         {row("old", 0, 1), row("new", 0, 1, {instance = "x"})}},
      {"where the current one is another view set's", "only_copy",
         {row("old", 0, 1), row("new", 0, 1, {view_set = "measures"})}},
      {"where only a point in time holds the rest", "short", {row("old", 0, 2), row("new1", 0, 1, {events = 50}),
         row("new2", 1, 1, {events = 50}), row("new3", 1, 2, {events = 0})}},
      {"and a point in time, within a current one", "short", {row("old", 1, 1), row("new", 0, 2)}},
      {"and a point in time, at the beginning of a current one", "short", {row("old", 0, 0), row("new", 0, 2)}},
      {"and a point in time, at the end of a current one", "only_copy", {row("old", 2, 2), row("new", 0, 2)}},
      {"and a point in time, of which there is a current one", "only_copy", {row("old", 2, 2), row("new", 2, 2)}},
   }
end)

describe("a partition of a process or stream", function()
   local function of(path, from, to, fields)
      fields = fields or {}
      fields.instance = PROCESS
      return row(path, from, to, fields)
   end
   local HALF, NONE = {events = 50, rows = 5}, {events = 0, rows = 1}

   each_is{
      {"where the current one of its range holds as much", "replaced", {of("old", 0, 1), of("new", 0, 1)}},
      {"where cuts have moved", "replaced", {of("old", 0, 2), of("new1", 0, 0.5, HALF), of("new2", 0.75, 2, HALF)}},
      {"where two current ones share an instant", "short", {of("old", 0, 2), of("new1", 0, 1), of("new2", 1, 2)}},
      {"where current ones leave a gap and hold less", "only_copy",
         {of("old", 0, 2), of("new1", 0, 0.5, HALF), of("new2", 0.75, 2, NONE)}},
      {"that is a point, where a current one is that point", "replaced", {of("old", 1, 1), of("new", 1, 1)}},
      {"that is a point, where a current one contains it", "short", {of("old", 1, 1), of("new", 0, 2)}},
      {"that is a point, where a current one begins", "short", {of("old", 1, 1), of("new", 1, 2)}},
      {"that is a point, where a current one ends", "short", {of("old", 1, 1), of("new", 0, 1)}},
      {"that is a point, where two current ones touch", "short",
         {of("old", 1, 1), of("new1", 0, 1), of("new2", 1, 2)}},
      {"that ends in a point that is current", "replaced",
         {of("old", 0, 1), of("new1", 0, 0.5, HALF), of("new2", 1, 1, HALF)}},
      {"of an instance whose name only differs in case", "only_copy",
         {row("old", 0, 1, {instance = "a"}), row("new", 0, 1, {instance = "A"})}},
   }
end)

describe("what a partition holds", function()
   local TOO_MANY = 1099511627776 -- 2^40
   local cases = {
      {"where no event is counted", "short", {row("old", 0, 1, {events = 0}), row("new", 0, 1, {events = 0})}},
      {"where no event is counted and nothing is current", "only_copy", {row("old", 0, 1, {events = 0})}},
      {"where its count is missing", "short", {row("old", 0, 1, {events = false}), row("new", 0, 1)}},
      {"where its count is missing and nothing is current", "only_copy", {row("old", 0, 1, {events = false})}},
   }

   local function add(words, expected, old, first, second)
      cases[#cases + 1] = {words, expected, {row("old", 0, 2, old), row("new1", 0, 1, first), row("new2", 1, 2, second)}}
   end

   local function add_counts(expected, old, first, second)
      add(("where %.0f events became %.0f and %.0f"):format(old, first, second), expected, {events = old}, {events = first},
         {events = second})
   end

   for byte = 0, 4 do
      local one = 256 ^ byte * 2
      add_counts("replaced", one, one / 2, one / 2)
      add_counts("short", one, one / 2, one / 2 - 1)
      add_counts("short", one + 1, one, 0)
      add_counts("replaced", one * 64, one * 32, one * 32)
   end
   add_counts("replaced", TOO_MANY - 1, TOO_MANY - 1, 0)
   add_counts("short", TOO_MANY, TOO_MANY, 0)
   add_counts("short", TOO_MANY + 100, TOO_MANY + 100, 0)
   for _, rows in ipairs{1, TOO_MANY - 1} do
      add(("where it is %.0f rows"):format(rows), "replaced", {rows = rows}, {rows = rows}, {rows = 0})
   end
   for _, rows in ipairs{-1, 0, TOO_MANY} do
      add(("where it is said to be %.0f rows"):format(rows), "short", {rows = rows}, {rows = 10}, {rows = TOO_MANY - 1})
      add(("where what is current is said to be %.0f rows"):format(rows), "short", {rows = 10}, {rows = rows}, {rows = 9})
   end
   for _, view_set in ipairs{"processes", "streams", "log_stats"} do
      local function of(events, rows)
         return {view_set = view_set, events = events, rows = rows}
      end
      add("where events are left, not rows, of " .. view_set, "replaced", of(100, 10), of(100, 1), of(0, 0))
      add("where events are left without rows of " .. view_set, "short", of(100, 10), of(100, 1), of(5, 0))
   end
   for _, view_set in ipairs{"blocks", "log_entries", "measures", "async_events", "net_spans", "thread_spans", "images"} do
      local function of(events, rows)
         return {view_set = view_set, events = events, rows = rows}
      end
      add("where rows are missing of " .. view_set, "short", of(100, 10), of(100, 9), of(0, 0))
      add("where no row is missing of " .. view_set, "replaced", of(100, 10), of(95, 10), of(5, 0))
   end

   each_is(cases)

   it("is nothing where it has neither rows nor file", function()
      assert.are.equal("empty empty, empty empty", verdicts{row(false, 0, 1), row(false, 1, 2), row("new", 0, 1)})
   end)

   it("is unknown where it has rows and no file", function()
      assert.are.equal("empty short, empty only_copy",
         verdicts{row(false, 0, 1, {rows = 10, events = 9}), row(false, 1, 2, {rows = 10, events = 9}), row("new", 0, 1)})
   end)

   it("is not nothing where it has a file without rows", function()
      assert.are.equal("a short, b only_copy",
         verdicts{row("a", 0, 1, {rows = 0, events = 9}), row("b", 1, 2, {rows = 0, events = 9}), row("new", 0, 1)})
   end)
end)

describe("bounds", function()
   each_alone_is{
      {"where they are as early as upstream can write", "replaced",
         {row("old", "1678-01-01 00:00Z", "1678-01-01 01:00Z"), row("new", "1678-01-01 00:00Z", "1678-01-01 01:00Z")}},
      {"where they are earlier", "short",
         {row("old", "1677-12-31 23:59Z", "1678-01-01 01:00Z"), row("new", "1677-12-31 23:59Z", "1678-01-01 01:00Z")}},
      {"where they are as early as PostgreSQL can", "short",
         {row("old", "4714-11-24 00:00Z BC", "2026-11-01 01:00Z"), row("new", "4714-11-24 00:00Z BC", "2026-11-01 01:00Z")}},
      {"where they are as late as upstream can write", "replaced",
         {row("old", 0, "2261-12-31 23:59Z"), row("new", 0, "2261-12-31 23:59Z")}},
      {"where they are later", "short", {row("old", 0, "2262-01-01 00:00Z"), row("new", 0, "2262-01-01 00:00Z")}},
      {"where they are infinite", "short", {row("old", "-infinity", "infinity"), row("new", "-infinity", "infinity")}},
      {"where one is missing", "only_copy", {row("old", 0, false), row("new", 0, 1)}},
      {"where one is missing of the current one", "only_copy", {row("old", 0, 1), row("new", 0, false)}},
   }

   it("that lead backwards replace nothing, and are replaced by nothing", function()
      local any = stage.new("catalog-v6") -- whose table has no exclusion constraint
      finally(function()
         any:drop()
      end)

      assert.are.equal("old only_copy, old2 replaced, old3 only_copy, old4 only_copy", verdicts({row("old", 2, 1),
         row("new", 2, 1), row("old2", 1, 2), row("new2", 1, 2), row("old3", 2, 1, {instance = "x"}),
         row("new3", 2, 1, {instance = "x"}), row("old4", 5, 6), feed(2, 1), feed(5, 6)}, block(5.5, 99), any))
   end)
end)

describe("the source", function()
   local TAGS = {log = 100, metrics = 50, cpu = 30, net = 20}

   -- Streams of each tag, of two processes, each with a block in the first hour that holds a number of its own.
   local function sources()
      local list, n = {}, 0
      for _, process in ipairs{PROCESS, OTHER} do
         for _, tag in ipairs{"log", "metrics", "cpu", "net"} do
            n = n + 1
            list[#list + 1] = block(0.5, TAGS[tag] + (process == OTHER and 1 or 0), {process = process, tag = tag,
               stream = ("22222222-0000-4000-8000-%012d"):format(n)})
         end
      end
      return table.concat(list)
   end

   -- An old partition of that source, with what is current of what it is rebuilt from.
   local function of(view_set, events, fields)
      fields = fields or {}
      fields.view_set, fields.events = view_set, events
      local rows = {row("old", 0, 1, fields)}
      rows[#rows + 1] = view_set ~= "blocks" and feed(0, 2, 8) or nil
      rows[#rows + 1] = view_set == "log_stats" and feed(0, 1, 201, {view_set = "log_entries"}) or nil
      return rows
   end

   for view_set, events in pairs{blocks = 8, processes = 8, streams = 8, log_entries = 201, measures = 101, log_stats = 201} do
      it("of global is counted for " .. view_set, function()
         assert.are.equal("rebuildable", verdict(of(view_set, events), sources()))
         assert.are.equal("only_copy", verdict(of(view_set, events + 1), sources()))
         assert.are.equal("only_copy", verdict(of(view_set, events - 1), sources()))
      end)
   end

   for view_set, events in pairs{log_entries = 101, measures = 51, async_events = 31, net_spans = 21} do
      it("of a process is counted for " .. view_set, function()
         assert.are.equal("rebuildable", verdict(of(view_set, events, {instance = OTHER}), sources()))
         assert.are.equal("rebuildable", verdict(of(view_set, events - 1, {instance = PROCESS}), sources()))
         assert.are.equal("only_copy", verdict(of(view_set, events, {instance = PROCESS}), sources()))
      end)
   end

   it("of a stream is counted for thread_spans", function()
      local stream = "22222222-0000-4000-8000-000000000003"

      assert.are.equal("rebuildable", verdict(of("thread_spans", 30, {instance = stream}), sources()))
      assert.are.equal("only_copy", verdict(of("thread_spans", 31, {instance = stream}), sources()))
      assert.are.equal("only_copy", verdict(of("thread_spans", 30, {instance = PROCESS}), sources()))
   end)

   -- Hour 0 has all that any rule might count.
   local UNKNOWN = {blocks = PROCESS, processes = PROCESS, streams = PROCESS, log_stats = PROCESS, images = PROCESS,
      otel_spans = PROCESS, async_events = "global", net_spans = "global", thread_spans = "global"}

   for _, events in ipairs{0, 4, 8, 20, 30, 100, 201} do
      it(("is not known where there is no rule for it, whose count would be %d"):format(events), function()
         local rows = {feed(0, 2, 8)}
         for view_set, instance in pairs(UNKNOWN) do
            rows[#rows + 1] = row(view_set, 0, 1, {view_set = view_set, instance = instance, events = events})
         end

         assert.are.equal(9, select(2, verdicts(rows, sources()):gsub("only_copy", "")))
      end)
   end

   it("is counted for each partition of several", function()
      assert.are.equal("a rebuildable, b waits_for_blocks, c only_copy, d rebuildable, e rebuildable, f rebuildable", verdicts({
         row("a", 0, 1, {events = 201}), row("b", 0, 1, {view_set = "log_stats", events = 201}),
         row("c", 1, 2, {events = 201}), row("d", 2, 3, {events = 7}), row("e", 0, 3, {view_set = "streams", events = 9}),
         row("f", 0, 1, {events = 101, instance = OTHER}), feed(0, 1, 8), feed(1, 2, 0), feed(2, 3, 1)},
         sources() .. block(2.5, 7)))
   end)
end)

describe("a block", function()
   local BLOCKS = feed(-9, 9, 3, {rows = 3})

   each_alone_is{
      {"of which the source is in its first instant", "rebuildable", {row("old", 0, 1), BLOCKS}, block(0, 100)},
      {"of which the source is in the instant at its end", "only_copy", {row("old", 0, 1), BLOCKS}, block(1, 100)},
      {"of which the source is before it", "only_copy", {row("old", 0, 1), BLOCKS}, block(-0.001, 100)},
      {"of a process, of which the source is in its first instant", "rebuildable",
         {row("old", 0, 1, {instance = PROCESS}), BLOCKS}, block(0, 100)},
      {"of a process, of which the source is in its last instant", "rebuildable",
         {row("old", 0, 1, {instance = PROCESS}), BLOCKS}, block(1, 100)},
      {"of a process that is a point, of which the source is in that", "rebuildable",
         {row("old", 1, 1, {instance = PROCESS}), BLOCKS}, block(1, 100)},
      {"of a process, of which the source is behind it by a microsecond", "only_copy",
         {row("old", 0, 1, {instance = PROCESS}), BLOCKS},
         block(1, 100) .. "update blocks set insert_time = insert_time + interval '1 microsecond';"},
      {"of which the source is in two blocks", "rebuildable", {row("old", 0, 1), BLOCKS}, block(0.2, 40) .. block(0.8, 60)},
      {"of which the source is more than it holds", "only_copy", {row("old", 0, 1), BLOCKS}, block(0.2, 40) .. block(0.8, 61)},
      {"of a stream of another tag", "only_copy", {row("old", 0, 1), BLOCKS}, block(0.5, 100, {tag = "metrics"})},
      {"of a stream of several tags", "rebuildable", {row("old", 0, 1), BLOCKS}, block(0.5, 100, {tag = "x,log,y"})},
      {"whose stream is gone", "only_copy", {row("old", 0, 1), BLOCKS}, block(0.5, 100) .. "delete from streams;"},
      {"whose process is gone", "only_copy", {row("old", 0, 1), BLOCKS}, block(0.5, 100) .. "delete from processes;"},
      {"that names another process than its stream", "only_copy", {row("old", 0, 1), BLOCKS},
         block(0.5, 100) .. ("update blocks set process_id = '%s';"):format(OTHER)},
      {"that names no process", "only_copy", {row("old", 0, 1), BLOCKS}, block(0.5, 100) .. "update blocks set process_id = null;"},
      {"of one audience with its stream and process", "rebuildable", {row("old", 0, 1), BLOCKS},
         block(0.5, 100) .. "update blocks set audience = 'a'; update streams set audience = 'a'; update processes set audience = 'a';"},
      {"of another audience than its stream", "only_copy", {row("old", 0, 1), BLOCKS},
         block(0.5, 100) .. "update blocks set audience = 'a'; update streams set audience = 'b';"},
      {"of another audience than its process", "only_copy", {row("old", 0, 1), BLOCKS},
         block(0.5, 100) .. "update blocks set audience = 'a'; update processes set audience = 'b';"},
   }
end)

describe("a partition whose source is there", function()
   local SOURCE = block(0.5, 100)
   local OLD_ROW, OLD_STATS = row("old", 0, 1), row("old", 0, 1, {view_set = "log_stats"})
   local LOG = row("new-log", 0, 1, {events = 100, rows = 1})

   each_alone_is{
      {"with current blocks", "rebuildable", {OLD_ROW, feed(0, 1)}, SOURCE},
      {"with current blocks in pieces", "rebuildable", {OLD_ROW, feed(0, 0.5, 0), feed(0.5, 1)}, SOURCE},
      {"with more of them than it needs", "rebuildable", {OLD_ROW, feed(-3, 5)}, SOURCE},
      {"without current blocks", "waits_for_blocks", {OLD_ROW}, SOURCE},
      {"with current blocks of a part of it", "waits_for_blocks", {OLD_ROW, feed(0.25, 1)}, SOURCE},
      {"with current blocks that only touch it", "waits_for_blocks", {OLD_ROW, feed(-1, 0, 0), feed(1, 2, 0)}, SOURCE},
      {"with outdated blocks", "waits_for_blocks", {OLD_ROW, {"new", 0, 1, OLD, view_set = "blocks", events = 1, rows = 1}}, SOURCE},
      {"with blocks of another instance", "waits_for_blocks", {OLD_ROW, feed(0, 1, 1, {instance = PROCESS})}, SOURCE},
      {"with current blocks that were written before it came", "waits_for_blocks", {OLD_ROW, feed(0, 1, 0)}, SOURCE},
      {"with current blocks that have lost rows", "waits_for_blocks", {OLD_ROW, feed(0, 1, 2, {rows = 1})}, SOURCE .. block(0.6, 0)},
      {"with current blocks that hold more than is there", "rebuildable", {OLD_ROW, feed(0, 1, 5)}, SOURCE},
      {"with current blocks of all time", "waits_for_blocks", {OLD_ROW, feed("-infinity", "infinity", 5)}, SOURCE},
      {"with current blocks since a time too early", "waits_for_blocks", {OLD_ROW, feed("1677-12-31 00:00Z", 5, 5)}, SOURCE},
      {"with current blocks as early as can be", "rebuildable", {OLD_ROW, feed("1678-01-01 00:00Z", 5, 5)}, SOURCE},
      {"with current blocks until a time too late", "waits_for_blocks", {OLD_ROW, feed(-1, "2262-01-01 00:00Z", 5)}, SOURCE},
      {"with current blocks as late as can be", "rebuildable", {OLD_ROW, feed(-1, "2261-12-31 23:59Z", 5)}, SOURCE},
      {"and that blocks are made from alone", "rebuildable", {row("old", 0, 1, {view_set = "blocks", events = 1})}, SOURCE},
      {"of log_stats with current blocks and log entries", "rebuildable", {OLD_STATS, feed(0, 1), LOG}, SOURCE},
      {"of log_stats without current blocks", "waits_for_blocks", {OLD_STATS, LOG}, SOURCE},
      {"of log_stats without current log entries", "waits_for_blocks", {OLD_STATS, feed(0, 1)}, SOURCE},
      {"of log_stats with log entries of one process", "waits_for_blocks", {OLD_STATS, feed(0, 1),
         row("new", 0, 1, {events = 100, instance = PROCESS})}, SOURCE},
      {"of log_stats with other current partitions", "waits_for_blocks", {OLD_STATS, feed(0, 1),
         row("new", 0, 1, {events = 100, view_set = "measures"})}, SOURCE},
      {"of log_stats with current log entries of less", "waits_for_blocks", {OLD_STATS, feed(0, 1),
         row("new", 0, 1, {events = 99})}, SOURCE},
      {"of log_stats with current log entries without rows", "waits_for_blocks", {OLD_STATS, feed(0, 1),
         row("new", 0, 1, {events = 100, rows = 0})}, SOURCE},
      {"of log_stats as an operator defines it", "only_copy", {OLD_STATS, feed(0, 1), LOG}, SOURCE
         .. "update lakehouse_view_set_definitions set updated_by = 'operator';"},
      {"of log_stats as nobody defines it", "only_copy", {OLD_STATS, feed(0, 1), LOG}, SOURCE
         .. "update lakehouse_view_set_definitions set view_set_name = 'another';"},
      {"but is covered by what is current", "short", {OLD_ROW, row("new", -1, 2), feed(0, 1)}, SOURCE},
      {"but is covered by what is current, and has no source left", "short", {OLD_ROW, row("new", -1, 2)}},
   }
   after_each(function()
      made:psql([[update lakehouse_view_set_definitions set updated_by = 'migration', view_set_name = 'log_stats']])
   end)

   it("waits for blocks in a catalog whose partitions have no number of rows, too", function()
      local early = stage.new("catalog-v2")
      finally(function()
         early:drop()
      end)

      assert.are.equal("waits_for_blocks", verdict({OLD_ROW, row("old2", 1, 2)}, SOURCE, early))
      assert.are.equal("rebuildable", verdict({OLD_ROW, feed(0, 1)}, SOURCE, early))
      assert.are.equal("short", verdict({OLD_ROW, row("new", 0, 1)}, SOURCE, early))
   end)
end)

describe("the source of a partition is not counted", function()
   local function count_today(one)
      made:set({one, feed(0, 2)}, block(0.5, 100))
      lake = made:open()
      return assert(lake:explain{view_set = one.view_set or "log_entries", view_instance = one.instance, at = "2026-11-01T01:00Z"})[1]
         .source_count_today
   end

   it("unless it could be what the partition holds", function()
      assert.are.equal(100, count_today(row("old", 0, 1)))
      assert.are.equal(100, count_today(row("old", 0, 1, {instance = PROCESS})))
   end)

   for words, one in pairs{["a view set that nobody knows how to count"] = row("old", 0, 1, {view_set = "images", instance = PROCESS}),
      ["a point in time of global"] = row("old", 1, 1), ["no events"] = row("old", 0, 1, {events = 0}),
      ["who knows how many events"] = row("old", 0, 1, {events = false}), ["all time"] = row("old", "-infinity", "infinity")} do
      it("for " .. words, function()
         assert.is_nil(count_today(one))
      end)
   end
end)

describe("the source of a partition stays until", function()
   local DAY = "2026-11-%02dT00:00:00.000000Z"

   local function setting(key, value)
      return ("insert into settings values ('%s', '%s', now(), 'spec');"):format(key, value)
   end

   local function stays(sql)
      made:set({row("old", 0, 1), feed(0, 1)}, block(0.5, 100) .. sql)
      lake = made:open{registry = assert(mm.registry.release("0.33")), retention_days = 3}
      return assert(lake:explain{view_set = "log_entries", at = "2026-11-01T00:30Z"})[1].source_until
   end

   for value, day in pairs{["1"] = 2, ["7"] = 8, ["0"] = 4, ["36501"] = 4, ["-1"] = 4, ['"7"'] = 4, ["null"] = 4, ["[7]"] = 4} do
      it(("the days of the lake are over, of which it says %s"):format(value), function()
         assert.are.equal(DAY:format(day), stays(setting("retention_days", value)))
      end)
   end

   it("the most days that a lake can give it are over", function()
      assert.are.equal("2126-10-08T00:00:00.000000Z", stays(setting("retention_days", "36500")))
   end)

   for words, case in pairs{
      ["its tag"] = {'{"log": 7, "x": 1}', 8}, ["a tag that is not its own"] = {'{"metrics": 7}', 4},
      ["its tag, of none at all"] = {'{"log": 0}', 1}, ["its tag, of what is no number"] = {'{"log": "x"}', 1},
      ["its tag, of too many"] = {'{"log": 36501}', 1}, ["its tag, of fewer than none"] = {'{"log": -1}', 1},
      ["something that is no table of tags"] = {'[7]', 4}, ["nothing"] = {"null", 4},
   } do
      it("the days are over of " .. words, function()
         assert.are.equal(DAY:format(case[2]), stays(setting("retention_by_stream_tag", case[1])))
      end)
   end

   it("the longest time is over that one of its tags is given", function()
      assert.are.equal(DAY:format(8), stays("update streams set tags = '{x,log,y}';"
         .. setting("retention_by_stream_tag", '{"log": 2, "x": 7, "y": 1}')))
   end)

   it("the shortest time is over that one of its streams is given", function()
      assert.are.equal(DAY:format(2), stays(block(0.6, 0, {stream = OTHER, tag = "log,x"}) .. ("update streams set tags = '{x}' where stream_id = '%s';"):format(OTHER)
         .. block(0.7, 0, {stream = "44444444-0000-4000-8000-000000000004", tag = "log"})
         .. "update streams set tags = '{log,y}' where stream_id = '44444444-0000-4000-8000-000000000004';"
         .. setting("retention_by_stream_tag", '{"log": 1, "y": 5, "x": 0}')))
   end)

   it("ever, where its tag is given that", function()
      assert.are.equal("infinity", stays(setting("retention_by_stream_tag", '{"log": "forever"}')))
   end)

   it("nobody knows when, where it waits for nothing", function()
      assert.is_nil(stays("delete from blocks;"))
   end)
end)
