-- Where nothing more can be written: full devices, files that may not grow, streams that are closed, and a PostgreSQL that
-- is out of space in the middle of a retirement.
local hostile = require("spec.support.hostile")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local MMLUA = (os.getenv("BUILD") or "build") .. "/bin/mmlua"
local LOST = MMLUA .. ": the output could not be written\n"

local stage = hostile.stage("catalog-v10")
local folder

local function files()
   return shell.run("ls -A " .. folder).stdout
end

before_each(function()
   folder = shell.run("mktemp -d").stdout:match("%S+")
end)
after_each(function()
   shell.run("rm -r " .. folder)
end)
teardown(function()
   stage:drop()
end)

local function verb(words, redirection)
   return hostile.verb(stage, words .. " " .. (redirection or ""))
end

describe("output that", function()
   local before

   setup(function()
      stage:set({{"old", 0, 1, "05"}, {"new", 0, 1, "07"}}, [[insert into lakehouse_partitions (view_set_name, view_instance_id,
         begin_insert_time, num_rows) select 'a', 'b', '2026-11-01', n from generate_series(1, 2000) n]])
      before = stage:fingerprint()
   end)
   after_each(function()
      assert.are.equal(before, stage:fingerprint())
   end)

   for _, words in ipairs{"status", "status --json", "versions", "view-sets", "outdated", "outdated --csv", "timeline log_entries",
      "explain log_entries --at 2026-11-01", "plan --all --dry-run", "plan --all --dry-run --json", "registry", "init --sql --name x",
      "--help", "outdated --help", "retire log_entries --dry-run"} do
      it("finds no space is an error: " .. words, function()
         local result = verb(words, ">/dev/full")

         assert.are.equal(1, result.code)
         assert.are.equal(LOST, result.stderr:sub(-#LOST))
      end)
   end

   it("finds no space in the middle is an error that says why", function()
      for _, format in ipairs{"", "--json", "--jsonl", "--csv"} do
         local result = verb("partitions " .. format, ">/dev/full")

         assert.are.equal(1, result.code)
         assert.matches("mmlua partitions: the output could not be written: No space left on device\n", result.stderr, 1, true)
      end
   end)

   it("finds no space does not hide what the exit code tells of the lake", function()
      assert.are.equal(3, verb("outdated --check", ">/dev/full").code)
   end)

   it("goes to a closed stream is an error, and does not go to the lake's connection", function()
      for _, redirection in ipairs{">&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"} do
         assert.are.equal(1, verb("outdated", redirection).code)
      end
      assert.are.equal(LOST, verb("status --json", "<&- >&-").stderr)
   end)

   it("is data comes all the same where messages cannot be shown", function()
      for _, redirection in ipairs{"2>&-", "<&- 2>&-", "2>/dev/full"} do
         local result = verb("outdated", redirection)

         assert.are.equal(0, result.code)
         assert.matches("\nlog_entries +1 ", result.stdout)
      end
   end)
end)

describe("a file that may not grow further", function()
   setup(function()
      stage:set({{"old", 0, 1, "05"}}, [[insert into lakehouse_partitions (view_set_name, view_instance_id,
         begin_insert_time, num_rows) select 'a', 'b', '2026-11-01', n from generate_series(1, 2000) n]])
   end)

   local function limited(words)
      return hostile.verb(stage, words, "sh -c 'ulimit -f 8 && \"$0\" \"$@\"'")
   end

   it("is an error of an export, which leaves nothing of it", function()
      local path = folder .. "/all.csv"

      hostile.assert_said(1, ("mmlua partitions: cannot write the partitions: File too large\ndetail: file %s.part"):format(path),
         limited("partitions --output " .. path))

      assert.are.equal("", files())
   end)

   it("leaves the file that was there before", function()
      local path = folder .. "/all.csv"
      shell.run("echo before >" .. path)

      assert.are.equal(1, limited("partitions --jsonl --output " .. path).code)

      assert.are.equal("before\n", shell.run("cat " .. path).stdout)
      assert.are.equal("all.csv\n", files())
   end)

   it("is an error where output is redirected to it", function()
      local result = limited(("partitions --csv >%s/all.csv"):format(folder))

      assert.are.equal(1, result.code)
      assert.matches("mmlua partitions: the output could not be written: File too large\n", result.stderr, 1, true)
   end)
end)

describe("a retirement whose outcome cannot be shown", function()
   before_each(function()
      stage:set{{"old", 0, 1, "05", updated = -9}, {"new", 0, 1, "07"}}
   end)

   it("is done all the same, as the lake tells", function()
      local id = assert(stage:open():plan{all = true}).id

      assert.are.equal(1, verb(("apply %s --yes --reason spec --json"):format(id), ">/dev/full").code)

      assert.are.same({"new", "old", "applied"}, {stage:live(), stage:queued(), stage:value("select state from mmadmin.retirement")})
   end)

   it("is done where nobody can be told of progress", function()
      local id = assert(stage:open():plan{all = true}).id

      assert.are.equal(0, verb(("apply %s --yes --reason spec"):format(id), "2>/dev/full").code)
      assert.are.equal(0, verb(("undo %s --yes --reason spec"):format(id), ">&- 2>&-").code)

      assert.are.same({"new old", ""}, {stage:live(), stage:queued()})
   end)
end)

describe("a PostgreSQL that is out of space", function()
   -- Only for the lake's own server process, of which no file may grow beyond 1 MiB; WAL needs no more.
   local function limit_server(size)
      local pid = stage:value("select pid from pg_stat_activity where application_name like 'mm %' and datname = current_database()")
      local result = shell.run(postgres.unprivileged(("prlimit --pid %s --fsize=%s:unlimited"):format(pid, size)))
      assert.are.equal("", result.stderr)
   end

   local rows = {}
   for i = 1, 20 do
      rows[i] = {"file " .. i, i, i + 1, "05"}
   end
   local LONG_PATHS = [[
      update lakehouse_partitions set file_path = (select string_agg(md5(file_path || n), '') from generate_series(1, 60) n);
      insert into temporary_files select repeat('f', 1000), 1, 'infinity' from generate_series(1, 1100);
      vacuum temporary_files]]

   it("in the middle of apply leaves whole batches, says so, and what is left is done later", function()
      stage:set(rows, LONG_PATHS)
      local lake, before = stage:open(), stage:fingerprint()
      local plan = assert(hostile.plan(lake))
      limit_server(1048576)

      local nothing, err = hostile.apply(lake, plan.id, {limit = 1})

      assert.is_nil(nothing)
      assert.are.same({"query", "aborted"}, {err.code, err.outcome})
      assert.matches('^retire_batch: could not extend file "base/', err.message)
      assert.are.equal("Check free disk space.", err.hint)
      local left = tonumber(stage:value("select count(*) from lakehouse_partitions"))
      assert.is_true(left > 10 and left <= 20)
      assert.are.equal(tostring(20 - left), stage:value("select count(*) from temporary_files where expiration < 'infinity'"))
      assert.are.same({"applying", ""}, {lake:retirement(plan.id).state, stage:troubles()})

      limit_server("unlimited")
      assert.are.equal(20, assert(hostile.apply(lake, plan.id)).retired)
      assert.are.equal(20, assert(lake:undo(plan.id, {reason = "spec"})).restored)
      assert.are.equal(before, stage:fingerprint())
   end)

   it("for what a plan must sort makes none", function()
      stage:set({}, [[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time,
         file_schema_hash, file_path, num_rows) select 'log_entries', 'global', t, t + interval '1 minute', '\x05', repeat('x', 200) || n, n
         from generate_series(1, 3000) n, lateral (select timestamptz '2026-11-01' + n * interval '1 minute' as t) x]])
      stage:psql(("alter database %s set temp_file_limit = 64; alter database %s set work_mem = 64"):format(stage.db.name, stage.db.name))
      local lake = stage:open()
      stage:psql(("alter database %s reset all"):format(stage.db.name))
      local before = stage:fingerprint()

      local nothing, err = hostile.plan(lake)

      assert.is_nil(nothing)
      assert.are.same({"query", "53400", "aborted"}, {err.code, err.sqlstate, err.outcome})
      assert.matches("^plan_%a+: temporary file size exceeds temp_file_limit %(64kB%)$", err.message)
      assert.are.equal(before .. "0", stage:fingerprint() .. stage:value("select count(*) from mmadmin.retirement"))
   end)
end)
