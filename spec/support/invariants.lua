-- What must hold of mm's transactions whatever else happened, in plain SQL over what triggers saw of upstream's tables.
--
--   invariants.watch(db, {log_entries = "07"})   before anything happens, with mmadmin there: which hashes are current
--   invariants.broken(db) -> list of lines, one for each violation, such as "I2 live and queued: views/..."
--   invariants.FORGET     SQL that forgets what was seen until then
--
-- A transaction is mm's when its application_name begins with "mm", or "worker" (worker.lua); rows are compared in every
-- column.
--   I1 mm removed exactly the items that its committed batches retired, queued their files once, and long enough
--   I2 no partition is live whose file is queued, or is deleted
--   I3 what mm removed was as planned (part of I1), and nothing that is as planned was skipped, but what another undo
--      brought back afterwards
--   I4 mm removed nothing current (unless witness.allowed has it), unhashed or of an unknown view set, and nothing that a
--      hold covered which was committed when the batch was
--   I5 an undo restored exactly what was removed, and all of it or what it named
--   I6 the audit is a chain that ends at its head, with an entry for each batch
--   I7 what mmadmin says was done is what was done
--   I8 nobody is in a transaction or holds a lock, but who asks
-- The schema witness holds what was seen; witness.deleted_file is for who deletes files.
local CHECKS = require("spec.support.invariant_checks")

local invariants = {}

local TABLES = [[
   create schema witness;
   create table witness.current_hash (view_set_name text, hash text);
   create table witness.allowed (status text);
   create table witness.deleted_file (file_path text);
   create table witness.change (xact text, program text, what text, row jsonb);

   create function witness.note() returns trigger language plpgsql security definer set timezone = 'UTC' as $$
   declare
      xact text := pg_current_xact_id()::xid;
      program text := current_setting('application_name');
   begin
      if tg_op <> 'INSERT' then
         insert into witness.change values (xact, program, tg_argv[1], jsonb_strip_nulls(to_jsonb(old)));
      end if;
      if tg_op <> 'DELETE' then
         insert into witness.change values (xact, program, tg_argv[0], jsonb_strip_nulls(to_jsonb(new)));
      end if;
      return null;
   end $$;

   create trigger witness after insert or update or delete on lakehouse_partitions
      for each row execute function witness.note('added', 'removed');
   create trigger witness after insert or update or delete on temporary_files
      for each row execute function witness.note('queued', 'dequeued');

   -- Looks when the transaction commits: a hold must not be in force before whoever did not see it has ended.
   create function witness.note_held() returns trigger language plpgsql security definer as $$
   declare
      part tstzrange := tstzrange(old.begin_insert_time, old.end_insert_time,
         case when old.view_instance_id = 'global' and old.begin_insert_time < old.end_insert_time then '[)' else '[]' end);
   begin
      insert into witness.change
      select pg_current_xact_id()::xid, current_setting('application_name'), 'held', jsonb_strip_nulls(to_jsonb(old))
        from mmadmin.hold h
       where h.released_at is null and old.view_set_name = coalesce(h.view_set_name, old.view_set_name)
         and old.view_instance_id = coalesce(h.view_instance_id, old.view_instance_id)
         and part && tstzrange(h.begin_insert_time, h.end_insert_time);
      return null;
   end $$;

   create constraint trigger witness_held after delete on lakehouse_partitions deferrable initially deferred
      for each row execute function witness.note_held();]]

local VIEWS = [[
   create view witness.by_mm as select xact, what, row from witness.change where program ~ '^(mm|worker)';

   create view witness.batch as
   select retirement, kind, first_seq, last_seq, done, gone, changed, held, xmin::text as xact from mmadmin.batch;

   -- Items of committed batches as rows of lakehouse_partitions, and why the batch left them alone.
   create view witness.dealt_with as
   select b.xact, b.kind, i.retirement, i.seq, i.file_path, i.file_size, s.why as skipped, u.why as unrestored,
          jsonb_strip_nulls(to_jsonb(i) - array['retirement', 'seq', 'row_ctid', 'status', 'verdict']) as row
     from witness.batch b
     join mmadmin.item i on i.retirement = b.retirement and i.seq between b.first_seq and b.last_seq
     left join mmadmin.skipped s on s.retirement = i.retirement and s.seq = i.seq
     left join mmadmin.unrestored u on u.retirement = i.retirement and u.seq = i.seq;

   create view witness.retired as select * from witness.dealt_with where kind = 'apply' and skipped is null;
   create view witness.restored as
   select * from witness.dealt_with where kind = 'undo' and skipped is null and unrestored is null;]]

-- A function, so that the server plans its queries once and not for each of many schedules.
local function broken_function()
   local lines = {"create function witness.broken() returns setof text language plpgsql",
      "set timezone = 'UTC' set jit = off as $$ begin"}
   for _, check in ipairs(CHECKS) do
      lines[#lines + 1] = ("return query select '%s: ' || v::text from (%s) v;"):format(check[1], check[2])
   end
   lines[#lines + 1] = "end $$;"
   return table.concat(lines, "\n")
end

invariants.FORGET = [[truncate witness.change, witness.deleted_file, witness.allowed;
   insert into witness.allowed values ('outdated');]]

function invariants.watch(db, current)
   db:psql(TABLES .. VIEWS .. broken_function() .. invariants.FORGET)
   for view_set, hash in pairs(current) do
      db:psql(("insert into witness.current_hash values ('%s', '%s')"):format(view_set, hash))
   end
end

function invariants.broken(db)
   local list = {}
   for _, row in ipairs(db:rows("select * from witness.broken() order by 1")) do
      list[#list + 1] = row[1]
   end
   return list
end

return invariants
