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

-- Each returns the rows that should not be, as text.
local CHECKS = {
   {"I1 removed but not retired", [[
      select xact, row from witness.by_mm where what = 'removed' except all select xact, row from witness.retired]]},
   {"I1 retired but not removed", [[
      select xact, row from witness.retired except all select xact, row from witness.by_mm where what = 'removed']]},
   {"I1 queued but not retired", [[
      select xact, row->>'file_path', (row->>'file_size')::bigint from witness.by_mm where what = 'queued'
      except all select xact, file_path, file_size from witness.retired where file_path is not null]]},
   {"I1 retired but not queued", [[
      select xact, file_path, file_size from witness.retired where file_path is not null
      except all
      select xact, row->>'file_path', (row->>'file_size')::bigint from witness.by_mm where what = 'queued']]},
   {"I1 expires within the undo window", [[
      select c.row from witness.by_mm c
        join witness.batch b on b.xact = c.xact join mmadmin.retirement r on r.retirement = b.retirement
       where c.what = 'queued' and (c.row->>'expiration')::timestamptz < r.applied_at + r.undo_for]]},
   {"I2 live and queued", [[
      select file_path from lakehouse_partitions where file_path in (select file_path from temporary_files)]]},
   {"I2 live and deleted", [[
      select file_path from lakehouse_partitions where file_path in (select file_path from witness.deleted_file)]]},
   {"I3 skipped as it was planned", [[
      select d.row from witness.dealt_with d
        join lakehouse_partitions p on jsonb_strip_nulls(to_jsonb(p)) = d.row
       where d.kind = 'apply' and d.skipped <> 'held'
         and not exists (select from witness.restored r where r.row = d.row)]]},
   {"I4 current, unhashed or unknown", [[
      select c.row from witness.by_mm c
        left join witness.current_hash h on h.view_set_name = c.row->>'view_set_name'
       where c.what = 'removed'
         and case when c.row->>'file_schema_hash' is null then 'unhashed'
                  when h.hash is null then 'unregistered'
                  when c.row->>'file_schema_hash' = '\x' || h.hash then 'current'
                  else 'outdated' end not in (select status from witness.allowed)]]},
   {"I4 removed under a hold", "select row from witness.by_mm where what = 'held'"},
   {"I5 added but not restored", [[
      select xact, row from witness.by_mm where what = 'added' except all select xact, row from witness.restored]]},
   {"I5 restored but not added", [[
      select xact, row from witness.restored except all select xact, row from witness.by_mm where what = 'added']]},
   {"I5 restored but not retired", [[
      select retirement, seq from witness.restored except all select retirement, seq from witness.retired]]},
   {"I5 restored but not dequeued", [[
      select xact, file_path from witness.restored where file_path is not null
      except select xact, row->>'file_path' from witness.by_mm where what = 'dequeued']]},
   {"I5 dequeued but not restored", [[
      select xact, row->>'file_path' from witness.by_mm where what = 'dequeued'
      except select xact, file_path from witness.restored]]},
   {"I5 undone but not restored", [[
      select d.row from witness.retired d join mmadmin.retirement r on r.retirement = d.retirement
       where r.state = 'undone' and d.unrestored is null
         and not exists (select from witness.restored s where s.retirement = d.retirement and s.seq = d.seq)]]},
   {"I6 entry out of the chain", [[
      select seq from (
         select seq, hash, row_number() over w as n, body, lag(hash, 1, sha256('')) over w as before
           from mmadmin.audit window w as (order by seq)) a
       where seq <> n or hash <> sha256(before || convert_to(body, 'UTF8')) or not starts_with(body, '{"seq":' || n || ',')]]},
   {"I6 head of the chain", [[
      select h.seq from mmadmin.audit_head h
       where not exists (select from mmadmin.audit a where a.seq = h.seq and a.hash = h.hash)
         and (h.seq, h.hash) <> (0, sha256('')) or exists (select from mmadmin.audit a where a.seq > h.seq)]]},
   {"I6 batch without its entry", [[
      select retirement, kind, first_seq from mmadmin.batch
      except all
      select retirement, case what when 'retired' then 'apply' else 'undo' end,
             (body::json -> 'detail' ->> 'first_seq')::bigint
        from mmadmin.audit where what in ('retired', 'restored')]]},
   {"I7 batches do not add up to the retirement", [[
      select r.retirement, r.next_seq, r.undo_seq
        from mmadmin.retirement r
        left join witness.batch b on b.retirement = r.retirement
       group by r.retirement, r.next_seq, r.undo_seq
      having coalesce(sum(last_seq - first_seq + 1) filter (where kind = 'apply'), 0) <> r.next_seq - 1
          or coalesce(max(last_seq) filter (where kind = 'apply'), 0) <> r.next_seq - 1
          or coalesce(sum(last_seq - first_seq + 1) filter (where kind = 'undo'), 0) <> r.undo_seq - 1
          or coalesce(max(last_seq) filter (where kind = 'undo'), 0) <> r.undo_seq - 1]]},
   {"I7 batch that counts wrongly", [[
      select b.*
        from witness.batch b
        left join witness.dealt_with d on d.xact = b.xact
       group by b.retirement, b.kind, b.first_seq, b.last_seq, b.done, b.gone, b.changed, b.held, b.xact
      having b.done <> count(*) filter (where d.skipped is null and (b.kind = 'apply' or d.unrestored is null))
          or b.kind = 'apply' and (b.gone, b.changed, b.held) <> (count(*) filter (where d.skipped = 'gone'),
                                                                  count(*) filter (where d.skipped = 'changed'),
                                                                  count(*) filter (where d.skipped = 'held'))]]},
   {"I7 state", [[
      select retirement, state from mmadmin.retirement
       where state = 'applying' and next_seq > partitions or state = 'applied' and next_seq <= partitions
          or state = 'undone' and undo_seq < next_seq]]},
   {"I8 in a transaction", [[
      select pid, application_name, query from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
         and xact_start is not null]]},
   {"I8 holds a lock", [[
      select pid, locktype, mode from pg_locks l
       where pid <> pg_backend_pid() and pid in (select pid from pg_stat_activity
              where datname = current_database() and backend_type = 'client backend')]]},
}

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
