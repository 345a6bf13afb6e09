-- Revokes key $1: $2 why. No row: there is none, or it was revoked before.
update mmadmin.api_key
   set revoked_at = now(), revoked_by = session_user, revoke_reason = $2
 where key = $1::bigint and revoked_at is null
returning
\ir key_columns.sql
;
