-- Partitions as files: what PostgreSQL's own COPY and JSON say of the same rows, whole or not at all.
local mm = require("mm")
local facts = require("spec.support.facts")
local json = require("cjson")
local postgres = require("spec.support.postgres")
local rows = require("spec.support.rows")
local shell = require("spec.support.shell")

local NEWEST = assert(mm.registry.release("0.33"))
local NEW_ANSWER = "demo/list_view_sets-0.33.0.json"
local STATUS_SQL = "case when p.file_schema_hash is null then 'unhashed' when r.hash is null then 'unregistered'"
   .. " when p.file_schema_hash = r.hash then 'current' else 'outdated' end"

local db, lake, folder, path

local function open(name, registry)
   db = postgres.database(name)
   lake = assert(mm.open(db.conninfo, {registry = registry or NEWEST}))
   folder = shell.run("mktemp -d").stdout:match("%S+")
   path = folder .. "/partitions"
end

local function close()
   lake:close()
   db:drop()
   shell.run("rm -r " .. folder)
end

local function read()
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   return text
end

local function files()
   return shell.lines(shell.run("ls " .. folder).stdout)
end

-- The rows as mm lists them, their values as mm writes them.
local function select_sql(condition)
   local time = facts.time_sql
   return ([[select p.view_set_name, p.view_instance_id, %s as begin_insert_time, %s as end_insert_time,
         %s as min_event_time, %s as max_event_time, %s as updated, file_path, file_size,
         encode(file_schema_hash, 'hex') as file_schema_hash, encode(source_data_hash, 'hex') as source_data_hash,
         num_rows, partition_format_version, sort_order, %s as max_sort_key_time, %s as status
      from lakehouse_partitions p left join %s on name = view_set_name where %s
      order by p.view_set_name is null or p.view_instance_id is null or p.begin_insert_time is null,
         case when p.view_set_name is null or p.view_instance_id is null or p.begin_insert_time is null then p.ctid end,
         p.view_set_name, p.view_instance_id, p.begin_insert_time, p.ctid]]):format(time("begin_insert_time"),
      time("end_insert_time"), time("min_event_time"), time("max_event_time"), time("updated"),
      time("max_sort_key_time"), STATUS_SQL, facts.registry_sql(NEW_ANSWER), condition or "true")
end

local function copy(condition)
   return db:psql(("copy (%s) to stdout with csv header"):format(select_sql(condition))) .. "\n"
end

local function json_rows(condition)
   local list = {}
   for i, row in ipairs(db:rows(("select json_strip_nulls(to_json(x)) from (%s) x"):format(select_sql(condition)))) do
      list[i] = json.decode(row[1])
   end
   return list
end

