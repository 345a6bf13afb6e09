-- Begins to apply retirement $1: $3 the reason, $4 the undo window (interval). No row: it is not planned, or its plan
-- is too old.
update mmadmin.retirement
   set state = 'applying', reason = $3, undo_for = $4::interval, applied_at = now(), applied_by = session_user,
       undo_until = now() + $4::interval, xact = pg_current_xact_id()
 where retirement = $1::bigint and state = 'planned' and now() < valid_until
returning retirement;
