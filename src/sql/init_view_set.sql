-- The published registry.
create table mmadmin.view_set (
    view_set_name text primary key,
    schema_hash bytea not null check (length(schema_hash) > 0),
    schema text,
    has_view_maker bool,
    global_instance_available bool,
    source text not null,
    published_at timestamptz not null default now(),
    published_by text not null default session_user
);
