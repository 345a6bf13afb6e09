-- Why a partition has its verdict: the partitions of one view instance, of whatever status, whose insert time
-- contains an instant (ends included; a NULL bound excludes nothing), and the evidence where they are outdated.
-- current_*: how many current partitions overlap it and what they hold, null when one of them does not say.
-- source_count_today, is_blocks_current: null where they are not asked for.
-- $1 to $7 as in verdict.sql, $3 and $4 given, $5 and $6 null   $8 the instant (timestamptz)
\ir verdict.sql
select p.view_set_name::text, p.view_instance_id::text, p.begin_insert_time, p.end_insert_time,
       p.min_event_time, p.max_event_time, p.updated, p.file_path::text, p.file_size,
       p.num_rows,                                                              -- if num_rows
       -- unless num_rows: null::bigint as num_rows,
       p.file_schema_hash, r.current_schema_hash,
       case when p.file_schema_hash is null then 'unhashed'
            when r.view_set_name is null then 'unregistered'
            when p.file_schema_hash = r.current_schema_hash then 'current'
            else 'outdated' end as status,
       case when o.is_empty then 'empty' when o.n is not null then coalesce(j.verdict, 'only_copy') end as verdict,
       k.count as source_count, c.current_partitions, c.current_source_count, c.current_num_rows,
       j.count_today as source_count_today,
       case when j.count_today is not null and p.view_set_name <> 'blocks' then j.is_fed is true end
           as is_blocks_current,
       j.source_until
from lakehouse_partitions p
left join registry r on r.view_set_name = p.view_set_name
left join counted k on k.at = p.ctid
left join old o on o.at = p.ctid
left join judged j on j.n = o.n
left join lateral (
    select count(*) as current_partitions,
           case when count(*) = count(c.count) then coalesce(sum(c.count), 0)::bigint end as current_source_count,
           case when count(*) = count(c.rows) then coalesce(sum(c.rows), 0)::bigint end as current_num_rows
    from counted c
    where c.view_set_name = p.view_set_name and c.view_instance_id = p.view_instance_id
      and c.file_schema_hash is not distinct from c.current_schema_hash
      and c.b <= c.e and c.b <= o.e and c.e >= o.b
      and (p.view_instance_id <> 'global' or c.e > o.b and (c.b < o.e or o.b = o.e))
) c on o.n is not null
where p.view_set_name = $3::text and p.view_instance_id = $4::text
  and (p.begin_insert_time is null or p.begin_insert_time <= $8::timestamptz)
  and (p.end_insert_time is null or p.end_insert_time >= $8::timestamptz)
order by p.begin_insert_time, p.end_insert_time, p.ctid
