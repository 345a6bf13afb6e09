-- Who may use the HTTP API, and as what. A key is shown once and kept nowhere: here is its SHA-256.
create table mmadmin.api_key (
    key bigint generated always as identity primary key,
    name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,62}$'), -- of the principal
    role text not null check (role in ('viewer', 'planner', 'operator', 'admin')),
    prefix text not null unique,    -- how the key begins, to know it by
    hash bytea not null unique check (length(hash) = 32),
    reason text not null,
    created_at timestamptz not null default now(),
    created_by text not null default session_user,
    expires_at timestamptz,         -- null: never
    last_used_at timestamptz,       -- to the hour
    revoked_at timestamptz,
    revoked_by text,
    revoke_reason text
);
