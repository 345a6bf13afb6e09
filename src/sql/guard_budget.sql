-- Guard: more unproven partitions than the budget of retirement $1 allows (100 unless its plan says otherwise), counted
-- with those that the lake lost within 24 hours and did not get back, and those that retirements are about to retire
-- which have begun: two that begin at once know of each other. No row, or one.
with plan as (
    select retirement, coalesce((selection::json ->> 'budget')::bigint, 100) as budget
      from mmadmin.retirement
     where retirement = $1::bigint
), lately as (
    -- Items are dealt with in their order: from the first of a batch of today on all are of today.
    select retirement, min(first_seq) as first_seq
      from mmadmin.batch
     where kind = 'apply' and committed_at > now() - interval '24 hours'
     group by retirement
), found as (
    select p.budget, b.retirement = p.retirement and b.seq >= r.next_seq as is_own, b.seq >= r.next_seq as is_to_come,
           b.file_size
      from plan p
     cross join mmadmin.retirement r
      left join lately l on l.retirement = r.retirement
      join mmadmin.item b on b.retirement = r.retirement
     where case when b.seq >= r.next_seq then
               r.retirement = p.retirement or r.state = 'applying' and now() < r.undo_until - interval '1 hour'
           else b.seq >= l.first_seq
               and not exists (select from mmadmin.skipped s where s.retirement = b.retirement and s.seq = b.seq)
               and (b.seq >= r.undo_seq or exists (select from mmadmin.unrestored u
                                                    where u.retirement = b.retirement and u.seq = b.seq))
           end
       and
\ir unproven.sql
)
select 'over_budget' as kind, budget, count(*) filter (where is_own) as partitions,
       coalesce(sum(file_size) filter (where is_own), 0)::bigint as bytes,
       count(*) filter (where not is_to_come) as lately,
       count(*) filter (where is_to_come and not is_own) as elsewhere
  from found
 group by budget
having count(*) > budget and count(*) filter (where is_own) > 0;
