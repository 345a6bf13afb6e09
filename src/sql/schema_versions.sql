-- Each schema hash that partitions of a view set have: how many, how much, from when to when, last written when.
-- $1 names of the registry's view sets, $2 their hashes in hex (text[]), $3 a view set or null.
with registry as (
    select view_set_name, decode(hex, 'hex') as current_schema_hash
      from unnest($1::text[], $2::text[]) as r(view_set_name, hex)
), version as (
    select view_set_name, file_schema_hash, count(*) as partitions,
           coalesce(sum(file_size), 0)::bigint as bytes,
           coalesce(sum(num_rows), 0)::bigint as num_rows, -- if num_rows
           -- unless num_rows: null::bigint as num_rows,
           count(distinct view_instance_id) as instances,
           min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time,
           min(updated) as first_updated, max(updated) as last_updated
      from lakehouse_partitions
     where $3::text is null or view_set_name = $3::text
     group by view_set_name, file_schema_hash
)
select v.view_set_name, v.file_schema_hash as schema_hash, r.current_schema_hash,
       case when v.file_schema_hash is null then 'unhashed'
            when r.view_set_name is null then 'unregistered'
            when v.file_schema_hash = r.current_schema_hash then 'current'
            else 'outdated' end as status,
       v.partitions, v.bytes, v.num_rows, v.instances, v.first_insert_time, v.last_insert_time,
       v.first_updated, v.last_updated,
       extract(epoch from max(u.finite) over () - u.finite)::float8 as age_in_lake_time_s,
       extract(epoch from now() - u.finite)::float8 as age_s
  from version v
 cross join lateral (select case when isfinite(v.last_updated) then v.last_updated end as finite) u
  left join registry r on r.view_set_name = v.view_set_name
 order by v.view_set_name, v.last_updated desc, v.file_schema_hash;
