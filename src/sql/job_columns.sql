-- Fragment: jobs, with what their retirement's id is made of.
select j.job, j.kind, j.retirement as number, encode(r.digest, 'hex') as digest, j.state, j.principal, j.request_id,
       j.arguments, j.created_at, j.started_at, j.ended_at, j.attempts, j.fence, j.done, j.total, j.batches, j.error
  from mmadmin.job j
  join mmadmin.retirement r on r.retirement = j.retirement
