-- Audits the key that this transaction added or revoked. No row: none.
with entry as (
    select case when k.revoked_at is null then 'key_added' else 'key_revoked' end as what, null::bigint as retirement,
           coalesce(k.revoke_reason, k.reason) as why,
           json_build_object('key', k.key, 'name', k.name, 'role', k.role, 'prefix', k.prefix,
                             'expires_at', k.expires_at) as detail
      from mmadmin.api_key k
     where k.xmin = pg_current_xact_id()::xid
)
\ir audit_append.sql
