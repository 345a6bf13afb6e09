-- Ends job $1 under fence $2, with the error $3 (JSON) when it failed; $4 to $6 as in job_renew.sql. No row: somebody else
-- runs it, or nobody.
update mmadmin.job
   set state = case when $3::text is null then 'done' else 'failed' end, error = $3, ended_at = now(),
       done = coalesce($4::bigint, done), total = coalesce($5::bigint, total), batches = coalesce($6::bigint, batches)
 where job = $1::bigint and fence = $2::bigint and state = 'running'
returning job;
