-- Retired items of retirement $8 that were planned as replaced and are not any more. $1 to $7 as in verdict.sql, mode
-- items.
\ir verdict.sql
select v.view_set_name, count(*) as partitions, min(v.begin_insert_time) as first_insert_time
  from verdict v
  join mmadmin.item i on i.retirement = $8::bigint and i.seq = v.seq
 where i.verdict = 'replaced' and v.verdict <> 'replaced'
   and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
 group by v.view_set_name
 order by v.view_set_name;
