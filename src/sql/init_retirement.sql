-- A plan and what became of it. Partitions 1 to next_seq - 1 are dealt with by committed batches, and of those
-- 1 to undo_seq - 1 by committed batches of the undo.
create table mmadmin.retirement (
    retirement bigint generated always as identity primary key,
    state text not null check (state in ('planned', 'applying', 'paused', 'applied', 'undoing', 'undone', 'abandoned')),
    selection text not null,        -- what was asked for, JSON
    view_sets text[] not null,      -- the registry it was planned with: names, hashes in hex, where from
    schema_hashes text[] not null,
    registry_source text not null,
    partition_columns text[] not null, -- of lakehouse_partitions at that time
    retention_days int not null,
    partitions bigint not null default 0,
    bytes bigint not null default 0,
    digest bytea,
    created_at timestamptz not null default now(),
    created_by text not null default session_user,
    valid_until timestamptz not null default now() + interval '24 hours',
    reason text,
    undo_for interval,
    applied_at timestamptz,         -- when the first batch began
    applied_by text,
    undo_until timestamptz,         -- when the first retired file may be deleted
    next_seq bigint not null default 1,
    batch_from bigint,              -- of the last batch
    changed_accepted bigint not null default 0,
    undo_reason text,
    undo_seq bigint not null default 1,
    overrides text not null default '{}', -- why guards were overridden, JSON by their names
    why text,                       -- the reason of the last change
    pruned_at timestamptz,          -- when its items were removed
    xact xid8 not null default pg_current_xact_id() -- that wrote this row last
);
