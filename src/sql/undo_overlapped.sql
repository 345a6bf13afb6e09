-- Fragment: CTE `overlapped`, those items of CTE `retired` whose range a live row of the same hash overlaps now, as
-- upstream's exclusion constraint sees it: empty ranges never do. Live rows of one hash do not overlap, so one pass in
-- the order of their begins tells: those that begin no later than the item must end by its begin, and the next one
-- must not begin before its end. (Asking for each item is quadratic by begin, and the constraint's index is slower yet.)
insert_range as (
    select i.seq, i.view_set_name, i.view_instance_id, i.file_schema_hash,
           coalesce(i.begin_insert_time, '-infinity') as b, coalesce(i.end_insert_time, 'infinity') as e
      from retired i
     union all
    select null, p.view_set_name, p.view_instance_id, p.file_schema_hash,
           coalesce(p.begin_insert_time, '-infinity'), coalesce(p.end_insert_time, 'infinity')
      from lakehouse_partitions p
     where exists (select from retired)
       and (p.view_set_name, p.view_instance_id) in (select view_set_name, view_instance_id from retired)
), overlapped as materialized (
    select seq
      from (select seq, b, e,
                   max(e) filter (where seq is null) over (
                       partition by view_set_name, view_instance_id, file_schema_hash order by b) as ends,
                   min(b) filter (where seq is null) over (
                       partition by view_set_name, view_instance_id, file_schema_hash order by b desc) as begins
              from insert_range
             where b < e) r
     where seq is not null and (ends > b or begins < e)
)
