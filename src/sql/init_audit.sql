-- What was changed, by whom and why: JSON, chained by hashes. Never updated, never deleted.
create table mmadmin.audit (
    seq bigint primary key check (seq > 0),
    body text not null,
    hash bytea not null,            -- SHA-256 of the hash before and the body
    what text not null generated always as (body::json ->> 'what') stored,
    retirement bigint generated always as ((body::json ->> 'retirement')::bigint) stored
);
