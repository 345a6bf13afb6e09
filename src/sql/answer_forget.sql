-- Forgets that an answer to $1 for the Idempotency-Key $2 and the fingerprint $3 was begun, by the request $4 (null: any).
delete from mmadmin.answer
 where principal = $1 and idempotency_key = $2 and fingerprint = $3 and status is null
   and ($4::text is null or request_id = $4)
returning request_id;
