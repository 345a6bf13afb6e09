-- Partitions of the same instance, hash and instant, begin and end: the exclusion constraint lets them pass, for their
-- range is empty. How many such instants there are. No row: there are none.
with twin as (
    select count(*) as partitions, min(
\ir place.sql
           ) as place
    from lakehouse_partitions p
    where begin_insert_time = end_insert_time and file_schema_hash is not null
    group by view_set_name, view_instance_id, begin_insert_time, file_schema_hash
    having count(*) > 1
)
select 'twins' as kind, count(*) as count, sum(partitions)::bigint as partitions, min(place) as example
from twin
having count(*) > 0;
