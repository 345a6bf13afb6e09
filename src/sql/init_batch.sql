-- What one transaction of apply or undo did: the mark that it was committed.
create table mmadmin.batch (
    retirement bigint not null references mmadmin.retirement,
    kind text not null check (kind in ('apply', 'undo')),
    first_seq bigint not null,
    last_seq bigint not null,
    done bigint not null,           -- retired or restored
    gone bigint not null,
    changed bigint not null,
    held bigint not null default 0,
    bytes bigint not null,
    committed_at timestamptz not null default clock_timestamp(),
    committed_by text not null default session_user,
    primary key (retirement, kind, first_seq)
);
