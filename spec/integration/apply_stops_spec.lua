-- What stops or disturbs the application of a plan, and that it goes on or stays as it was.
local mm = require("mm")
local pgbouncer = require("spec.support.pgbouncer")
local psql = require("spec.support.psql")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")
local worker = require("spec.support.worker")

local OLD, NEW = "05", "07" -- of log_entries under release 0.33
local ALL = {view_set = "log_entries", verdicts = stage.VERDICTS}
local made = stage.new("catalog-v10")
local lake, id

-- Planned are five, a replaced by new.
local FIVE = {
   {"a", 0, 1, OLD}, {"new", 0, 1, NEW}, {"b", 1, 2, OLD}, {"c", 2, 3, OLD}, {"d", 3, 4, OLD}, {"e", 4, 5, OLD},
}

local function set(rows, sql, opts)
   made:set(rows, sql)
   lake = made:open()
   id = assert(lake:plan(opts or ALL)).id
end

local function apply(opts, by)
   opts = opts or {}
   opts.reason, opts.overrides = "spec", stage.OVERRIDES
   return (by or lake):apply(id, opts)
end

-- The plan is being applied, but nothing is yet.
local function begin()
   made:psql("update mmadmin.retirement set state = 'applying', undo_for = '7d', undo_until = now() + interval '7 days'")
end

-- An on_batch that does something after the batch of that number.
local function after_batch(number, call)
   local count = 0
   return function(batch)
      count = count + 1
      return count == number and call(batch)
   end
end

local function state()
   return made:value("select format('%s %s', state, next_seq) from mmadmin.retirement")
end

local function assert_done(retirement, err)
   assert.is_nil(err)
   assert.are.same({"applied", 5, 0, 0}, {retirement.state, retirement.retired, retirement.gone, retirement.changed})
   assert.are.same({"new", "a b c d e"}, {made:live(), made:queued()})
   assert.are.equal("5", made:value("select sum(done) from mmadmin.batch"))
end

local function assert_failed(code, message, retirement, err)
   assert.is_nil(retirement)
   assert.are.same({code, message}, {err.code, tostring(err)})
   return err
end

-- It failed, changed nothing, and the plan can still be applied unless it says otherwise.
local function assert_refused(code, message, retirement, err)
   assert_failed(code, message, retirement, err)
   assert.are.same({"a b c d e new", ""}, {made:live(), made:queued()})
   assert.is_truthy(lake:plan{all = true, dry_run = true})
end

-- A trigger for each statement that deletes partitions.
local function on_delete(body)
   made:psql(([[create schema spec; create sequence spec.calls;
      create function spec.on_delete() returns trigger language plpgsql as $f$ begin
         if exists (select from gone) then %s end if; return null; end $f$;
      create trigger spec after delete on lakehouse_partitions referencing old table as gone
         for each statement execute function spec.on_delete()]]):format(body))
   finally(function()
      made:psql("drop schema spec cascade")
   end)
end

local function kill_connections()
   made:psql([[select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database()
      and pid <> pg_backend_pid() and backend_type = 'client backend']])
end

teardown(function()
   made:drop()
end)

