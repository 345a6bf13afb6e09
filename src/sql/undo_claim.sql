-- Claims the next $2 items of retirement $1 to undo for this transaction; no row: not undoing, or all done.
update mmadmin.retirement
   set batch_from = undo_seq, undo_seq = least(undo_seq + greatest($2::bigint, 1), next_seq), xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'undoing' and undo_seq < next_seq;
