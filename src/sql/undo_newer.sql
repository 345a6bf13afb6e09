-- Fragment: CTE `newer`, the rows that were written since retirement $1 was applied, without those whose range is empty.
newer as materialized (
    select p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time, p.file_schema_hash
      from lakehouse_partitions p
     where p.updated > (select applied_at from mmadmin.retirement where retirement = $1::bigint)
       and (p.begin_insert_time < p.end_insert_time) is not false
)
