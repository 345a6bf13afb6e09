-- Fragment: partition p and item b are equal in every column.
(
    p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time,
    p.min_event_time, p.max_event_time, p.updated, p.file_path, p.file_size,
    p.file_schema_hash, p.source_data_hash
    -- if file_metadata: , p.file_metadata
    , p.num_rows -- if num_rows
    , p.partition_format_version -- if partition_format_version
    , p.sort_order -- if sort_order
    , p.max_sort_key_time -- if max_sort_key_time
) is not distinct from (
    b.view_set_name, b.view_instance_id, b.begin_insert_time, b.end_insert_time,
    b.min_event_time, b.max_event_time, b.updated, b.file_path, b.file_size,
    b.file_schema_hash, b.source_data_hash
    -- if file_metadata: , b.file_metadata
    , b.num_rows -- if num_rows
    , b.partition_format_version -- if partition_format_version
    , b.sort_order -- if sort_order
    , b.max_sort_key_time -- if max_sort_key_time
)
