-- The partitions `p` of a listing with their status `s.status`: included where a statement has its `from`.
-- $1 names of the registry's view sets, $2 their hashes in hex (text[])   $3 view set, $4 instance, $5 and $6
-- begin_insert_time in [$5, $6), $7 status, or null
  from lakehouse_partitions p
  left join (select view_set_name, decode(hex, 'hex') as current_schema_hash
               from unnest($1::text[], $2::text[]) as named(view_set_name, hex)) r on r.view_set_name = p.view_set_name
 cross join lateral (
       select case when p.file_schema_hash is null then 'unhashed'
                   when r.view_set_name is null then 'unregistered'
                   when p.file_schema_hash = r.current_schema_hash then 'current'
                   else 'outdated' end as status
       ) s
 where ($3::text is null or p.view_set_name = $3::text)
   and ($4::text is null or p.view_instance_id = $4::text)
   and ($5::timestamptz is null or p.begin_insert_time >= $5::timestamptz)
   and ($6::timestamptz is null or p.begin_insert_time < $6::timestamptz)
   and ($7::text is null or s.status = $7::text)
