-- The rights that `init --sql` grants to each kind of role: it can do what it is for, and nothing that it is not for.
local grants = require("mm.grants")
local mm = require("mm")
local postgres = require("spec.support.postgres")
local stage = require("spec.support.stage")

local RELEASE = assert(mm.registry.release("0.33"))
local OTHER = RELEASE:merge(assert(mm.registry.new{{view_set_name = "x", current_schema_hash = "01"}}))

local db, roles, opened = nil, {}, {}

local function open(conninfo, registry)
   local lake = assert(mm.open(conninfo or db.conninfo, {registry = registry}))
   opened[#opened + 1] = lake
   return lake
end

local function close_all()
   for _, lake in ipairs(opened) do
      lake:close()
   end
   opened = {}
end

local function fill(sql)
   close_all()
   db:psql((sql or "") .. [[truncate lakehouse_partitions, temporary_files; delete from mmadmin.hold;
      delete from mmadmin.job; delete from mmadmin.answer; delete from mmadmin.api_key;
      insert into lakehouse_partitions
      select 'log_entries', 'global', t, t + interval '1 hour', t, t, t, 'p' || n, 1, '\x05', '\x6400000000000000', 10
        from generate_series(1, 4) n, lateral (select timestamptz '2026-01-01 00:00Z' + n * interval '1 hour') as x(t)]])
end

-- A key that somebody else made, and a plan.
local function arrange()
   local admin = open()
   assert(admin:publish_registry(RELEASE))
   return assert(admin:add_key{name = "ann", role = "operator", reason = "spec"}).secret,
      assert(admin:plan{all = true, verdicts = stage.VERDICTS}).id
end

local can = {} -- what each kind of role does besides what those with fewer rights do

function can.viewer(lake, _, id)
   assert(lake:status())
   assert(assert(lake:items(id)):all())
   assert(lake:retirement(id))
   assert(assert(lake:audit()):all())
   assert(assert(lake:verify_audit()).is_intact)
   assert(lake:holds())
   assert(lake:jobs())
   assert(lake:doctor())
   return assert(lake:plan{all = true, verdicts = stage.VERDICTS, dry_run = true})
end

function can.planner(lake)
   return assert(lake:plan{all = true, verdicts = stage.VERDICTS})
end

-- With a row that moved and one that changed, and one whose file is lost.
function can.operator(lake)
   assert(lake:release(assert(lake:hold{all = true, reason = "spec"}).hold, {reason = "spec"}))
   local id = assert(lake:plan{all = true, verdicts = stage.VERDICTS}).id
   db:psql([[update lakehouse_partitions set updated = updated where file_path = 'p1';
      update lakehouse_partitions set file_size = 2 where file_path = 'p2']])
   assert(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))
   db:psql("delete from temporary_files where file_path = 'p3'")
   assert(lake:undo(id, {reason = "spec", partial = true}))
   return assert(lake:retirement(id))
end

function can.admin(lake)
   assert(lake:publish_registry(OTHER))
   assert(lake:publish_registry(RELEASE))
   local key = assert(lake:add_key{name = "ci", role = "viewer", reason = "spec"})
   assert(lake:revoke_key(key.key, {reason = "spec"}))
   return assert(lake:keys())
end

function can.worker(lake, secret, id)
   assert(lake:publish_registry(OTHER))
   assert(lake:principal(secret))
   assert.are.equal("1", db:value("select count(*) from mmadmin.api_key where last_used_at is not null"))
   assert(lake:add_job{kind = "apply", retirement = id})
   local job = assert(lake:claim_job{worker = "spec"})
   assert(lake:renew_job(job.job, job.fence) and lake:end_job(job.job, job.fence))
   local request = {principal = "ann", idempotency_key = "k", fingerprint = "f"}
   assert.are.equal("new", assert(lake:begin_answer(request)))
   assert(lake:forget_answer(request))
   assert(lake:begin_answer(request))
   assert(lake:store_answer{principal = "ann", idempotency_key = "k", fingerprint = "f", status = 200})
   return assert(lake:begin_answer(request)).status
