-- Fragment: CTE `selected`, the partitions a plan is about, each with its status and verdict.
-- $1 to $7 as in verdict.sql   $8 verdicts (text[])   $9 statuses (text[])
-- $10 only partitions that end at or before it (timestamptz or null); where it equals $5, that begin there too
-- Partitions under a hold are never selected.
-- $11 true: of rebuildable partitions only those that the next query rebuilds, whose source outlives $12, the undo
-- window (interval), by a day
\ir verdict.sql
, candidate as (
select v.at, 'outdated' as status,
       -- Current rows that go too replace nothing.
       case when 'current' = any ($9::text[]) and v.verdict in ('replaced', 'short') then 'only_copy'
            else v.verdict end as verdict,
       v.source_until,
       v.view_set_name, v.view_instance_id, v.begin_insert_time, v.end_insert_time,
       v.min_event_time, v.max_event_time, v.updated, v.file_path, v.file_size,
       v.file_schema_hash, v.source_data_hash, v.file_metadata, v.num_rows,
       v.partition_format_version, v.sort_order, v.max_sort_key_time
  from verdict v
 union all
select p.ctid, s.status, null, null,
       p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time,
       p.min_event_time, p.max_event_time, p.updated, p.file_path, p.file_size,
       p.file_schema_hash, p.source_data_hash
       , null::bytea as file_metadata -- unless file_metadata
       -- if file_metadata: , p.file_metadata
       , p.num_rows -- if num_rows
       -- unless num_rows: , null::bigint as num_rows
       , p.partition_format_version -- if partition_format_version
       -- unless partition_format_version: , null::int as partition_format_version
       , p.sort_order -- if sort_order
       -- unless sort_order: , null::text[] as sort_order
       , p.max_sort_key_time -- if max_sort_key_time
       -- unless max_sort_key_time: , null::timestamptz as max_sort_key_time
  from lakehouse_partitions p
  left join registry r on r.view_set_name = p.view_set_name
 cross join lateral (
       select case when p.file_schema_hash is null then 'unhashed'
                   when r.view_set_name is null then 'unregistered'
                   when p.file_schema_hash = r.current_schema_hash then 'current'
                   else 'outdated' end as status
       ) s
 where $9::text[] <> array['outdated'] and s.status <> 'outdated'
   and ($3::text is null or p.view_set_name = $3::text)
   and ($4::text is null or p.view_instance_id = $4::text)
   and ($5::timestamptz is null or p.begin_insert_time >= $5::timestamptz)
   and ($6::timestamptz is null or p.begin_insert_time < $6::timestamptz)
), looked_at as (
select b.*,
\ir held.sql
       as is_held
  from candidate b
 where $10::timestamptz is null
    or (b.end_insert_time <= $10::timestamptz
        and (b.begin_insert_time < $10::timestamptz or $5::timestamptz = $10::timestamptz))
), selected as (
select c.*,
       c.status = any ($9::text[]) and (c.verdict is null or c.verdict = any ($8::text[])) and not c.is_held
       and (not $11::bool or c.verdict is distinct from 'rebuildable'
            or (c.view_instance_id <> 'global'
                and c.source_until > now() + $12::interval + interval '1 day')) is true as is_selected
  from looked_at c
)
