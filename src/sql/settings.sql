-- What a transaction of mm sets for itself, and only for itself.
-- $1 search_path, $2 statement_timeout, $3 lock_timeout (milliseconds), $4 hash and merge joins, $5 nested
-- loops: on or off, $6 who acts, for the audit (JSON or null).
-- row_security off: rows that a policy would hide are an error, never a silently shorter answer.
select set_config('search_path', $1, true),
       set_config('statement_timeout', $2, true),
       set_config('lock_timeout', $3, true),
       set_config('enable_hashjoin', $4, true),
       set_config('enable_mergejoin', $4, true),
       set_config('enable_nestloop', $5, true),
       set_config('jit', 'off', true),
       set_config('timezone', 'UTC', true),
       set_config('datestyle', 'ISO', true),
       set_config('standard_conforming_strings', 'on', true),
       set_config('row_security', 'off', true),
       set_config('synchronous_commit', 'on', true),
       set_config('idle_in_transaction_session_timeout', '5000', true),
       set_config('mm.actor', coalesce($6, ''), true);
