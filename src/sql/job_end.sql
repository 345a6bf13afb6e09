-- Ends job $1 under fence $2, with the error $3 (JSON) when it failed; $4 to $6 as in job_renew.sql. $7 true: it failed as
-- the retirement was not being applied; where that is resumed by now, the job waits for a worker again. No row: somebody
-- else runs it, or nobody.
update mmadmin.job j
   set state = e.state, error = case when e.state = 'failed' then $3 end,
       ended_at = case when e.state <> 'waiting' then now() end,
       lease_until = case when e.state <> 'waiting' then lease_until end,
       done = coalesce($4::bigint, done), total = coalesce($5::bigint, total), batches = coalesce($6::bigint, batches)
  from (select case when $3::text is null then 'done'
                    when $7::bool and r.state = 'applying' then 'waiting' else 'failed' end as state
          from mmadmin.job o join mmadmin.retirement r on r.retirement = o.retirement
         where o.job = $1::bigint) e
 where j.job = $1::bigint and j.fence = $2::bigint and j.state = 'running'
returning j.job;
