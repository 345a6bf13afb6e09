-- Notes which items of this batch of retirement $1 cannot be restored. Only where the operator asked ($3 true).
with
\ir undo_newer.sql
, retired as materialized (
    select i.*
      from mmadmin.retirement r
      join mmadmin.item i on i.retirement = r.retirement and i.seq >= r.batch_from and i.seq < r.undo_seq
     where $3::bool and r.retirement = $1::bigint and r.xact = pg_current_xact_id()
       and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
),
\ir undo_overlapped.sql
insert into mmadmin.unrestored (retirement, seq, why)
select retirement, seq, why
  from (select i.retirement, i.seq,
\ir undo_problem.sql
               as why
          from retired i
          -- Of the queue, which may be large, only this batch's files.
          left join (select file_path, min(expiration) as expiration
                       from temporary_files
                      where $3::bool and file_path in (select file_path from retired)
                      group by file_path) t
            on t.file_path = i.file_path
       ) p
 where why is not null;
