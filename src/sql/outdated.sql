-- Outdated partitions by view set, instance and hash (the first five columns are list_outdated_partitions()'s), with how
-- many of them have which verdict. Parameters: verdict.sql, $1 to $7.
\ir verdict.sql
select view_set_name::text, view_instance_id::text, file_schema_hash as outdated_schema_hash, current_schema_hash,
       count(*) as partition_count, sum(file_size)::bigint as bytes, sum(num_rows)::bigint as num_rows,
       min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time, max(updated) as last_updated,
       count(*) filter (where verdict = 'replaced') as replaced,
       count(*) filter (where verdict = 'short') as short,
       count(*) filter (where verdict = 'empty') as empty,
       count(*) filter (where verdict = 'rebuildable') as rebuildable,
       count(*) filter (where verdict = 'waits_for_blocks') as waits_for_blocks,
       count(*) filter (where verdict = 'only_copy') as only_copy
from verdict
group by 1, 2, 3, 4
order by 1, 2, 3