local function decoded_lines(text)
   local list = {}
   for line in text:gmatch("([^\n]*)\n") do
      list[#list + 1] = json.decode(line)
   end
   return list
end

local function assert_failed(code, text, result, err)
   assert.is_nil(result)
   assert.are.equal(text, tostring(err))
   assert.are.equal(code, err.code)
end

-- Values that a format may stumble over.
local function add_odd_rows()
   db:psql([[insert into lakehouse_partitions
      (view_set_name, view_instance_id, begin_insert_time, end_insert_time, updated, file_path, file_size,
       file_schema_hash, source_data_hash, num_rows, sort_order)
      values (E'a,b "c"\n\r\\d\t', '', '-infinity', 'infinity', 'infinity', E'\x01\x7f/é🎉', 9223372036854775807,
         '\xABCD', '', -9223372036854775808, array['plain', 'a b', 'a,b', 'a"b', E'a\\b', 'NULL', null, '', '{', E'\n', E'\x01']),
         (null, null, null, null, null, null, null, null, null, 0, '{}'),
         (' ', 'NULL', '2026-11-01', '2026-11-01', null, '', 0, '', null, 0, null)]])
end

describe("an export of a real lake", function()
   setup(function()
      open("lake-0.33.0", assert(mm.registry.read(NEW_ANSWER)))
   end)
   teardown(close)

   it("as CSV is what COPY writes", function()
      assert.are.equal(3082, assert(lake:export_partitions(path)))

      assert.are.equal(copy(), read())
   end)

   it("as JSON lines is what PostgreSQL's JSON says", function()
      assert.are.equal(3082, assert(lake:export_partitions(path, nil, {format = "jsonl"})))

      assert.are.same(json_rows(), decoded_lines(read()))
   end)

   it("takes the filters of a listing", function()
      local filter = {view_set = "measures", view_instance = "global", status = "outdated", from = "2026-11-17",
         to = "2026-11-19"}

      local count = assert(lake:export_partitions(path, filter))

      assert.is_true(count > 0)
      assert.are.equal(copy("view_set_name = 'measures' and view_instance_id = 'global' and file_schema_hash <> hash"
         .. " and begin_insert_time >= '2026-11-17' and begin_insert_time < '2026-11-19'"), read())
   end)

   it("without any partition is a header, and no JSON line", function()
      assert.are.equal(0, assert(lake:export_partitions(path, {view_instance = "nobody"})))
      assert.are.equal(copy("false"), read())

      assert.are.equal(0, assert(lake:export_partitions(path, {view_instance = "nobody"}, {format = "jsonl"})))
      assert.are.equal("", read())
   end)

   it("goes to standard output when asked to", function()
      local script = ([[local mm = require("mm")
         local lake = assert(mm.open(%q, {registry = assert(mm.registry.read(%q))}))
         print("before")
         print(assert(lake:export_partitions("-", {view_set = "x_ints"})))]]):format(db.conninfo, NEW_ANSWER)

      local result = shell.run(shell.quote(os.getenv("SPEC_LUA") or "lua5.4") .. " -", script)

      assert.are.same({"before\n" .. copy("view_set_name = 'x_ints'") .. "54\n", "", 0},
         {result.stdout, result.stderr, result.code})
   end)
end)

describe("an export of any row", function()
   before_each(function()
      open("catalog-v10", assert(mm.registry.read(NEW_ANSWER)))
   end)
   after_each(close)

   it("as CSV is what COPY writes", function()
      add_odd_rows()

      assert.are.equal(3, assert(lake:export_partitions(path)))

      assert.are.equal(copy(), read())
   end)

   it("as JSON lines is what PostgreSQL's JSON says", function()
      add_odd_rows()

      assert.are.equal(3, assert(lake:export_partitions(path, nil, {format = "jsonl"})))

      assert.are.same(json_rows(), decoded_lines(read()))
      assert.matches('"file_size":9223372036854775807,', read(), 1, true)
      assert.matches('"num_rows":-9223372036854775808,', read(), 1, true)
   end)

   it("goes on over pages, for each row once", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', nullif('b', case when n > 60000 then 'b' end), '2026-11-01', n from generate_series(1, 120000) n]])

      assert.are.equal(120000, assert(lake:export_partitions(path)))

      local numbers = {}
      for number in read():gmatch("\na,b?,2026%-11%-01T00:00:00.000000Z,,,,,,,,,(%d+),") do
         numbers[#numbers + 1] = tonumber(number)
      end
      table.sort(numbers)
      assert.are.same({120000, 1, 120000}, {#numbers, numbers[1], numbers[120000]})
   end)

   it("tells after each page how far it is, of those that were chosen", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', nullif('b', case when n > 51000 then 'b' end), '2026-11-01'::timestamptz, n
           from generate_series(1, 52000) n union all select 'other', 'b', '2026-11-01', 1]])
      local told = {}

      assert.are.equal(52000, assert(lake:export_partitions(path, {view_set = "a"}, {on_page = function(...)
         told[#told + 1] = {...}
      end})))

      assert.are.same({{50000, 52000, false}, {51000, 52000, false}, {52000, 52000, true}}, told)
   end)

   it("never tells of more than all, though they become more", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', 'b', '2026-11-01', n from generate_series(1, 50000) n]])
      local last

      assert(lake:export_partitions(path, nil, {on_page = function(written, total)
         if not last then
            db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
               values ('b', 'b', '2026-11-01', 1)]])
         end
         last = {written, total}
      end}))

      assert.are.same({50001, 50001}, last)
   end)

   it("writes the columns that the catalog has", function()
      lake:close()
      local old = postgres.database("catalog-v1")
      rows.partitions(old, {{from = "2026-11-01", to = "2026-11-02", hash = "05"}})
      lake = assert(mm.open(old.conninfo, {registry = NEWEST}))

      assert(lake:export_partitions(path))

      old:drop()
      assert.are.equal("view_set_name,view_instance_id,begin_insert_time,end_insert_time,min_event_time,max_event_time,"
         .. "updated,file_path,file_size,file_schema_hash,source_data_hash,status", (read():match("[^\n]*")))
   end)
