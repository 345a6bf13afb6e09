-- Answers to changes over HTTP, for a day: who sends the same Idempotency-Key again is answered the same.
create table mmadmin.answer (
    principal text not null,
    idempotency_key text not null,
    fingerprint text not null,      -- of the request
    request_id text not null,       -- that answers it
    created_at timestamptz not null default now(),
    status int,                     -- null while it is being answered
    headers text,                   -- JSON
    body text,
    primary key (principal, idempotency_key)
);
