-- Claims the oldest job that waits, or whose worker let its lease run out: $1 the worker, $2 the lease in seconds, $3 the
-- claim. Those that were begun $5 times are not claimed. No row: there is none that nobody else is claiming.
update mmadmin.job
   set state = 'running', worker = $1, claim = $3, fence = fence + 1, attempts = attempts + 1,
       started_at = coalesce(started_at, now()), lease_until = now() + make_interval(secs => $2::float8)
 where job = (select job from mmadmin.job
               where (state = 'waiting' or state = 'running' and lease_until <= now()) and attempts < $5::int
               order by job limit 1
                 for update skip locked)
returning job;
