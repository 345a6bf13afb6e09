-- Items of retirement $8 whose verdict is worse today than when it was planned, by view set and verdicts: with $9 true
-- those that are retired, else those that are still to come. $1 to $7 as in verdict.sql, mode items.
\ir verdict.sql
, rank (verdict, rank) as (
    values ('empty', 0), ('replaced', 0), ('rebuildable', 1), ('waits_for_blocks', 2), ('short', 3), ('only_copy', 4)
)
select v.view_set_name, i.verdict as planned, v.verdict as now, count(*) as partitions
  from verdict v
  join mmadmin.item i on i.retirement = $8::bigint and i.seq = v.seq
  join mmadmin.retirement r on r.retirement = i.retirement and (i.seq < r.next_seq) = $9::bool
  join rank was on was.verdict = i.verdict
  join rank found on found.verdict = v.verdict
 where found.rank > was.rank
   and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
 group by 1, 2, 3
 order by 1, 2, 3;
