-- Guard: more unproven partitions than the budget of retirement $1 allows (100 unless its plan says otherwise), counted
-- with those that the lake lost to retirements begun within 24 hours and not taken back. No row, or one.
with plan as (
    select r.retirement, r.next_seq, coalesce((r.selection::json ->> 'budget')::bigint, 100) as budget
      from mmadmin.retirement r
     where r.retirement = $1::bigint
), found as (
    select p.budget, b.retirement = p.retirement and b.seq >= p.next_seq as is_to_come, b.file_size
      from plan p, mmadmin.retirement r
      join mmadmin.item b on b.retirement = r.retirement
     where (r.retirement = p.retirement and b.seq >= p.next_seq
            or r.applied_at > now() - interval '24 hours' and b.seq < r.next_seq and b.seq >= r.undo_seq
               and not exists (select from mmadmin.skipped s where s.retirement = b.retirement and s.seq = b.seq))
       and
\ir unproven.sql
)
select 'over_budget' as kind, budget, count(*) filter (where is_to_come) as partitions,
       coalesce(sum(file_size) filter (where is_to_come), 0)::bigint as bytes,
       count(*) filter (where not is_to_come) as lately
  from found
 group by budget
having count(*) > budget and count(*) filter (where is_to_come) > 0;
