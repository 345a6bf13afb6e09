-- What `mmlua worker` does for who asked over HTTP: applies or undoes a retirement. Whoever holds the current fence runs
-- it, until the lease is over.
create table mmadmin.job (
    job bigint generated always as identity primary key,
    kind text not null check (kind in ('apply', 'undo')),
    retirement bigint not null references mmadmin.retirement,
    arguments text not null,        -- JSON
    state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
    principal text,
    request_id text not null,
    created_at timestamptz not null default now(),
    started_at timestamptz,         -- when it was first claimed
    ended_at timestamptz,
    attempts int not null default 0,
    fence bigint not null default 0, -- moved by every claim
    claim text,                     -- the last one: so that one whose answer was lost is found
    lease_until timestamptz,        -- of a running one
    worker text,
    done bigint not null default 0, -- partitions
    total bigint,
    batches bigint not null default 0,
    error text                      -- JSON
);
