-- Partitions of the same instance and hash that overlap an earlier one, which the constraint of catalog version 7 does
-- not allow. No row: there are none.
with range as (
    select *, max(e) over (partition by view_set_name collate "C", view_instance_id collate "C", file_schema_hash
                           order by b, e rows between unbounded preceding and 1 preceding) as before
    from (
        select *, coalesce(begin_insert_time, '-infinity') as b, coalesce(end_insert_time, 'infinity') as e
        from lakehouse_partitions
        where view_set_name is not null and view_instance_id is not null and file_schema_hash is not null
    ) p
    where b < e
)
select 'overlaps' as kind, count(*) as count, min(
\ir place.sql
       ) as example
from range p
where before > b
having count(*) > 0;
