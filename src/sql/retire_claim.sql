-- Claims the next $2 items of retirement $1 for this transaction. The row lock makes others wait, and what they read
-- then tells whether this transaction was committed. No row: not applying, all done, an hour before the undo
-- window ends, or the table has other columns than when it was planned, which an item could not bring back.
update mmadmin.retirement
   set batch_from = next_seq, next_seq = least(next_seq + greatest($2::bigint, 1), partitions + 1), xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'applying' and next_seq <= partitions
   and now() < undo_until - interval '1 hour'
   and partition_columns = array(
       select attname::text from pg_catalog.pg_attribute
        where attrelid = 'lakehouse_partitions'::regclass and attnum > 0 and not attisdropped
        order by attnum);
