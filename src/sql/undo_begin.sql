-- Begins, or goes on, to undo retirement $1: $2 the reason, $3 why which guards are overridden (JSON by their names); what
-- apply was overridden for ends here. No row: there is nothing to undo in its state.
update mmadmin.retirement
   set state = 'undoing', undo_reason = coalesce(undo_reason, $2), why = $2,
       overrides = (case state when 'undoing' then overrides::jsonb else '{}' end || $3::jsonb)::text, xact = pg_current_xact_id()
 where retirement = $1::bigint and state in ('applying', 'paused', 'applied', 'undoing') and pruned_at is null
returning retirement;
