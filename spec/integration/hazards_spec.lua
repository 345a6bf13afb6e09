-- What goes wrong with micromegas' own retire functions while others write (rows deleted that nobody had seen, files
-- queued that are in use) does not go wrong with mm. The other party is upstream's transactions, statement by statement;
-- hazard_schedules_spec.lua has their every order.
local invariants = require("spec.support.invariants")
local observer = require("spec.support.observer")
local party = require("spec.support.party")
local stage = require("spec.support.stage")
local upstream = require("spec.support.upstream")
local worker = require("spec.support.worker")

local OLD, OLDER, NEW = "05", "04", "07" -- of log_entries; release 0.33 writes 07
local PROCESS = stage.PROCESS
local EVERYTHING = {view_set = "log_entries", verdicts = stage.VERDICTS}

local made = stage.new("catalog-v10")
local lake, eye, opened

local function time(hour)
   return ("2026-11-01T%02d:%02dZ"):format(math.floor(hour), hour % 1 * 60)
end

local function row(path, from, to, hash, fields)
   local made_up = {path = path, from = time(from), to = time(to), hash = hash}
   for name, value in pairs(fields or {}) do
      made_up[name] = value
   end
   return made_up
end

-- What must be closed at the end of a test.
local function keep(it)
   opened[#opened + 1] = it
   return it
end

local function begin(transaction)
   return party.new({name = "upstream", transactions = {transaction}}, keep(made:session()), made.db)
end

local function run(transaction)
   assert.is_nil(begin(transaction):finish())
end

local function start_worker()
   local one = keep(worker.start(made.db))
   one:run("lake = assert(mm.open(conninfo, {registry = assert(mm.registry.release('0.33'))}))")
   return one
end

local function set(rows, sql)
   made:set(rows, (sql or "") .. invariants.FORGET)
   lake = made:open()
end

local function plan(opts)
   return assert(lake:plan(opts or EVERYTHING)).id
end

local function apply(id, opts)
   opts = opts or {}
   opts.reason, opts.overrides = "spec", stage.OVERRIDES
   return lake:apply(id, opts)
end

local function retire_range(from, to, instance)
   return lake:retire_partitions("log_entries", instance or "global", time(from), time(to), {reason = "spec", overrides = stage.OVERRIDES})
end

local function assert_counts(retired, gone, changed, retirement, err)
   assert.is_nil(err)
   assert.are.same({retired, gone, changed}, {retirement.retired, retirement.gone, retirement.changed})
end

local function assert_lake(live, queued)
   assert.are.same({live, queued}, {made:live(), made:queued()})
end

local function count(condition)
   return tonumber(made:value("select count(*) from lakehouse_partitions where " .. condition))
end

before_each(function()
   opened = {}
end)

after_each(function()
   for _, each in ipairs(opened) do
      each:close()
   end
   assert.are.same({}, invariants.broken(eye))
end)

setup(function()
   made:set({})
   invariants.watch(made.db, {log_entries = NEW})
   eye = observer.open(made.db)
end)

teardown(function()
   eye:close()
   made:drop()
end)

describe("between plan and apply", function()
   local id

   before_each(function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}, {"c", 12, 13, NEW}}
      id = plan()
   end)

   it("a row of the same hash that a writer put in the place of a planned one survives", function()
      run(upstream.writer(row("new", 10, 11, OLD)))

      assert_counts(1, 0, 1, apply(id))

      assert_lake("c new", "a b")
   end)

   it("a row of the current hash that a writer put in the place of a planned one survives", function()
      run(upstream.writer(row("new", 10, 11, NEW)))

      assert_counts(1, 1, 0, apply(id))

      assert_lake("c new", "a b")
   end)

   it("a row that a writer added to the range of a planned one survives", function()
      run(upstream.writer(row("new", 10, 10.5, NEW)))

      assert_counts(2, 0, 0, apply(id))

      assert_lake("c new", "a b")
   end)

   it("a row that a merge put in the place of several planned ones survives", function()
      run(upstream.writer(row("new", 10, 13, NEW)))

      assert_counts(0, 2, 0, apply(id))

      assert_lake("new", "a b c")
   end)

   it("a row that upstream retired is not queued a second time", function()
      run(upstream.retire_by_metadata(row(nil, 10, 11, OLD)))

      assert_counts(1, 1, 0, apply(id))

      assert_lake("c", "a b")
   end)

   it("a row that upstream let expire is not queued a second time", function()
      run(upstream.expiry(time(11.5)))

      assert_counts(1, 1, 0, apply(id))

      assert_lake("c", "a b")
   end)
