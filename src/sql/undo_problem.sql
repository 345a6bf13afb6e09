-- Fragment: why item i, whose file is t.file_path in the queue (null: it is not there) until t.expiration (null: for ever),
-- cannot be restored; null when it can. The constraint comes with sort_order; without it rows of one hash may overlap, and
-- only those of CTE `newer` count.
case when i.file_path is not null and t.file_path is null then 'file_deleted'
     when t.expiration <= now() + interval '5 minutes' then 'file_expires'
     when i.begin_insert_time >= i.end_insert_time then null
     when i.seq in (select seq from overlapped) then 'overlapped' -- if sort_order
     -- unless sort_order: when exists (
     -- unless sort_order:      select from newer p
     -- unless sort_order:       where p.view_set_name = i.view_set_name and p.view_instance_id = i.view_instance_id
     -- unless sort_order:         and p.file_schema_hash is not distinct from i.file_schema_hash
     -- unless sort_order:         and coalesce(p.begin_insert_time, '-infinity') < coalesce(i.end_insert_time, 'infinity')
     -- unless sort_order:         and coalesce(p.end_insert_time, 'infinity') > coalesce(i.begin_insert_time, '-infinity')
     -- unless sort_order:      ) then 'overlapped'
end
