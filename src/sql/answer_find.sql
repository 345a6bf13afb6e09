-- The answer to $1 for the Idempotency-Key $2. is_late: it should have been given by now.
select fingerprint, request_id, status, headers, body, created_at < now() - interval '5 minutes' as is_late
  from mmadmin.answer
 where principal = $1 and idempotency_key = $2;
