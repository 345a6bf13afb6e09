-- Ranges that mm will not retire: of a view set, one of its instances, an insert range; null is any.
create table mmadmin.hold (
    hold bigint generated always as identity primary key,
    view_set_name text,
    view_instance_id text,
    begin_insert_time timestamptz,  -- partitions that overlap [begin, end)
    end_insert_time timestamptz,
    reason text not null,
    held_at timestamptz not null default now(),
    held_by text not null default session_user,
    released_at timestamptz,
    released_by text,
    release_reason text
);
