-- Partitions that upstream's reader refuses, each by the first thing that is wrong with it. It reads the partitions of
-- every view set at once, so that one of these stops all materialization.
with wrong as (
    select case
               when view_set_name is null or view_instance_id is null or begin_insert_time is null
                    or end_insert_time is null or updated is null or file_size is null or source_data_hash is null
                   then 'null_columns'
               when file_schema_hash is null then 'unhashed'
               when begin_insert_time > end_insert_time then 'backwards'
               when num_rows < 0 then 'negative_rows'                           -- if num_rows
               when (min_event_time is null) <> (max_event_time is null) then 'half_event_times'
               when num_rows > 0 and (min_event_time is null or file_path is null) then 'rows_nowhere' -- if num_rows
               when num_rows = 0 and (min_event_time is not null or file_path is not null) -- if num_rows
                   then 'empty_with_file'                                       -- if num_rows
               when max_sort_key_time is not null and min_event_time is null    -- if max_sort_key_time
                   then 'sort_key_alone'                                        -- if max_sort_key_time
               when length(source_data_hash) <> 8 then 'legacy_count'
           end as kind, *
    from lakehouse_partitions
)
select kind, count(*) as count, count(*) filter (where view_instance_id <> 'global') as of_instances,
       min(
\ir place.sql
       ) as example
from wrong p
where kind is not null
group by kind
order by kind;
