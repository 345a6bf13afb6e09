-- Copies the partitions that a plan is about to mmadmin.item, in the order of their address. $1 to $12 as in
-- plan_selection.sql.
\ir plan_selection.sql
insert into mmadmin.item (retirement, seq, row_ctid, status, verdict,
       view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time,
       max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash,
       file_metadata, num_rows, partition_format_version, sort_order, max_sort_key_time)
select r.retirement, row_number() over (order by s.at), s.at, s.status, s.verdict,
       s.view_set_name, s.view_instance_id, s.begin_insert_time, s.end_insert_time,
       s.min_event_time, s.max_event_time, s.updated, s.file_path, s.file_size,
       s.file_schema_hash, s.source_data_hash, s.file_metadata, s.num_rows,
       s.partition_format_version, s.sort_order, s.max_sort_key_time
  from selected s, mmadmin.retirement r
 where s.is_selected and r.xact = pg_current_xact_id();
