-- Says of each skipped item of this batch of retirement $1 whether a row of its identity is there (held, when a hold
-- covers it, else changed) or not (gone).
update mmadmin.skipped s
   set why = case when not (exists (
           select from lakehouse_partitions p
            where p.view_set_name = b.view_set_name and p.view_instance_id = b.view_instance_id
              and p.begin_insert_time = b.begin_insert_time
              and p.end_insert_time is not distinct from b.end_insert_time
              and p.file_schema_hash is not distinct from b.file_schema_hash
       ) or (b.view_set_name is null or b.view_instance_id is null or b.begin_insert_time is null) and exists (
           select from lakehouse_partitions p
            where p.view_set_name is not distinct from b.view_set_name
              and p.view_instance_id is not distinct from b.view_instance_id
              and p.begin_insert_time is not distinct from b.begin_insert_time
              and p.end_insert_time is not distinct from b.end_insert_time
              and p.file_schema_hash is not distinct from b.file_schema_hash
       ) or exists (select from lakehouse_partitions p where p.file_path = b.file_path)) then 'gone'
       when
\ir held.sql
       then 'held' else 'changed' end
  from mmadmin.retirement r, mmadmin.item b
 where r.retirement = $1::bigint and r.xact = pg_current_xact_id()
   and s.retirement = r.retirement and s.seq >= r.batch_from and s.seq < r.next_seq
   and b.retirement = s.retirement and b.seq = s.seq;
