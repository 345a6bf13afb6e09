-- Partitions, a page at a time: those after the cursor, in the order of the key (view set, instance, begin, address).
-- Mode nulls: those with a null in that key, in the order of their address.
-- $1 to $7 as in partitions_chosen.sql   cursor: $8 view set, $9 instance, $10 begin, $11 address; null for the first
-- page   $12 how many at most
select p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time, p.min_event_time,
       p.max_event_time, p.updated, p.file_path, p.file_size, p.file_schema_hash, p.source_data_hash,
       -- if file_metadata: p.file_metadata,
       p.num_rows, -- if num_rows
       p.partition_format_version, -- if partition_format_version
       p.sort_order, -- if sort_order
       p.max_sort_key_time, -- if max_sort_key_time
       s.status, p.ctid::text as at
\ir partitions_chosen.sql
   and p.view_set_name is not null and p.view_instance_id is not null and p.begin_insert_time is not null -- unless nulls
   and ($11::tid is null or (p.view_set_name, p.view_instance_id, p.begin_insert_time, p.ctid) -- unless nulls
                            > ($8::text, $9::text, $10::timestamptz, $11::tid)) -- unless nulls
   -- if nulls: and (p.view_set_name is null or p.view_instance_id is null or p.begin_insert_time is null)
   -- if nulls: and ($11::tid is null or p.ctid > $11::tid)
 order by p.view_set_name, p.view_instance_id, p.begin_insert_time, p.ctid -- unless nulls
 -- if nulls: order by p.ctid
 limit $12::bigint;
