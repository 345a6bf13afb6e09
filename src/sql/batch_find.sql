-- The batch of retirement $1 of kind $2 (apply or undo) that begins at $3, in the columns of retire_close.sql. No row:
-- it was not committed.
select b.first_seq, b.last_seq, b.done, b.gone, b.changed, b.held, b.bytes,
       case b.kind when 'apply' then r.partitions - r.next_seq + 1 else r.next_seq - r.undo_seq end as remaining
  from mmadmin.batch b
  join mmadmin.retirement r on r.retirement = b.retirement
 where b.retirement = $1::bigint and b.kind = $2 and b.first_seq = $3::bigint;
