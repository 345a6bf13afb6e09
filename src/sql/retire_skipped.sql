-- Says of each skipped item of this batch of retirement $1 whether a row of its identity is there (changed) or not
-- (gone).
update mmadmin.skipped s
   set why = case when exists (
           select from lakehouse_partitions p
            where p.view_set_name = i.view_set_name and p.view_instance_id = i.view_instance_id
              and p.begin_insert_time = i.begin_insert_time
              and p.end_insert_time is not distinct from i.end_insert_time
              and p.file_schema_hash is not distinct from i.file_schema_hash
       ) or (i.view_set_name is null or i.view_instance_id is null or i.begin_insert_time is null) and exists (
           select from lakehouse_partitions p
            where p.view_set_name is not distinct from i.view_set_name
              and p.view_instance_id is not distinct from i.view_instance_id
              and p.begin_insert_time is not distinct from i.begin_insert_time
              and p.end_insert_time is not distinct from i.end_insert_time
              and p.file_schema_hash is not distinct from i.file_schema_hash
       ) or exists (select from lakehouse_partitions p where p.file_path = i.file_path)
       then 'changed' else 'gone' end
  from mmadmin.retirement r, mmadmin.item i
 where r.retirement = $1::bigint and r.xact = pg_current_xact_id()
   and s.retirement = r.retirement and s.seq >= r.batch_from and s.seq < r.next_seq
   and i.retirement = s.retirement and i.seq = s.seq;