describe("apply", function()
   before_each(function()
      set(FIVE)
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("refuses a plan that is too old", function()
      made:psql("update mmadmin.retirement set valid_until = '2026-11-01 12:00Z'")

      assert_refused("conflict", id .. " is too old to be applied: it was valid until 2026-11-01T12:00:00.000000Z", apply())

      assert.are.equal("planned 1", state())
   end)

   it("takes a plan to the end of its day", function()
      made:psql("update mmadmin.retirement set valid_until = now() + interval '1 minute'")

      assert_done(apply())
   end)

   for what, sql in pairs{
      ["whose verdict was changed"] = "update mmadmin.item set verdict = 'only_copy' where file_path = 'a'",
      ["whose file was changed"] = "update mmadmin.item set file_path = 'new' where file_path = 'b'",
      ["whose status was changed"] = "update mmadmin.item set status = 'unregistered' where file_path = 'b'",
      ["that lacks an item"] = "delete from mmadmin.item where file_path = 'e'",
      ["that got an item"] = "insert into mmadmin.item select (json_populate_record(i, '{\"seq\": 6}')).* from mmadmin.item i where seq = 5",
      ["whose items changed places"] = "update mmadmin.item set seq = -seq; update mmadmin.item set seq = 6 + seq",
   } do
      it("refuses a plan " .. what, function()
         made:psql(sql)

         assert_refused("conflict",
            "the items of retirement 1 are not those that were planned: somebody changed mmadmin.item", apply())

         assert.are.equal("planned 1", state())
      end)
   end

   it("refuses a plan that was given up", function()
      assert(lake:abandon(id))

      assert_refused("conflict", id .. " is abandoned", apply())
   end)

   -- What happens while the guards are asked, which is after the state was looked at.
   local function with_hook(call)
      local by = assert(mm.open(made.db.conninfo, {registry = assert(mm.registry.release("0.33")), guards = {{name = "hook", check = call}}}))
      finally(function()
         by:close()
      end)
      return by
   end

   it("refuses a plan that is given up just before it begins", function()
      assert_refused("conflict", "retirement 1 is no plan to apply: it is applied, abandoned or too old",
         apply(nil, with_hook(function()
            assert(lake:abandon(id))
         end)))

      assert.are.equal("abandoned 1", state())
   end)

   it("refuses one that is paused just before it goes on", function()
      pcall(apply, {limit = 2, on_batch = error})

      assert_failed("conflict", "retirement 1 is no plan to apply: it is applied, abandoned or too old",
         apply(nil, with_hook(function()
            assert(lake:pause(id))
         end)))

      assert.are.equal("paused 3", state())
   end)

   it("refuses one that is pruned just before it goes on", function()
      pcall(apply, {limit = 2, on_batch = error})
      made:psql("update mmadmin.retirement set undo_until = now() - interval '1 day'")

      assert_failed("conflict", "retirement 1 is no plan to apply: it is applied, abandoned or too old",
         apply(nil, with_hook(function()
            assert(lake:prune_retirements{reason = "spec", older_than = 0})
         end)))

      assert.are.equal("applying 3", state())
   end)

   it("refuses a plan that is paused, and says how to go on", function()
      pcall(apply, {limit = 2, on_batch = error})
      assert(lake:pause(id))

      local err = assert_failed("conflict", id .. " is paused", apply())

      assert.are.equal("mmlua resume " .. id, err.hint)
   end)

   it("refuses a plan that was undone", function()
      apply()
      assert(lake:undo(id, {reason = "spec"}))

      assert_refused("conflict", id .. " is undone", apply())
   end)

   it("refuses where the catalog got newer than mm knows since the plan", function()
      made:psql("update lakehouse_migration set version = 11")
      local found, err = apply(nil, made:open())
      made:psql("update lakehouse_migration set version = 10")

      assert_refused("newer_catalog", err and err.message, found, err)
      assert.are.equal("planned 1", state())
   end)
end)

describe("a verdict that got worse since the plan stops apply before the first row:", function()
   local BLOCKS = {"blocks", 0, 1, "05", view_set = "blocks", events = 1, rows = 1}

   it("replaced, and the replacement is gone", function()
      set(FIVE)
      made:psql("delete from lakehouse_partitions where file_path = 'new'")

      assert_failed("conflict",
         "1 partitions would lose more now than when they were planned: 1 of log_entries were replaced and are only_copy", apply())

      assert.are.same({"a b c d e", "", "planned 1"}, {made:live(), made:queued(), state()})
   end)

   it("replaced, and the replacement holds less now", function()
      set(FIVE)
      made:psql("update lakehouse_partitions set num_rows = 9 where file_path = 'new'")

      assert_refused("conflict",
         "1 partitions would lose more now than when they were planned: 1 of log_entries were replaced and are short", apply())
   end)

   it("rebuildable, and its source is gone", function()
      set({{"a", 0, 1, OLD}, BLOCKS}, stage.block(0.5, 100))
      made:psql("delete from blocks")

      assert_failed("conflict",
         "1 partitions would lose more now than when they were planned: 1 of log_entries were rebuildable and are only_copy", apply())

      assert.are.same({"a blocks", ""}, {made:live(), made:queued()})
   end)

   it("rebuildable, and the blocks view set is gone", function()
      set({{"a", 0, 1, OLD}, BLOCKS}, stage.block(0.5, 100))
      made:psql("delete from lakehouse_partitions where file_path = 'blocks'")

      assert_failed("conflict", "1 partitions would lose more now than when they were planned: "
         .. "1 of log_entries were rebuildable and are waits_for_blocks", apply())
   end)

   it("replaced, and could only be rebuilt", function()
      set({{"a", 0, 1, OLD}, {"new", 0, 1, NEW}, BLOCKS}, stage.block(0.5, 100))
      made:psql("delete from lakehouse_partitions where file_path = 'new'")

      assert_failed("conflict", "1 partitions would lose more now than when they were planned: "
         .. "1 of log_entries were replaced and are rebuildable", apply())
   end)

   it("waiting for blocks, and covered by what holds less", function()
      set({{"a", 0, 1, OLD}}, stage.block(0.5, 100))
      made:add{{"new", 0, 1, NEW, events = 1}}

      assert_failed("conflict", "1 partitions would lose more now than when they were planned: "
         .. "1 of log_entries were waits_for_blocks and are short", apply())
   end)

   it("short, and what covered it is gone", function()
      set{{"a", 0, 1, OLD}, {"new", 0, 1, NEW, events = 1}}
      made:psql("delete from lakehouse_partitions where file_path = 'new'")

      assert_failed("conflict", "1 partitions would lose more now than when they were planned: "
         .. "1 of log_entries were short and are only_copy", apply())
   end)

   it("all those of a plan are counted", function()
      set{{"a", 0, 1, OLD}, {"new0", 0, 1, NEW}, {"b", 1, 2, OLD}, {"new1", 1, 2, NEW}, {"c", 2, 3, OLD}}
      made:psql("delete from lakehouse_partitions where file_path = 'new0'; update lakehouse_partitions set num_rows = 9 where file_path = 'new1'")

      assert_failed("conflict",
         "2 partitions would lose more now than when they were planned: 1 of log_entries were replaced and are only_copy", apply())
   end)

   it("not one that got better", function()
      set({{"a", 0, 1, OLD}}, stage.block(0.5, 100))
      made:psql("insert into lakehouse_partitions select 'blocks', 'global', begin_insert_time, end_insert_time, min_event_time, "
         .. "max_event_time, updated, 'blocks', 1, '\\x05', '\\x0100000000000000', 1 from lakehouse_partitions")

      assert.are.equal("applied", assert(apply()).state)
   end)

   it("not once the first batch is done", function()
      set(FIVE)

      pcall(apply, {limit = 2, on_batch = function()
         made:psql("delete from lakehouse_partitions where file_path = 'new'")
         error("stop")
      end})
      local _, err = apply()

      assert.are.same({"applied 6", "1 retired partitions of log_entries are not replaced any more"}, {state(), err.message})
   end)
end)

describe("after the last batch apply", function()
   before_each(function()
      set(FIVE)
   end)

   it("reports a replaced partition that lost its replacement meanwhile", function()
      local err = assert_failed("conflict", "1 retired partitions of log_entries are not replaced any more",
         apply{on_batch = function()
            made:psql("delete from lakehouse_partitions where file_path = 'new'")
         end})

      assert.are.same({"committed", "take it back: mmlua undo " .. id, "applied 6"}, {err.outcome, err.hint, state()})
      assert.are.equal("undone", assert(lake:undo(id, {reason = "spec"})).state)
   end)

   it("reports it also where another partition was gone", function()
      made:psql("delete from lakehouse_partitions where file_path = 'e'")

      assert_failed("conflict", "1 retired partitions of log_entries are not replaced any more", apply{on_batch = function()
         made:psql("delete from lakehouse_partitions where file_path = 'new'")
      end})
   end)

   it("reports it also to who applies once more", function()
      pcall(apply, {on_batch = function()
         made:psql("delete from lakehouse_partitions where file_path = 'new'")
         error("stop")
      end})

      assert_failed("conflict", "1 retired partitions of log_entries are not replaced any more", apply())
   end)

   it("does not report one that somebody else removed with its replacement", function()
      local done = apply{limit = 1, on_batch = after_batch(1, function() end)}
      assert.are.equal(5, done.retired)
      set({{"z", 9, 10, OLD}, {"a", 0, 1, OLD}, {"new", 0, 1, NEW}})

      assert.are.equal("applied", assert(apply{limit = 1, on_batch = after_batch(1, function()
         made:psql("delete from lakehouse_partitions where file_path in ('a', 'new')")
      end)}).state)
   end)

   it("reports a live partition whose file it queued", function()
      made:psql("delete from lakehouse_partitions where file_path = 'e'")

      local err = assert_failed("conflict", "1 files of live partitions are queued for deletion: b", apply{on_batch = function()
         made:psql("update lakehouse_partitions set file_path = 'b' where file_path = 'new'")
      end})

      assert.are.same({"committed", "take it back: mmlua undo " .. id}, {err.outcome, err.hint})
   end)

   it("does not report a live partition whose file is not queued any more", function()
      assert.are.equal("applied", assert(apply{on_batch = function()
         made:psql("delete from temporary_files where file_path = 'b'")
         made:add{{"b", 20, 21, NEW}}
      end}).state)
   end)

   it("does not report a live partition whose file somebody else queued", function()
      made:psql("update lakehouse_partitions set file_size = 1 where file_path = 'b';"
         .. "insert into temporary_files values ('b', 1, now() + interval '1 hour'), ('new', 1, now() + interval '1 hour')")

      assert.are.same({4, 1}, {assert(apply()).retired, assert(lake:retirement(id)).changed})
   end)
end)

describe("apply, disturbed between two batches,", function()
   before_each(function()
      set(FIVE)
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   it("stops when on_batch fails, and goes on when it is called again", function()
      local is_right, message = pcall(apply, {limit = 2, on_batch = function()
         error("stop here", 0)
      end})

      assert.are.same({false, "stop here", "applying 3", "c d e new"}, {is_right, message, state(), made:live()})
      assert_done(apply{limit = 2})
   end)

   it("stops when another connection pauses it, and goes on when it is resumed", function()
      local other = made:open()

      local err = assert_failed("conflict", id .. " is paused now", apply{limit = 2, on_batch = function()
         assert(other:pause(id))
      end})

      assert.are.same({2, "paused 3"}, {err.done, state()})
      assert(other:resume(id))
      assert_done(apply())
   end)

   it("changes nothing in a batch that it may not begin", function()
      local other = made:open()
      made:psql("create table kept as select * from lakehouse_partitions where file_path = 'a'; delete from lakehouse_partitions where file_path = 'a'")
      finally(function()
         made:psql("drop table kept")
      end)

      assert_failed("conflict", id .. " is paused now", apply{limit = 2, on_batch = function()
         made:psql("insert into lakehouse_partitions select * from kept")
         assert(other:pause(id))
      end})

      assert.are.same({"a c d e new", "b", "1 gone"},
         {made:live(), made:queued(), made:value("select string_agg(seq || ' ' || why, ', ') from mmadmin.skipped")})
   end)

   it("stops when another connection undoes it", function()
      local other = made:open()

      assert_failed("conflict", id .. " is undone now", apply{limit = 2, on_batch = function()
         assert(other:undo(id, {reason = "spec"}))
      end})

      assert.are.same({"undone 3", "a b c d e new", ""}, {state(), made:live(), made:queued()})
   end)

   it("goes on when its connection is lost", function()
      assert_done(apply{limit = 2, on_batch = after_batch(1, kill_connections)})
   end)

   it("shares the rest with another who applies it", function()
      local other, turns = made:open(), {}

      assert_done(apply{limit = 1, on_batch = function(batch)
         turns[#turns + 1] = batch.first_seq
         turns[#turns + 1] = assert(other:apply_batch(id, {limit = 1})).first_seq
      end})

      assert.are.same({1, 2, 3, 4, 5, 0}, turns)
   end)

   it("ends well when another has applied the rest", function()
      local other = made:open()

      assert_done(apply{limit = 2, on_batch = after_batch(1, function()
         assert_done(apply({}, other))
      end)})
   end)

   it("leaves a row that a writer replaced by its successor", function()
      apply{limit = 2, on_batch = after_batch(1, function()
         made:psql([[begin; delete from lakehouse_partitions where file_path = 'c';
            insert into temporary_files values ('c', 1000, now() + interval '1 hour');
            insert into lakehouse_partitions select view_set_name, view_instance_id, begin_insert_time + interval '2 hours',
               end_insert_time + interval '2 hours', min_event_time, max_event_time, updated, 'c2', file_size,
               file_schema_hash, source_data_hash, num_rows from lakehouse_partitions where file_path = 'new'; commit]])
      end)}

      assert.are.same({"c2 new", "a b c d e", "1 0"},
         {made:live(), made:queued(), made:value("select sum(gone) || ' ' || sum(changed) from mmadmin.batch")})
   end)
end)

describe("a batch", function()
   before_each(function()
      set(FIVE)
   end)
   after_each(function()
      assert.are.equal("", made:troubles())
   end)

   for name, sqlstate in pairs{["a lock it did not get"] = "55P03", ["a deadlock"] = "40P01", ["a conflict of transactions"] = "40001"} do
      it("is tried again after " .. name, function()
         on_delete(("if nextval('spec.calls') %% 3 <> 0 then raise 'passing' using errcode = '%s'; end if;"):format(sqlstate))

         assert_done(apply{limit = 3})
      end)
   end

   it("is halved until it takes less than its time", function()
      on_delete("if (select count(*) from gone) > 1 then raise 'slow' using errcode = '57014'; end if;")
      local sizes = {}

      assert_done(apply{on_batch = function(batch)
         sizes[#sizes + 1] = batch.retired
      end, limit = 5})

      assert.are.same({1, 1, 1, 1, 1}, sizes)
   end)

   it("of a single row that takes too long is an error", function()
      on_delete("raise 'slow' using errcode = '57014';")

      assert_refused("timeout", "retire_batch: slow", apply{limit = 5})
   end)

   it("that fails otherwise changes nothing and is not tried again", function()
      on_delete("perform nextval('spec.calls'); raise 'never';")

      assert_refused("query", "retire_batch: never", apply{limit = 2})

      assert.are.same({"applying 1", "1"}, {state(), made:value("select last_value from spec.calls")})
   end)

   it("that fails after others says how many partitions they retired", function()
      on_delete("if nextval('spec.calls') > 1 then raise 'never'; end if;")

      local err = assert_failed("query", "retire_batch: never", apply{limit = 2})

      assert.are.same({2, "applying 3"}, {err.done, state()})
   end)

   it("runs with its own settings, below the time of deadlock detection, and takes no advisory lock", function()
      on_delete([[create table spec.seen as select string_agg(name || '=' || current_setting(name), ' ' order by name) as settings,
         (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks
         from unnest(array['enable_hashjoin', 'enable_mergejoin', 'jit', 'lock_timeout', 'row_security', 'statement_timeout',
            'synchronous_commit', 'transaction_isolation']) as name;]])

      apply()

      assert.are.equal("enable_hashjoin=off enable_mergejoin=off jit=off lock_timeout=100ms row_security=off "
         .. "statement_timeout=800ms synchronous_commit=on transaction_isolation=read committed|0", made:value("select * from spec.seen"))
   end)

   it("leaves nothing set on a session that PgBouncer hands to others", function()
      local bouncer = pgbouncer.start(made.db, {pool_size = 1})
      local other = setmetatable({conninfo = bouncer.conninfo}, psql)
      local SETTINGS = "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name <> 'application_name'"
      local through = made:open{conninfo = bouncer.conninfo, registry = lake:registry()}
      local before = other:value(SETTINGS)

      assert_done(apply({limit = 2}, through))

      assert.are.equal(before, other:value(SETTINGS))
      through:close()
      bouncer:stop()
   end)
end)

describe("a retirement that begins", function()
   it("waits for another that does", function()
      set(FIVE)
      local holder, one = made:session(), worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')}))")
      holder:run("select pg_advisory_lock(28013, 1)")

      one:send("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}})", id)

      assert.are.equal("blocked", one:settle())
      assert.are.equal("planned 1", state())
      holder:run("select pg_advisory_unlock(28013, 1)")
      assert_done(one:wait())
      one:close()
      holder:close()
   end)
end)

describe("a batch that waits", function()
   local one, holder

   -- Whoever deletes partitions waits, without a limit of time, for what `holder` holds, and then again at its end.
   before_each(function()
      set(FIVE)
      made:psql([[create schema spec;
         create function spec.gate() returns trigger language plpgsql as $f$ begin
            perform set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);
            perform pg_advisory_xact_lock(99); return null; end $f$;
         create trigger spec before insert on mmadmin.batch for each statement execute function spec.gate();
         create function spec.endless() returns trigger language plpgsql as $f$ begin
            perform set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true); return null; end $f$;
         create trigger spec before delete on lakehouse_partitions for each statement execute function spec.endless()]])
      holder = made:session()
      holder:run("select pg_advisory_lock(99)")
      one = worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo, {registry = mm.registry.release('0.33')}))")
   end)
   after_each(function()
      holder:close()
      made:psql("drop schema spec cascade")
      assert.are.equal("", made:troubles())
   end)

   it("and loses its connection was not committed, and is done again", function()
      one:send("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}, limit = 5})", id)
      assert.are.equal("blocked", one:settle())
      assert.are.equal("a b c d e new", made:live())

      made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '" .. one.name .. "'")
      holder:run("select pg_advisory_unlock(99)")

      assert_done(one:wait())
      one:close()
   end)

   it("and loses its connection after it was committed is not done again, and its outcome is called unknown", function()
      one:close()
      local bouncer = pgbouncer.start(made.db)
      local stat = ("grep -lE '^[0-9]+ .pgbouncer. . %s ' /proc/[0-9]*/stat"):format(bouncer.process.pid)
      local pid = assert(shell.run(stat).stdout:match("^/proc/(%d+)/"))
      local hosts = bouncer.conninfo:gsub("host=(%S+) port=(%S+)", "host=%1,%1 port=%2,5432")
      one = worker.start(setmetatable({conninfo = hosts}, psql))
      begin()
      one:run("lake = assert(mm.open(conninfo))")
      one:send("local batch, err = lake:apply_batch(..., {limit = 2}) return batch, err and err.code, err and err.outcome", id)
      assert.are.equal("blocked", one:settle())

      shell.run("kill -STOP " .. pid)
      holder:run("select pg_advisory_unlock(99)")
      repeat until made:value("select count(*) from mmadmin.batch") == "1"
      shell.run("kill -KILL " .. pid)

      assert.are.same({nil, "connection", "unknown"}, {one:wait()})
      assert.are.same({"applying 3", "c d e new"}, {state(), made:live()})
      assert_done(one:run("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}})", id))
      one:close()
      bouncer:stop()
   end)

   it("and whose process is killed leaves all to whoever applies it next", function()
      one:send("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}, limit = 2})", id)
      assert.are.equal("blocked", one:settle())

      one:kill()
      made:psql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = '" .. one.name .. "'")
      holder:run("select pg_advisory_unlock(99)")

      assert.are.same({"applying 1", "a b c d e new"}, {state(), made:live()})
      assert_done(apply())
   end)

   it("keeps another who applies the same from its rows", function()
      one:send("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}, limit = 2})", id)
      assert.are.equal("blocked", one:settle())

      local other, err = lake:apply_batch(id, {limit = 2})

      assert.is_nil(other)
      assert.are.same({"timeout", "55P03", "applying 1"}, {err.code, err.sqlstate, state()})
      holder:run("select pg_advisory_unlock(99)")
      assert_done(one:wait())
      one:close()
   end)
end)

describe("a retirement", function()
   before_each(function()
      set(FIVE)
   end)

   it("can be given up before it is applied, not after", function()
      assert.are.equal("abandoned", assert(lake:abandon(id)).state)

      assert_failed("conflict", id .. " is abandoned: it cannot be abandoned", lake:abandon(id))
   end)

   it("cannot be given up once it is applied", function()
      apply()

      assert_failed("conflict", id .. " is applied: it cannot be abandoned", lake:abandon(id))
   end)

   it("can be paused while it is applied only", function()
      assert_failed("conflict", id .. " is planned: it cannot be paused", lake:pause(id))
   end)

   it("can be resumed after a pause only", function()
      assert_failed("conflict", id .. " is planned: it cannot be resumed", lake:resume(id))
   end)

   it("can be resumed before anything was retired, and then nothing is accepted", function()
      begin()
      assert(lake:pause(id))

      assert.are.same({"applying", 0}, {assert(lake:resume(id)).state, lake:retirement(id).changed_accepted})
   end)

   it("is listed, the newest first", function()
      local second = assert(lake:plan{view_set = "measures"})

      local list = assert(lake:retirements())

      assert.are.same({second.id, id}, {list[1].id, list[2].id})
   end)

   it("is listed by its state", function()
      apply()
      assert(lake:plan{view_set = "measures"})

      local list = assert(lake:retirements{state = "applied"})

      assert.are.same({1, id}, {#list, list[1].id})
   end)

   it("tells of each partition what became of it", function()
      pcall(apply, {limit = 4, on_batch = after_batch(1, error)})
      made:psql("update mmadmin.skipped set why = 'gone'")

      local outcomes = {}
      for item in assert(lake:items(id)) do
         outcomes[#outcomes + 1] = item.file_path .. " " .. item.outcome
      end

      assert.are.same({"a retired", "b retired", "c retired", "d retired", "e planned"}, outcomes)
   end)

   it("has the first expiration of its files, less a margin, as its deadline, whoever queued them", function()
      apply()
      made:psql("insert into temporary_files values ('b', 1, '2100-01-01 00:00Z'), ('c', 1, '2030-01-01 00:00Z')")
      made:psql("update temporary_files set expiration = '2040-01-01 00:00Z' where file_size = 1000")

      assert.are.equal("2029-12-31T23:55:00.000000Z", assert(lake:retirement(id)).undo_deadline)
   end)
end)