end

local INCLUDES = {viewer = {"viewer"}, planner = {"viewer", "planner"}, operator = {"viewer", "planner", "operator"},
   admin = {"viewer", "planner", "operator", "admin"}, worker = {"viewer", "planner", "operator", "worker"}}

local function do_all(kind)
   local secret, id = arrange()
   local lake = open(roles[kind].conninfo)
   for _, each in ipairs(INCLUDES[kind]) do
      can[each](lake, secret, id)
   end
end

-- Every right of a role on a table or a column that mm must have: not on tables of upstream's that make verdicts better.
local GRANTED = [[
   select format('%%s on %%s.%%s', lower(privilege_type), table_schema, table_name) from information_schema.role_table_grants
    where grantee = '%s'
      and table_name not in ('blocks', 'streams', 'processes', 'settings', 'migration', 'lakehouse_view_set_definitions')
   union
   select format('%%s (%%s) on %%s.%%s', lower(privilege_type), column_name, table_schema, table_name)
     from information_schema.role_column_grants c
    where grantee = '%s' and not exists (
       select from information_schema.role_table_grants t
        where t.grantee = c.grantee and t.table_schema = c.table_schema and t.table_name = c.table_name
          and t.privilege_type = c.privilege_type) order by 1]]

-- Those that no kind has which it includes.
local function granted(kind)
   local list, others = {}, {}
   for _, each in ipairs(INCLUDES[kind]) do
      for _, row in ipairs(db:rows(GRANTED:format(roles[each].user, roles[each].user))) do
         list[#list + 1] = each == kind and not others[row[1]] and row[1] or nil
         others[row[1]] = true
      end
   end
   return list
end

-- Of the tables of mmadmin, without reading: "TABLE RIGHT RIGHT, TABLE ...".
local function changes(kind)
   return db:psql(([[select coalesce(string_agg(line, ', ' order by line), '') from (
      select table_name || ' ' || string_agg(lower(privilege_type), ' ' order by privilege_type) as line
        from information_schema.role_table_grants where grantee = '%s' and privilege_type <> 'SELECT'
       group by table_name) x]]):format(roles[kind].user))
end

local function assert_rights(result, err)
   assert.is_nil(result)
   assert.are.equal("rights", err.code)
end

setup(function()
   db = postgres.database("catalog-v10")
   assert(open():init{name = "prod"})
   for _, kind in ipairs(grants.KINDS) do
      roles[kind] = db:role()
      db:psql(assert(open():init_sql{name = "prod", [kind] = roles[kind].user}))
   end
end)
before_each(function()
   fill()
end)
teardown(function()
   close_all()
   db:drop()
end)

for _, kind in ipairs(grants.KINDS) do
   describe("the role of a " .. kind, function()
      it("can do all that it is for", function()
         do_all(kind)
      end)

      it("has no right that this does not need", function()
         local unneeded, user, give_back = {}, roles[kind].user, ""

         for _, what in ipairs(granted(kind)) do
            fill(("%s revoke %s from %s;"):format(give_back, what, user))
            give_back = ("grant %s to %s;"):format(what, user)
            unneeded[#unneeded + 1] = pcall(do_all, kind) and what or nil
         end

         db:psql(give_back)
         assert.are.same({}, unneeded)
      end)

      it("reads of upstream's tables only those that mm needs", function()
         assert.are.equal("blocks lakehouse_migration lakehouse_partitions lakehouse_view_set_definitions migration processes "
            .. "settings streams temporary_files", db:value(([[select string_agg(table_name, ' ' order by table_name)
               from information_schema.role_table_grants
              where grantee = '%s' and table_schema = 'public' and privilege_type = 'SELECT']]):format(roles[kind].user)))
      end)
   end)
end

describe("a viewer", function()
   it("can change nothing", function()
      local _, id = arrange()
      local lake, before = open(roles.viewer.conninfo, RELEASE), db:value("select md5(string_agg(p::text, '')) from lakehouse_partitions p")

      for _, change in ipairs{
         function() return lake:plan{all = true} end, function() return lake:abandon(id) end,
         function() return lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}) end,
         function() return lake:publish_registry(RELEASE) end, function() return lake:remove_state{force = true} end,
         function() return lake:hold{all = true, reason = "spec"} end,
         function() return lake:add_job{kind = "apply", retirement = id} end,
         function() return lake:retire_partitions("log_entries", "global", "2026-01-01", "2027-01-01", {reason = "spec"}) end} do
         assert_rights(change())
      end

      assert.are.equal(before, db:value("select md5(string_agg(p::text, '')) from lakehouse_partitions p"))
      assert.are.equal("", changes("viewer"))
   end)

   it("reads no key and no answer, as nobody does who may only plan or retire", function()
      arrange()
      for _, kind in ipairs{"viewer", "planner", "operator"} do
         assert_rights(open(roles[kind].conninfo):keys())
         for _, name in ipairs{"api_key", "answer"} do
            local is_read, message = pcall(roles[kind].psql, roles[kind], "select count(*) from mmadmin." .. name)
            assert.is_false(is_read)
            assert.is_truthy(tostring(message):find("permission denied for table " .. name, 1, true))
         end
      end
   end)
end)

