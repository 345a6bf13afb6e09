-- What stands in the way of undoing retirement $1, by kind: file_deleted (its queue row is gone, so upstream has or
-- may have deleted it), file_expires (within 5 minutes), overlapped (a row of the same hash is there now); and
-- `restorable`, the number of the others.
with
\ir undo_newer.sql
, retired as materialized (
    select i.*
      from mmadmin.retirement r
      join mmadmin.item i on i.retirement = r.retirement and i.seq < r.next_seq and i.seq >= r.undo_seq
     where r.retirement = $1::bigint
       and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
),
\ir undo_overlapped.sql
, problem as (
    select i.*,
\ir undo_problem.sql
           as why
      from retired i
      left join (select file_path, min(expiration) as expiration from temporary_files group by file_path) t
        on t.file_path = i.file_path
)
select coalesce(why, 'restorable') as why, count(*) as partitions, coalesce(sum(file_size), 0)::bigint as bytes,
       min(format('%s/%s [%s, %s]', view_set_name, view_instance_id, begin_insert_time, end_insert_time)) as example
  from problem
 group by 1
 order by 1;
