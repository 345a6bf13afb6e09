-- View sets with partitions that the registry lacks (unregistered), those that the lake defines (unloaded), or where the
-- role cannot see which it defines (undecided): how many, their names, the most partitions first, partitions, bytes.
-- $1 names of the registry's view sets (text[])
with view_set as (
    select view_set_name, count(*) as partitions, coalesce(sum(file_size), 0) as bytes,
           min(begin_insert_time) as first, max(end_insert_time) as last
    from lakehouse_partitions
    where view_set_name is not null
    group by view_set_name
    union all
    select view_set_name, 0, 0, null, null from lakehouse_view_set_definitions              -- if lakehouse_view_set_definitions
    -- unless lakehouse_view_set_definitions: select null, 0, 0, null, null where false
),
missing as (
    select v.view_set_name::text, sum(partitions) as partitions, sum(bytes) as bytes, min(first) as first, max(last) as last,
           case
               when exists (select from lakehouse_view_set_definitions d        -- if lakehouse_view_set_definitions
                            where d.view_set_name = v.view_set_name) then 'unloaded' -- if lakehouse_view_set_definitions
               -- unless lakehouse_view_set_definitions: when to_regclass('lakehouse_view_set_definitions') is not null then 'undecided'
               else 'unregistered' end as kind
    from view_set v
    where v.view_set_name <> all ($1::text[])
    group by v.view_set_name
)
select kind, count(*) as count, sum(partitions)::bigint as partitions, sum(bytes)::bigint as bytes,
       array_agg(view_set_name order by partitions desc, view_set_name) as view_sets,
       (array_agg(concat_ws(' ', view_set_name, 'from', first, 'to', last) order by partitions desc, view_set_name)
           filter (where partitions > 0))[1] as example
from missing
group by kind
order by kind;
