-- Retirements, newest first: $1 one of them or null, $2 a state or null.
select r.retirement as number, r.state, encode(r.digest, 'hex') as digest, r.selection, r.registry_source,
       r.view_sets, r.schema_hashes, r.retention_days, r.partitions, r.bytes, r.created_at, r.created_by,
       r.valid_until, r.valid_until <= now() and r.state = 'planned' as is_expired,
       r.reason, r.applied_at, r.applied_by, r.undo_until, r.undo_reason, r.changed_accepted, r.overrides, r.pruned_at,
       coalesce(a.done, 0)::bigint as retired, coalesce(a.gone, 0)::bigint as gone,
       coalesce(a.changed, 0)::bigint as changed, coalesce(a.held, 0)::bigint as held, coalesce(a.bytes, 0)::bigint as retired_bytes,
       r.partitions - r.next_seq + 1 as remaining,
       coalesce(u.done, 0)::bigint as restored,
       coalesce(u.gone + u.changed, 0)::bigint as unrestored,
       case when r.state in ('undoing', 'undone') then r.next_seq - r.undo_seq end as undo_remaining,
       now() as now
  from mmadmin.retirement r
  left join lateral (select sum(done) as done, sum(gone) as gone, sum(changed) as changed,
                            sum(held) as held, sum(bytes) as bytes
                       from mmadmin.batch b
                      where b.retirement = r.retirement and b.kind = 'apply') a on true
  left join lateral (select sum(done) as done, sum(gone) as gone, sum(changed) as changed
                       from mmadmin.batch b
                      where b.retirement = r.retirement and b.kind = 'undo') u on true
 where ($1::bigint is null or r.retirement = $1::bigint)
   and ($2::text is null or r.state = $2::text)
 order by r.retirement desc;