end)

describe("while apply waits for a writer", function()
   local writer, one

   before_each(function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}}
      one = start_worker()
      writer = begin(upstream.writer(row("new", 10, 11, OLD)))
   end)

   it("the row that replaces a planned one survives", function()
      one:run("id = assert(lake:plan{view_set = 'log_entries', verdicts = {'only_copy'}}).id")
      writer:take_through("insert")
      one:send("return lake:apply(id, {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}})")
      assert.are.equal("blocked", one:settle())
      writer:finish()

      assert_counts(1, 0, 1, one:wait())

      assert_lake("new", "a b")
   end)

   it("the row that comes into a range that is being retired survives", function()
      writer:take_through("insert")
      one:send("return lake:retire_partitions('log_entries', 'global', ...)", time(10), time(12), {reason = "spec", overrides = stage.OVERRIDES})
      assert.are.equal("blocked", one:settle())
      writer:finish()

      assert_counts(1, 0, 1, one:wait())

      assert_lake("new", "a b")
   end)

   it("a deadlock costs mm its turn, never the writer", function()
      local id = plan()
      writer:take_through("select")
      apply(id)
      writer:take_through("delete")
      one:send("local done, err = lake:undo(..., {reason = 'spec'}) return done or err.code", id)
      assert.are.equal("blocked", one:settle())

      assert.is_nil(writer:finish())

      assert.are.equal("conflict", one:wait())
      assert_lake("new", "a a b")
   end)
end)

describe("beside an outdated row", function()
   it("the live one of the same range survives", function()
      set{{"a", 10, 11, OLD}, {"live", 10, 11, NEW}}

      assert_counts(1, 0, 0, apply(plan()))

      assert_lake("live", "a")
   end)

   it("the live one of the same point in time survives", function()
      set{{"a", 10, 10, OLD, instance = PROCESS}, {"live", 10, 10, NEW, instance = PROCESS}}

      assert_counts(1, 0, 0, apply(plan()))

      assert_lake("live", "a")
   end)

   it("live ones that overlap it in any way survive", function()
      set{{"a", 10, 12, OLD}, {"inner", 10.25, 10.5, NEW}, {"across", 11.5, 12.5, NEW}, {"b", 13, 13.5, OLD},
         {"wider", 12.5, 14, NEW}}

      assert_counts(2, 0, 0, apply(plan()))

      assert_lake("across inner wider", "a b")
   end)

   it("a row without hash of the same range survives", function()
      set{{"a", 10, 11, OLD}, {"unhashed", 10, 11, false}}

      assert_counts(1, 0, 0, apply(plan()))

      assert_lake("unhashed", "a")
   end)

   it("another outdated one of the same range goes with a file of its own", function()
      set{{"a", 10, 11, OLD}, {"older", 10, 11, OLDER}}

      assert_counts(2, 0, 0, apply(plan()))

      assert_lake("", "a older")
   end)

   it("the live one of its range survives where upstream's range is retired by mm", function()
      set{{"a", 10, 11, OLD}, {"live", 10, 11, NEW}}

      assert_counts(1, 0, 0, retire_range(10, 11))

      assert_lake("live", "a")
   end)
end)

