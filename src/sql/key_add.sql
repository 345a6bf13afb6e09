-- Adds a key: $1 whose, $2 the role, $3 how it begins, $4 its hash in hex, $5 in how many seconds it expires (null: never),
-- $6 why. No row: one that begins so is there.
insert into mmadmin.api_key (name, role, prefix, hash, expires_at, reason)
values ($1, $2, $3, decode($4, 'hex'), now() + make_interval(secs => $5::float8), $6)
on conflict do nothing
returning
\ir key_columns.sql
;
