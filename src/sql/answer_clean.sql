-- Removes answers that are older than a day, but those that somebody else is removing.
delete from mmadmin.answer
 where (principal, idempotency_key) in (select principal, idempotency_key from mmadmin.answer
                                         where created_at < now() - interval '24 hours'
                                           for update skip locked);
