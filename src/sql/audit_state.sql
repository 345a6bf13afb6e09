-- Audits what was done to mm's own state: $2 what (initialized, upgraded, adopted), $3 why, or null.
with entry as (
    select $2 as what, null::bigint as retirement, $3 as why,
           json_build_object('name', l.name, 'version', l.version, 'schema', l.schema, 'database', current_database(),
                             'database_oid', l.database_oid::bigint,
                             'system_identifier', l.system_identifier::text) as detail
      from mmadmin.lake l
)
\ir audit_append.sql
