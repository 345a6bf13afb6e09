-- Ends the batch of retirement $1: its row in mmadmin.batch, and the retirement's state after the last one.
with claim as materialized (
    select * from mmadmin.retirement where retirement = $1::bigint and xact = pg_current_xact_id()
), done as (
    update mmadmin.retirement set state = 'applied'
     where retirement = (select retirement from claim where next_seq > partitions)
)
insert into mmadmin.batch (retirement, kind, first_seq, last_seq, done, gone, changed, held, bytes)
select c.retirement, 'apply', c.batch_from, c.next_seq - 1,
       count(*) filter (where s.seq is null),
       count(*) filter (where s.why = 'gone'),
       count(*) filter (where s.why = 'changed'),
       count(*) filter (where s.why = 'held'),
       coalesce(sum(i.file_size) filter (where s.seq is null), 0)::bigint
  from claim c
  join mmadmin.item i on i.retirement = c.retirement and i.seq >= c.batch_from and i.seq < c.next_seq
  left join mmadmin.skipped s on s.retirement = i.retirement and s.seq = i.seq
 group by c.retirement, c.batch_from, c.next_seq
returning first_seq, last_seq, done, gone, changed, held, bytes,
          (select partitions - next_seq + 1 from claim) as remaining;