describe("rows that begin where they end", function()
   local TWO = {{false, 10, 10, OLD, instance = PROCESS}, {false, 10, 10, OLD, instance = PROCESS},
      {"live", 10, 10, NEW, instance = PROCESS}}

   it("and are equal go both, and count as two", function()
      set(TWO)

      assert_counts(2, 0, 0, apply(plan()))

      assert.are.equal(1, count("true"))
   end)

   it("and are equal go both in batches of one", function()
      set(TWO)

      assert_counts(2, 0, 0, apply(plan(), {limit = 1}))

      assert.are.equal(1, count("true"))
   end)

   it("and are equal are counted one by one when somebody takes one of them", function()
      set(TWO)
      local id = plan()
      made:psql("delete from lakehouse_partitions where ctid = (select min(ctid) from lakehouse_partitions)")

      assert_counts(1, 1, 0, apply(id))

      assert.are.equal(1, count("true"))
   end)

   it("and are equal leave a third one that came after the plan", function()
      set(TWO)
      local id = plan()
      made:psql("insert into lakehouse_partitions select * from lakehouse_partitions where file_path is null limit 1")

      assert_counts(2, 0, 0, apply(id))

      assert.are.equal(1, count("file_path is null"))
   end)

   it("and are equal come back as two", function()
      set(TWO)
      local before = made:fingerprint()
      local id = plan()
      apply(id)

      assert.is_truthy(lake:undo(id, {reason = "spec"}))

      assert.are.equal(before, made:fingerprint())
   end)

   it("and differ in their files go each with its own", function()
      set{{"a", 10, 10, OLD, instance = PROCESS}, {"b", 10, 10, OLD, instance = PROCESS}}

      assert_counts(2, 0, 0, apply(plan()))

      assert_lake("", "a b")
   end)
end)

describe("at the bounds of a range that is retired", function()
   local HALF = {
      {"in", 10, 10.5, OLD, instance = PROCESS}, {"point in", 10.25, 10.25, OLD, instance = PROCESS},
      {"before", 9.5, 10, OLD, instance = PROCESS}, {"after", 10.5, 11, OLD, instance = PROCESS},
      {"point after", 10.5, 10.5, OLD, instance = PROCESS}, {"point before", 9.9, 9.9, OLD, instance = PROCESS},
      {"across", 9.5, 10.25, OLDER, instance = PROCESS},
   }

   before_each(function()
      set(HALF)
   end)

   it("a neighbour's row survives, also one that begins and ends there", function()
      assert_counts(2, 0, 0, retire_range(10, 10.5, PROCESS))

      assert_lake("across after before point after point before", "in point in")
   end)

   it("upstream's own statements take that row", function()
      run(upstream.retire_partitions(row(nil, 10, 10.5, OLD, {instance = PROCESS})))

      assert_lake("across after before point before", "in point after point in")
   end)

   it("that is a point, rows that only touch it survive", function()
      assert_counts(1, 0, 0, retire_range(10.5, 10.5, PROCESS))

      assert_lake("across after before in point before point in", "point after")
   end)
end)

