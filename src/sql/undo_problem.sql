-- Fragment: why item i, whose file has expiration t.expiration in the queue (null: no queue row), cannot be restored;
-- null when it can. Overlaps as upstream's exclusion constraint sees them; a range that is empty never overlaps.
case when i.file_path is not null and t.expiration is null then 'file_deleted'
     when t.expiration <= now() + interval '5 minutes' then 'file_expires'
     when i.begin_insert_time <= i.end_insert_time and exists (
          select from lakehouse_partitions p
           where p.view_set_name = i.view_set_name and p.view_instance_id = i.view_instance_id
             and p.file_schema_hash is not distinct from i.file_schema_hash
             and case when p.begin_insert_time > p.end_insert_time then false
                      else tstzrange(p.begin_insert_time, p.end_insert_time)
                           && tstzrange(i.begin_insert_time, i.end_insert_time) end) then 'overlapped'
end
