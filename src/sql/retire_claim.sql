-- Claims the next $2 items of retirement $1 for this transaction; where $3 is given only if they begin there, so that a
-- transaction whose connection was lost cannot come after the one that took its place. The row lock makes others wait.
-- No row: not applying, all done, not at $3, an hour before the undo window ends, or the table has other columns than when
-- it was planned, which an item could not bring back.
update mmadmin.retirement
   set batch_from = next_seq, next_seq = least(next_seq + greatest($2::bigint, 1), partitions + 1), xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'applying' and next_seq <= partitions
   and ($3::bigint is null or next_seq = $3::bigint)
   and now() < undo_until - interval '1 hour'
   and partition_columns = array(
       select attname::text from pg_catalog.pg_attribute
        where attrelid = 'lakehouse_partitions'::regclass and attnum > 0 and not attisdropped
        order by attnum);
