-- The key with the hash $1 (hex), whether it is in force, and whether its last use is to be noted: once an hour, where that
-- may be written.
select k.key, k.name, k.role, k.revoked_at, k.expires_at, k.expires_at <= now() as is_expired,
       coalesce(k.last_used_at < date_trunc('hour', now()), true)
       and not pg_is_in_recovery() and not current_setting('default_transaction_read_only')::bool
       and has_column_privilege('mmadmin.api_key', 'last_used_at', 'update') as is_to_note
  from mmadmin.api_key k
 where k.hash = decode($1, 'hex');
