-- Audits an attempt that was refused: $1 the retirement or null, $2 the reason that was given, $3 what refused it (JSON).
with entry as (
    select 'refused' as what, $1::bigint as retirement, $2 as why, $3::json as detail
)
\ir audit_append.sql
