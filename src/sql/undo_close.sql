-- Ends the batch of the undo of retirement $1.
with claim as materialized (
    select * from mmadmin.retirement where retirement = $1::bigint and xact = pg_current_xact_id()
), done as (
    update mmadmin.retirement set state = 'undone'
     where retirement = (select retirement from claim where undo_seq >= next_seq)
)
insert into mmadmin.batch (retirement, kind, first_seq, last_seq, done, gone, changed, bytes)
select c.retirement, 'undo', c.batch_from, c.undo_seq - 1,
       count(*) filter (where s.seq is null and u.seq is null),
       count(*) filter (where u.why in ('file_deleted', 'file_expires')),
       count(*) filter (where u.why = 'overlapped'),
       coalesce(sum(i.file_size) filter (where s.seq is null and u.seq is null), 0)::bigint
  from claim c
  join mmadmin.item i on i.retirement = c.retirement and i.seq >= c.batch_from and i.seq < c.undo_seq
  left join mmadmin.skipped s on s.retirement = i.retirement and s.seq = i.seq
  left join mmadmin.unrestored u on u.retirement = i.retirement and u.seq = i.seq
 group by c.retirement, c.batch_from, c.undo_seq
returning first_seq, last_seq, done, gone, changed, held, bytes,
          (select next_seq - undo_seq from claim) as remaining;
