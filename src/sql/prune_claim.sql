-- Marks retirement $2 as pruned when nobody has needed its items for at least $1 (interval).
update mmadmin.retirement r
   set pruned_at = now(), why = $3, xact = pg_current_xact_id()
 where r.retirement = $2::bigint and
\ir is_prunable.sql
returning r.retirement;