describe("bounds that are no range", function()
   local any = stage.new("catalog-v6") -- which has no exclusion constraint that would refuse some of them
   local ROWS = {
      {"a", 10, 11, OLD}, {"no begin", false, 11, OLD}, {"no end", 10, false, OLD}, {"neither", false, false, OLD},
      {"backwards", 12, 11, OLD}, {"endless", "-infinity", "infinity", OLD}, {"since ever", "-infinity", 11, OLD},
      {"for ever", 10, "infinity", OLD}, {"backwards for ever", "infinity", "-infinity", OLD},
   }
   local CURRENT = {{"current neither", false, false, NEW}, {"current backwards", 12, 9, NEW},
      {"current no end", 10, false, NEW}, {"current no begin", false, 11, NEW}}
   local on

   local function with(rows)
      local list = {}
      for _, each in ipairs(ROWS) do
         list[#list + 1] = each
      end
      for _, each in ipairs(rows) do
         list[#list + 1] = each
      end
      any:set(list)
      on = any:open()
   end

   teardown(function()
      any:drop()
   end)

   it("are not retired unless they are asked for", function()
      with(CURRENT)

      local done = assert(on:retire_incompatible_partitions("log_entries", {reason = "spec", overrides = stage.OVERRIDES}))

      assert.are.same({0, 13}, {done.retired, tonumber(any:value("select count(*) from lakehouse_partitions"))})
   end)

   it("replace and cover nothing", function()
      with(CURRENT)

      local planned = assert(on:plan{view_set = "log_entries", verdicts = stage.VERDICTS})

      assert.are.same({only_copy = {partitions = 9, bytes = 9000}}, planned.verdicts)
   end)

   it("are not retired by a range", function()
      with(CURRENT)

      local done = assert(on:retire_partitions("log_entries", "global", time(10), time(11), {reason = "spec", overrides = stage.OVERRIDES}))

      assert.are.equal(1, done.retired)
      assert.are.equal("a", any:queued())
   end)

   it("go and come back as they are when they are asked for", function()
      with(CURRENT)
      local before = any:fingerprint()
      local id = assert(on:plan{view_set = "log_entries", verdicts = {"only_copy"}}).id

      assert_counts(9, 0, 0, on:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))
      assert.are.equal("current backwards current neither current no begin current no end", any:live())
      assert.is_truthy(on:undo(id, {reason = "spec"}))

      assert.are.equal(before, any:fingerprint())
   end)

   it("go and come back in a catalog with the exclusion constraint, too", function()
      set{{"a", 10, 11, OLD}, {"neither", false, false, OLDER}, {"endless", "-infinity", "infinity", "03"}}
      local before = made:fingerprint()
      local id = plan()

      assert_counts(3, 0, 0, apply(id))
      assert.is_truthy(lake:undo(id, {reason = "spec"}))

      assert.are.equal(before, made:fingerprint())
   end)
end)

describe("the queue of files", function()
   local function refused(...)
      local planned, err = lake:plan(...)
      assert.is_nil(planned)
      return {err.code, err.message, err.detail}
   end

   it("gets none of partitions without a file", function()
      set{{false, 10, 11, OLD}, {false, 11, 12, OLD}, {"a", 12, 13, OLD}}

      assert_counts(3, 0, 0, apply(plan()))

      assert.are.same({{"a", "1"}}, made:rows("select max(file_path), count(*) from temporary_files"))
   end)

   for words, other in pairs{planned = {"a", 11, 12, OLD}, live = {"a", 11, 12, NEW}, unhashed = {"a", 11, 12, false},
      ["unregistered"] = {"a", 11, 12, OLD, view_set = "x"}} do
      it(("never gets a file that a planned partition shares with one that is %s"):format(words), function()
         set{{"a", 10, 11, OLD}, other}

         assert.are.same({"refused", "1 files of the chosen partitions belong to several partitions", "a"},
            refused(EVERYTHING))

         assert_lake("a a", "")
      end)
   end

   it("gets each file once, whatever the size of the batches", function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}, {"c", 12, 13, OLD}, {false, 13, 14, OLD}}

      assert_counts(4, 0, 0, apply(plan(), {limit = 1}))

      assert_lake("", "a b c")
   end)

   it("gets each file once when apply is killed and run again", function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}, {"c", 12, 13, OLD}}
      local id, one = plan(), worker.start(made.db)
      one:run("lake = assert(mm.open(conninfo, {registry = assert(mm.registry.release('0.33'))}))")
      local holder = begin(upstream.writer(row("new", 11, 12, NEW)))
      holder:take_through("delete")
      one:send("return lake:apply(..., {reason = 'spec', overrides = {writers = 'spec', budget = 'spec'}, limit = 1})", id)
      assert.are.equal("blocked", one:settle())
      one:kill()
      holder:finish()

      assert_counts(2, 1, 0, apply(id))

      assert_lake("new", "a b c")
   end)

   it("gets each file once when the rows have moved", function()
      set{{"filler", 9, 10, NEW}, {"a", 10, 11, OLD}, {"b", 11, 12, OLD}, {"live", 10, 11, NEW}}
      local id = plan()
      made:psql("delete from lakehouse_partitions where file_path = 'filler'; vacuum full lakehouse_partitions")

      assert_counts(2, 0, 0, apply(id))

      assert_lake("live", "a b")
   end)

   it("is emptied by undo of files that upstream queued as well", function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}}
      local writer = begin(upstream.writer(row("new", 10, 11, NEW)))
      writer:take_through("select")
      local id = plan()
      apply(id)
      writer:finish()
      assert.are.equal("a a b", made:queued())

      assert.is_truthy(lake:undo(id, {reason = "spec"}))

      assert_lake("a b new", "")
   end)

   it("that has lost a file to a purge keeps undo from restoring anything", function()
      set{{"a", 10, 11, OLD}, {"b", 11, 12, OLD}}
      local id = plan()
      apply(id)
      made:psql("insert into temporary_files values ('a', 1000, now() - interval '1 minute')")
      run(upstream.purge("now()"))

      local undone, err = lake:undo(id, {reason = "spec"})

      assert.are.same({nil, "conflict"}, {undone, err.code})
      assert_lake("", "b")
   end)
end)