end)

describe("the file of an export", function()
   before_each(function()
      open("catalog-v10")
      rows.one_of_each(db)
   end)
   after_each(close)

   it("is there alone when it is complete", function()
      assert(lake:export_partitions(path))

      assert.are.same({"partitions"}, files())
   end)

   it("replaces what was there only when it is complete", function()
      shell.run("echo before > " .. path)
      db:psql("alter table lakehouse_partitions rename to elsewhere")

      assert_failed("query", 'partitions: relation "lakehouse_partitions" does not exist', lake:export_partitions(path))

      assert.are.equal("before\n", read())
      assert.are.same({"partitions"}, files())
      db:psql("alter table elsewhere rename to lakehouse_partitions")
      assert.are.equal(12, assert(lake:export_partitions(path)))
      assert.are_not.equal("before\n", read())
   end)

   it("is as it was after an error of whoever is told how far it is", function()
      shell.run("echo before > " .. path)

      local is_right, message = pcall(lake.export_partitions, lake, path, nil, {on_page = function()
         error("enough", 0)
      end})

      assert.are.same({false, "enough"}, {is_right, message})
      assert.are.equal("before\n", read())
      assert.are.same({"partitions"}, files())
      assert.are.equal(12, lake:status().partitions)
   end)

   it("may be a pipe, which stays one", function()
      shell.run("mkfifo " .. path)
      local reader = io.popen("cat " .. path)

      assert.are.equal(12, assert(lake:export_partitions(path)))

      assert.are.equal(13, #shell.lines(reader:read("*a")))
      reader:close()
      assert.are.same({"partitions|"}, shell.lines(shell.run("ls -F " .. folder).stdout))
   end)

   it("may be a device, which stays one", function()
      assert.are.equal(12, assert(lake:export_partitions("/dev/null")))

      assert.are.equal("character special file\n", shell.run("stat -c %F /dev/null").stdout)
   end)

   it("that finds no space is an error", function()
      assert_failed("io", "cannot write the partitions: No space left on device: file /dev/full",
         lake:export_partitions("/dev/full"))

      assert.are.equal("character special file\n", shell.run("stat -c %F /dev/full").stdout)
      assert.are.equal(12, lake:status().partitions)
   end)

   it("that finds no space in the middle is an error", function()
      db:psql([[insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, num_rows)
         select 'a', 'b', '2026-11-01', n from generate_series(1, 2000) n]])

      assert_failed("io", "cannot write the partitions: No space left on device: file /dev/full",
         lake:export_partitions("/dev/full", nil, {format = "jsonl"}))
   end)

   it("that cannot be made is an error", function()
      assert_failed("io", ("cannot write %s/no/partitions.part: No such file or directory"):format(folder),
         lake:export_partitions(folder .. "/no/partitions"))
      assert_failed("io", ("cannot write %s: Is a directory"):format(folder), lake:export_partitions(folder))
   end)

   it("is not made for a view set that nobody knows", function()
      assert_failed("not_found", "no view set is called 'log_entrys'; did you mean 'log_entries'?",
         lake:export_partitions(path, {view_set = "log_entrys"}))

      assert.are.same({}, files())
   end)
end)
