-- Keys: $1 true those that are not in force, too; $2 one of them or null, $3 the one with that hash (hex) or null.
select
\ir key_columns.sql
  from mmadmin.api_key
 where ($1::bool or revoked_at is null and (expires_at is null or expires_at > now()))
   and ($2::bigint is null or key = $2::bigint)
   and ($3::text is null or hash = decode($3, 'hex'))
 order by key;
