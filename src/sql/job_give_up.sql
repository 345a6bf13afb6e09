-- Ends jobs that nobody runs after $5 attempts: $4 the error (JSON).
update mmadmin.job
   set state = 'failed', ended_at = now(), error = $4
 where job in (select job from mmadmin.job
                where (state = 'waiting' or state = 'running' and lease_until <= now()) and attempts >= $5::int
                  for update skip locked)
returning job;
