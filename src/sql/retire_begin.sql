-- Begins to apply retirement $1, or goes on: $3 the reason, $4 the undo window (interval), which holds from the first
-- time, $5 why which guards are overridden (JSON by their names). No row: it is not planned, its plan is too old, or it was
-- pruned.
update mmadmin.retirement
   set state = 'applying', why = $3, reason = coalesce(reason, $3), undo_for = coalesce(undo_for, $4::interval),
       applied_at = coalesce(applied_at, now()), applied_by = coalesce(applied_by, session_user),
       undo_until = coalesce(undo_until, now() + $4::interval),
       overrides = (overrides::jsonb || $5::jsonb)::text, xact = pg_current_xact_id()
 where retirement = $1::bigint and (state = 'planned' and now() < valid_until or state = 'applying') and pruned_at is null
returning retirement;
