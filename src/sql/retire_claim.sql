-- Claims the next $2 items of retirement $1 for this transaction. The row lock makes others wait, and what they read
-- then tells whether this transaction was committed. No row: not applying, all done, or an hour before the undo
-- window ends.
update mmadmin.retirement
   set batch_from = next_seq, next_seq = least(next_seq + $2::bigint, partitions + 1), xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'applying' and next_seq <= partitions
   and now() < undo_until - interval '1 hour'
returning batch_from, next_seq;
