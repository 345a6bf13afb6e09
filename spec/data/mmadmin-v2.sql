-- Makes the schema mmadmin of version 1 (mmadmin-v1.sql) one of version 2, as the mm of then did; then it made a hold.
alter table mmadmin.lake add column system_identifier bigint not null default 0;
alter table mmadmin.batch add column held bigint not null default 0;
alter table mmadmin.skipped drop constraint skipped_why_check,
    add constraint skipped_why_check check (why in ('gone', 'changed', 'held'));
alter table mmadmin.retirement add column overrides text not null default '{}', add column why text,
    add column pruned_at timestamptz;
create table mmadmin.hold (
    hold bigint generated always as identity primary key,
    view_set_name text,
    view_instance_id text,
    begin_insert_time timestamptz,
    end_insert_time timestamptz,
    reason text not null,
    held_at timestamptz not null default now(),
    held_by text not null default session_user,
    released_at timestamptz,
    released_by text,
    release_reason text
);
create table mmadmin.audit (
    seq bigint primary key check (seq > 0),
    body text not null,
    hash bytea not null,
    what text not null generated always as (body::json ->> 'what') stored,
    retirement bigint generated always as ((body::json ->> 'retirement')::bigint) stored
);
create table mmadmin.audit_head (
    only_row bool primary key default true check (only_row),
    seq bigint not null,
    hash bytea not null
);
update mmadmin.lake set version = 2, system_identifier = (select system_identifier from pg_control_system());
alter table mmadmin.lake alter column system_identifier drop default;

insert into mmadmin.hold (view_set_name, begin_insert_time, reason) values ('log_entries', '2026-11-01 04:00Z', 'incident');
insert into mmadmin.audit (seq, body, hash)
with entry (seq, body) as (values
    (1, '{"seq":1,"at":"2026-11-20T08:00:00.000000Z","what":"upgraded","why":"version 2","user":"postgres"}'),
    (2, '{"seq":2,"at":"2026-11-20T08:01:00.000000Z","what":"held","why":"incident","user":"postgres"}')
), hashed as (
    select a.seq, a.body, sha256(sha256('') || convert_to(a.body, 'UTF8')) as hash from entry a where a.seq = 1
)
select * from hashed
union all
select b.seq, b.body, sha256(a.hash || convert_to(b.body, 'UTF8')) from hashed a, entry b where b.seq = 2;
insert into mmadmin.audit_head (seq, hash) select seq, hash from mmadmin.audit where seq = 2;
