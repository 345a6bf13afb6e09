-- Claims the next $2 items of retirement $1 to undo for this transaction, where $4 is given only if they begin there; no
-- row: not undoing, all done, or not at $4.
update mmadmin.retirement
   set batch_from = undo_seq, undo_seq = least(undo_seq + greatest($2::bigint, 1), next_seq), xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'undoing' and undo_seq < next_seq
   and ($4::bigint is null or undo_seq = $4::bigint);
