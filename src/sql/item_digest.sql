-- Fragment: the digest of the items of an aggregate over mmadmin.item i: SHA-256 over the binary form of each, the
-- same under every setting and exact for null and infinity.
sha256(coalesce(string_agg(sha256(record_send(row(i.status, i.verdict,
       i.view_set_name, i.view_instance_id, i.begin_insert_time, i.end_insert_time,
       i.min_event_time, i.max_event_time, i.updated, i.file_path, i.file_size,
       i.file_schema_hash, i.source_data_hash, i.file_metadata, i.num_rows,
       i.partition_format_version, i.sort_order, i.max_sort_key_time))), ''::bytea order by i.seq), ''::bytea))
