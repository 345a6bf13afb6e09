-- Gives job $1 under fence $2 back; $3 true: this attempt counts. No row: somebody else runs it, or nobody.
update mmadmin.job
   set state = 'waiting', worker = null, attempts = attempts - case when $3::bool then 0 else 1 end
 where job = $1::bigint and fence = $2::bigint and state = 'running'
returning job;
