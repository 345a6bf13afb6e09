-- Outdated partitions by view set, instance and hash: what list_outdated_partitions() was to return, then sizes, times
-- and how many have which verdict, and their bytes: empty ones have no file. $1 to $7 as in verdict.sql.
\ir verdict.sql
select view_set_name::text collate "default" as view_set_name,
       view_instance_id::text collate "default" as view_instance_id,
       file_schema_hash as outdated_schema_hash, current_schema_hash, count(*) as partition_count,
       coalesce(sum(file_size), 0)::bigint as bytes, sum(num_rows)::bigint as num_rows,
       min(b) as first_insert_time, max(e) as last_insert_time, max(updated) as last_updated,
       count(*) filter (where verdict = 'replaced') as replaced,
       count(*) filter (where verdict = 'short') as short,
       count(*) filter (where is_empty) as empty,
       count(*) filter (where verdict = 'rebuildable') as rebuildable,
       count(*) filter (where verdict = 'waits_for_blocks') as waits_for_blocks,
       count(*) filter (where verdict = 'only_copy' or verdict is null and not is_empty) as only_copy,
       coalesce(sum(file_size) filter (where verdict = 'replaced'), 0)::bigint as replaced_bytes,
       coalesce(sum(file_size) filter (where verdict = 'short'), 0)::bigint as short_bytes,
       coalesce(sum(file_size) filter (where verdict = 'rebuildable'), 0)::bigint as rebuildable_bytes,
       coalesce(sum(file_size) filter (where verdict = 'waits_for_blocks'), 0)::bigint as waits_for_blocks_bytes,
       coalesce(sum(file_size) filter (where verdict = 'only_copy' or verdict is null and not is_empty), 0)::bigint
           as only_copy_bytes
from old
left join judged using (n)
group by 1, 2, 3, 4
order by 1, 2, 3
