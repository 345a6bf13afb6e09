-- Releases hold $1: $2 why. No row: there is none, or it was released before.
update mmadmin.hold
   set released_at = now(), released_by = session_user, release_reason = $2
 where hold = $1::bigint and released_at is null
returning hold;
