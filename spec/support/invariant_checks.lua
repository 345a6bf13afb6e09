-- The invariants of invariants.lua, in the order of their numbers: each returns the rows that should not be, as text.
return {
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
