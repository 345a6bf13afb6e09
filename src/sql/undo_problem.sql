-- Fragment: why item i, whose file has expiration t.expiration in the queue (null: no queue row), cannot be restored;
-- null when it can. Overlaps as upstream's exclusion constraint sees them, empty ranges never do. Rows of one hash do not
-- overlap, so of those that begin before the item ends the last one decides: one step in the index instead of all.
case when i.file_path is not null and t.expiration is null then 'file_deleted'
     when t.expiration <= now() + interval '5 minutes' then 'file_expires'
     when i.begin_insert_time >= i.end_insert_time then null
     when (select coalesce(p.end_insert_time, 'infinity') > coalesce(i.begin_insert_time, '-infinity')
             from lakehouse_partitions p
            where p.view_set_name = i.view_set_name and p.view_instance_id = i.view_instance_id
              and p.begin_insert_time < coalesce(i.end_insert_time, 'infinity')
              and (p.begin_insert_time < p.end_insert_time or p.end_insert_time is null)
              and p.file_schema_hash is not distinct from i.file_schema_hash
            order by p.begin_insert_time desc
            limit 1)
       or exists (
          select from lakehouse_partitions p
           where p.view_set_name = i.view_set_name and p.view_instance_id = i.view_instance_id
             and p.begin_insert_time is null
             and coalesce(p.end_insert_time, 'infinity') > coalesce(i.begin_insert_time, '-infinity')
             and p.file_schema_hash is not distinct from i.file_schema_hash) then 'overlapped'
end
