-- Names of view sets that the catalog knows: those with partitions (by skipping through the index), and definitions.
with recursive name as (
    (select min(view_set_name) as view_set_name from lakehouse_partitions)
     union all
    select (select min(p.view_set_name) from lakehouse_partitions p where p.view_set_name > n.view_set_name)
      from name n
     where n.view_set_name is not null
)
select view_set_name::text as view_set_name from name where view_set_name is not null
 union
select view_set_name from lakehouse_view_set_definitions -- if lakehouse_view_set_definitions
 -- unless lakehouse_view_set_definitions: select null where false
 order by 1;
