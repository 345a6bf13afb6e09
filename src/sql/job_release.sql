-- Gives job $1 under fence $2 back; this attempt does not count. No row: somebody else runs it, or nobody.
update mmadmin.job
   set state = 'waiting', lease_until = null, worker = null, attempts = attempts - 1
 where job = $1::bigint and fence = $2::bigint and state = 'running'
returning job;
