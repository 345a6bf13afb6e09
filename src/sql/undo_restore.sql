-- Puts the rows of this batch of retirement $1 back, with the columns that were known when it was planned.
insert into lakehouse_partitions (
       view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time,
       max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash
       -- if file_metadata: , file_metadata
       , num_rows -- if num_rows
       , partition_format_version -- if partition_format_version
       , sort_order -- if sort_order
       , max_sort_key_time -- if max_sort_key_time
       )
select
       i.view_set_name, i.view_instance_id, i.begin_insert_time, i.end_insert_time,
       i.min_event_time, i.max_event_time, i.updated, i.file_path, i.file_size,
       i.file_schema_hash, i.source_data_hash
       -- if file_metadata: , i.file_metadata
       , i.num_rows -- if num_rows
       , i.partition_format_version -- if partition_format_version
       , i.sort_order -- if sort_order
       , i.max_sort_key_time -- if max_sort_key_time
  from mmadmin.retirement r
  join mmadmin.item i on i.retirement = r.retirement and i.seq >= r.batch_from and i.seq < r.undo_seq
 where r.retirement = $1::bigint and r.xact = pg_current_xact_id()
   and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
   and not exists (select from mmadmin.unrestored u where u.retirement = i.retirement and u.seq = i.seq);
