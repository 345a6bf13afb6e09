-- Names of view instances of view set $1 that begin with $2, at most 200, found by skipping through the index.
with recursive name as (
    (select min(view_instance_id) as view_instance_id
       from lakehouse_partitions
      where view_set_name = $1::text and view_instance_id >= $2::text)
     union all
    select (select min(p.view_instance_id)
              from lakehouse_partitions p
             where p.view_set_name = $1::text and p.view_instance_id > n.view_instance_id)
      from name n
     where n.view_instance_id is not null
)
select view_instance_id::text as view_instance_id
  from (select view_instance_id from name where view_instance_id is not null limit 1000) found
 where starts_with(view_instance_id, $2::text)
 limit 200;
