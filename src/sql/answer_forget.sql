-- Forgets that an answer to $1 for the Idempotency-Key $2 and the fingerprint $3 was begun.
delete from mmadmin.answer
 where principal = $1 and idempotency_key = $2 and fingerprint = $3 and status is null
returning request_id;
