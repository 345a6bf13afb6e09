-- Begins an answer: $1 to whom, $2 the Idempotency-Key, $3 the request's fingerprint, $4 its id. No row: it was begun before.
insert into mmadmin.answer (principal, idempotency_key, fingerprint, request_id)
values ($1, $2, $3, $4)
on conflict do nothing
returning request_id;
