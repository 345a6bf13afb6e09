-- Notes that key $1 is used, to the hour; who comes at the same time waits for nobody.
update mmadmin.api_key
   set last_used_at = date_trunc('hour', now())
 where key = (select k.key from mmadmin.api_key k
               where k.key = $1::bigint and (k.last_used_at < date_trunc('hour', now())) is not false
                 for update skip locked);
