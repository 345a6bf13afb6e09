-- What a transaction of mm sets for itself, and only for itself.
-- $1 search_path, $2 statement_timeout, $3 lock_timeout (milliseconds), $4 hash and merge joins, $5 nested
-- loops: on or off, $6 who acts, for the audit (JSON or null), $7 application_name or null.
-- Qualified, as the search_path is still the session's, which may put other functions of the name in front.
-- keepalives: a client that is gone without a word, with half a transaction sent, is noticed within a minute; until then
-- its locks stay, and the limit of idle transactions does not hold for it.
-- row_security off: rows that a policy would hide are an error, never a silently shorter answer.
select pg_catalog.set_config('search_path', $1, true),
       pg_catalog.set_config('statement_timeout', $2, true),
       pg_catalog.set_config('lock_timeout', $3, true),
       pg_catalog.set_config('enable_hashjoin', $4, true),
       pg_catalog.set_config('enable_mergejoin', $4, true),
       pg_catalog.set_config('enable_nestloop', $5, true),
       pg_catalog.set_config('jit', 'off', true),
       pg_catalog.set_config('timezone', 'UTC', true),
       pg_catalog.set_config('datestyle', 'ISO', true),
       pg_catalog.set_config('standard_conforming_strings', 'on', true),
       pg_catalog.set_config('row_security', 'off', true),
       pg_catalog.set_config('synchronous_commit', 'on', true),
       pg_catalog.set_config('idle_in_transaction_session_timeout', '5000', true),
       pg_catalog.set_config('tcp_keepalives_idle', '30', true),
       pg_catalog.set_config('tcp_keepalives_interval', '10', true),
       pg_catalog.set_config('tcp_keepalives_count', '3', true),
       pg_catalog.set_config('application_name',
                             coalesce($7, pg_catalog.current_setting('application_name')), true),
       pg_catalog.set_config('mm.actor', coalesce($6, ''), true);
