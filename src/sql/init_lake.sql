-- The lake's short name, the version of this schema, and of which database it is: a restored copy differs.
create table mmadmin.lake (
    only_row bool primary key default true check (only_row),
    name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$'),
    version int not null,
    schema text not null,           -- of upstream's tables
    database_oid oid not null,
    system_identifier bigint not null, -- of the server's cluster
    created_at timestamptz not null default now(),
    created_by text not null default session_user
);
