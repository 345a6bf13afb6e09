-- Schemas mmadmin that an older mm made: refused until it is brought up to date, then as good as new ones; what was
-- planned, half applied and applied with it goes on and can be undone.
local mm = require("mm")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")

local RELEASE = assert(mm.registry.release("0.33"))
-- The ids are of then.
local APPLIED, HALF, PLANNED = "made-up-1-da4b39", "made-up-2-ec2340", "made-up-3-45840b"
local OLD_VERSION = "the lake's schema mmadmin has version 1, this mm needs 3"

local db, opened

local function open(conninfo)
   opened[#opened + 1] = assert(mm.open(conninfo or db.conninfo, {registry = RELEASE}))
   return opened[#opened]
end

local function mmlua(words)
   return shell.run(("%s/bin/mmlua %s --lake '%s'"):format(os.getenv("BUILD") or "build", words, db.conninfo))
end

-- Every column, constraint and index of mmadmin, whatever the order of the columns.
local SHAPE = [[select string_agg(line, e'\n' order by line) from (
   select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, is_identity, identity_generation,
          is_generated, generation_expression) as line from information_schema.columns where table_schema = 'mmadmin'
   union all
   select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace = 'mmadmin'::regnamespace
   union all
   select indexdef from pg_indexes where schemaname = 'mmadmin') s]]

local function shape(of)
   return of:psql(SHAPE)
end

local function state()
   return db:value("select string_agg(format('%s %s', state, next_seq), ', ' order by retirement) from mmadmin.retirement")
end

local function live()
   return db:value("select string_agg(coalesce(file_path, '-'), ' ' order by file_path) from lakehouse_partitions")
end

local function whats()
   return db:value("select string_agg(what, ' ' order by seq) from mmadmin.audit")
end

before_each(function()
   db, opened = postgres.database("catalog-v10"), {}
   db:file("spec/data/mmadmin-v1.sql")
end)
after_each(function()
   for _, each in ipairs(opened) do
      each:close()
   end
   db:drop()
end)

local OVERRIDES = stage.OVERRIDES

describe("a schema mmadmin of version 1", function()
   it("is refused by what needs it, which says how to bring it up to date", function()
      local lake = open()

      for name, result in pairs{
         plan = {lake:plan{all = true}}, apply = {lake:apply(PLANNED, {reason = "spec"})}, retirements = {lake:retirements()},
         undo = {lake:undo(APPLIED, {reason = "spec"})}, hold = {lake:hold{all = true, reason = "spec"}}, holds = {lake:holds()},
         release = {lake:release(1, {reason = "spec"})}, audit = {lake:audit()}, verify = {lake:verify_audit()},
         prune = {lake:prune_retirements{reason = "spec"}}, guards = {lake:guards(PLANNED)}, adopt = {lake:adopt()},
         publish = {lake:publish_registry(RELEASE)}, keys = {lake:keys()}, jobs = {lake:jobs()}, job = {lake:job(1)},
         key = {lake:add_key{name = "x", role = "viewer", reason = "spec"}}, claim = {lake:claim_job{worker = "x"}},
         principal = {lake:principal("mm_00000000_" .. ("0"):rep(64))},
         answer = {lake:begin_answer{principal = "x", idempotency_key = "x", fingerprint = "x"}},
      } do
         assert.are.same({nil, "not_initialized", OLD_VERSION, "bring it up to date: mmlua init --upgrade"},
            {result[1], result[2].code, result[2].message, result[2].hint}, name)
      end
      assert.are.equal("applied 4, applying 2, planned 1", state())
   end)

   it("keeps nobody from looking", function()
      local lake = open()

      assert.are.same({"made-up", 1}, {lake:info().name, lake:info().state_version})
      assert.are.equal(2, assert(lake:plan{all = true, verdicts = {"only_copy"}, dry_run = true}).partitions)
      assert.are.equal("published", (select(2, assert(mm.open(db.conninfo)):registry())))
   end)

   it("is brought up to date", function()
      local lake = open()

      assert.are.equal(3, assert(lake:upgrade_state{reason = "the new mm"}).state_version)

      assert.are.same({"upgraded", "the new mm"}, {whats(), db:value("select body::json ->> 'why' from mmadmin.audit")})
      assert.is_true(assert(lake:verify_audit()).is_intact)
      assert.are.equal("applied 4, applying 2, planned 1", state())
   end)

   it("is then as a new one is", function()
      local fresh = postgres.database("catalog-v10")
      finally(function()
         fresh:drop()
      end)
      assert(open(fresh.conninfo):init{name = "fresh"})

      assert(open():upgrade_state())

      assert.are.equal(shape(fresh), shape(db))
   end)

   it("is brought up to date by the statements for a DBA, with rights for roles", function()
      local operator, fresh = db:role(), postgres.database("catalog-v10")
      finally(function()
         fresh:drop()
      end)
      assert(open(fresh.conninfo):init{name = "fresh"})

      db:psql((assert(open():init_sql{name = "made-up", operator = operator.user})))

      assert.are.same({shape(fresh), "upgraded"}, {shape(db), whats()})
      assert.are.equal("applied", assert(open(operator.conninfo):apply(HALF, {reason = "spec", overrides = OVERRIDES})).state)
   end)

   it("is not brought up to date by whom it does not belong to, and stays as it was", function()
      local before = shape(db)
      local role = db:role("usage on schema mmadmin", "select on all tables in schema mmadmin, public")

      local _, err = open(role.conninfo):upgrade_state()

      assert.are.same({"rights", before}, {err.code, shape(db)})
   end)

   it("is brought up to date once", function()
      local lake = open()
      assert(lake:upgrade_state())

      local _, err = lake:upgrade_state()

      assert.are.same({"conflict", "the schema mmadmin has version 3 already", "upgraded"}, {err.code, err.message, whats()})
   end)

   it("is the only one that can be", function()
      db:psql("update mmadmin.lake set version = 4")

      local _, err = open():upgrade_state()

      assert.are.same({"not_initialized", "the lake's schema mmadmin has version 4, this mm needs 3",
         "use the version of mm that made it"}, {err.code, err.message, err.hint})
   end)

   it("is brought up to date by the verb", function()
      assert.are.same({1, ("mmlua init: %s\nhint: bring it up to date: mmlua init --upgrade\n"):format(OLD_VERSION)},
         {mmlua("init --check").code, mmlua("init --check").stderr})

      local result = mmlua("init --upgrade --yes --reason 'the new mm'")

      assert.are.same({0, "the schema mmadmin is up to date\n"}, {result.code, result.stderr})
      assert.are.equal("mmadmin is there, version 3, for lake made-up\n", mmlua("init --check").stderr)
   end)
end)

describe("a schema mmadmin of version 2", function()
   before_each(function()
      db:file("spec/data/mmadmin-v2.sql")
   end)

   it("is refused by what needs it, and keeps nobody from looking", function()
      local lake = open()

      local _, err = lake:plan{all = true}

      assert.are.same({"not_initialized", "the lake's schema mmadmin has version 2, this mm needs 3"}, {err.code, err.message})
      assert.are.same({"made-up", 2}, {lake:info().name, lake:info().state_version})
   end)

   it("is brought up to date, and is then as a new one is", function()
      local fresh = postgres.database("catalog-v10")
      finally(function()
         fresh:drop()
      end)
      assert(open(fresh.conninfo):init{name = "fresh"})

      assert.are.equal(3, assert(open():upgrade_state{reason = "the new mm"}).state_version)

      assert.are.equal(shape(fresh), shape(db))
   end)

   it("is brought up to date by the statements for a DBA, with rights for roles", function()
      local worker, fresh = db:role(), postgres.database("catalog-v10")
      finally(function()
         fresh:drop()
      end)
      assert(open(fresh.conninfo):init{name = "fresh"})

      db:psql((assert(open():init_sql{name = "made-up", worker = worker.user})))

      assert.are.same({shape(fresh), "upgraded held upgraded"}, {shape(db), whats()})
      assert.are.equal("undone", assert(open(worker.conninfo):undo(APPLIED, {reason = "spec"})).state)
   end)

   it("keeps its retirements, holds and audit", function()
      local lake = open()

      assert(lake:upgrade_state{reason = "the new mm"})

      assert.are.equal("upgraded held upgraded", whats())
      assert.are.same({true, 3}, {assert(lake:verify_audit()).is_intact, lake:verify_audit().entries})
      assert.are.same({"incident", "2026-11-01T04:00:00.000000Z"}, {lake:holds()[1].reason, lake:holds()[1].begin_insert_time})
      assert.are.equal("applied 4, applying 2, planned 1", state())
      local _, err = lake:apply(PLANNED, {reason = "spec", overrides = OVERRIDES})
      assert.are.same({"refused", "holds"}, {err.code, err.guard})
      assert.are.equal(2, assert(lake:undo(APPLIED, {reason = "spec"})).restored)
   end)
end)

describe("what was begun with version 1", function()
   local lake

   before_each(function()
      lake = open()
      assert(lake:upgrade_state())
   end)

   it("is known by its ids, with what was done", function()
      local found = {}
      for i, each in ipairs(assert(lake:retirements())) do
         found[i] = {each.id, each.state, each.retired, each.gone, each.held}
      end

      assert.are.same({{PLANNED, "planned", 0, 0, 0}, {HALF, "applying", 1, 0, 0}, {APPLIED, "applied", 2, 1, 0}}, found)
   end)

   it("is applied when it was planned", function()
      local done = assert(lake:apply(PLANNED, {reason = "spec", overrides = OVERRIDES}))

      assert.are.same({"applied", 2, 0, 0}, {done.state, done.retired, done.gone, done.changed})
      assert.are.equal("d new", live())
   end)

   it("goes on when it was half applied", function()
      local done = assert(lake:apply(HALF, {reason = "spec", overrides = OVERRIDES}))

      assert.are.same({"applied", 2, 2, "the second"}, {done.state, done.retired, done.partitions, done.reason})
   end)

   it("is undone, whether half applied or whole", function()
      for id, restored in pairs{[APPLIED] = 2, [HALF] = 1} do
         local undone = assert(lake:undo(id, {reason = "spec"}))
         assert.are.same({"undone", restored, 0}, {undone.state, undone.restored, undone.unrestored})
      end

      assert.are.same({"a b c d e new -", "0"}, {live(), db:value("select count(*) from temporary_files")})
      assert.are.equal("upgraded undoing restored undoing restored", (whats()))
      assert.is_true(assert(lake:verify_audit()).is_intact)
   end)

   it("obeys guards and holds", function()
      assert(lake:hold{view_set = "log_entries", from = "2026-11-01T05:00Z", reason = "spec"})

      local _, err = lake:apply(PLANNED, {reason = "spec", overrides = OVERRIDES})

      assert.are.same({"refused", "holds"}, {err.code, err.guard})
      assert.are.equal(0, assert(lake:plan{view_set = "log_entries", from = "2026-11-01T05:00Z", verdicts = stage.VERDICTS}).partitions)
   end)

   it("counts for the budget", function()
      local _, err = lake:apply(assert(lake:plan{view_set = "log_entries", verdicts = stage.VERDICTS, budget = 2}).id,
         {reason = "spec", overrides = {writers = "spec"}})

      -- b, c of today; d of the one that is half applied is planned here too.
      assert.are.same({"budget", 2, 2, 1}, {err.guard, err.findings[1].rows[1].partitions, err.findings[1].rows[1].lately,
         err.findings[1].rows[1].elsewhere})
   end)

   it("is on the same server as it was then", function()
      assert.are.same({}, assert(lake:guards(PLANNED, {overrides = OVERRIDES})))
      assert.are.equal("t", db:value("select system_identifier = (select system_identifier from pg_control_system()) from mmadmin.lake"))
   end)
end)
