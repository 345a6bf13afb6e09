-- Ends the undo of retirement $1 when there is nothing (more) to bring back.
update mmadmin.retirement set state = 'undone', xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'undoing' and undo_seq >= next_seq
returning retirement;
