-- Goes on with job $1 under fence $2 for $3 seconds more; $4 partitions done, $5 of how many, $6 batches (null: as it was).
-- One that gets on is not given up for the attempts before. No row: somebody else runs it, or nobody.
update mmadmin.job
   set attempts = case when $4::bigint > done then 1 else attempts end, lease_until = now() + make_interval(secs => $3::float8), done = coalesce($4::bigint, done),
       total = coalesce($5::bigint, total), batches = coalesce($6::bigint, batches)
 where job = $1::bigint and fence = $2::bigint and state = 'running'
returning job;
