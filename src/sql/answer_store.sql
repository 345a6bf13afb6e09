-- Keeps the answer to $1 for the Idempotency-Key $2 and the fingerprint $3: $4 status, $5 headers (JSON), $6 body,
-- $7 the request that began it (null: any).
update mmadmin.answer
   set status = $4::int, headers = $5, body = $6
 where principal = $1 and idempotency_key = $2 and fingerprint = $3
   and ($7::text is null or request_id = $7)
returning request_id;