describe("a planner", function()
   it("retires nothing, holds nothing, and moves no retirement", function()
      local _, id = arrange()
      local lake = open(roles.planner.conninfo)

      assert_rights(lake:apply(id, {reason = "spec", overrides = stage.OVERRIDES}))
      assert_rights(lake:abandon(id))
      assert_rights(lake:hold{all = true, reason = "spec"})
      assert_rights(lake:publish_registry(RELEASE))

      assert.are.same({"4", "planned"}, {db:value("select count(*) from lakehouse_partitions"), lake:retirement(id).state})
      assert.are.equal("audit insert, audit_head update, item insert, retirement insert", changes("planner"))
   end)
end)

describe("an operator", function()
   it("publishes nothing, makes no keys, and gives no answers over HTTP", function()
      local _, id = arrange()
      local lake = open(roles.operator.conninfo)

      assert_rights(lake:publish_registry(RELEASE))
      assert_rights(lake:add_key{name = "x", role = "admin", reason = "spec"})
      assert_rights(lake:add_job{kind = "apply", retirement = id})
      assert_rights(lake:begin_answer{principal = "x", idempotency_key = "x", fingerprint = "x"})
   end)

   it("can change no item, and take nothing out of the journal", function()
      assert.are.equal("audit insert, audit_head update, batch insert, hold insert update, item insert, "
         .. "lakehouse_partitions delete insert, retirement insert update, skipped delete insert update, "
         .. "temporary_files delete insert, unrestored insert", changes("operator"))
   end)
end)

describe("an admin", function()
   it("changes no key but to revoke it, and reads no answer", function()
      arrange()
      for _, sql in ipairs{"update mmadmin.api_key set role = 'admin'", "update mmadmin.api_key set hash = sha256('x')",
         "delete from mmadmin.api_key", "select count(*) from mmadmin.answer", "insert into mmadmin.job (kind) values ('undo')"} do
         assert.is_false((pcall(roles.admin.psql, roles.admin, sql)))
      end
   end)
end)

describe("a worker", function()
   it("makes and revokes no keys", function()
      arrange()
      local lake = open(roles.worker.conninfo)

      assert_rights(lake:add_key{name = "x", role = "admin", reason = "spec"})
      assert_rights(lake:revoke_key(lake:keys()[1].key, {reason = "spec"}))

      assert.are.equal("1", db:value("select count(*) from mmadmin.api_key where revoked_at is null"))
   end)
end)
