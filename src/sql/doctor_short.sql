-- Current partitions of `global` that were made from fewer source events than are there today (short): how many, how
-- many events they lack, how many of them are too old for upstream's daily look at the last two days, the view sets,
-- and the one that lacks most. Those of the last three hours may still be in the making; those of processes and streams
-- are compared with their source by each query on them.
-- uncounted: current partitions of view sets whose source mm cannot count.
-- $1 to $7 as in verdict.sql
\ir sources.sql
,
-- Where an operator counts the source as upstream does for log_stats.
defined as (
    select view_set_name, substring(                                            -- if lakehouse_view_set_definitions
               btrim(regexp_replace(count_src_query, '\s+', ' ', 'g')) from     -- if lakehouse_view_set_definitions
               '(?i)^select sum\(nb_objects\) as count from blocks '            -- if lakehouse_view_set_definitions
               'where array_has\("streams\.tags", ''(log|metrics|cpu|net)''\) ' -- if lakehouse_view_set_definitions
               'and insert_time >= ''\{begin\}'' and insert_time < ''\{end\}''$') as source -- if lakehouse_view_set_definitions
    from lakehouse_view_set_definitions                                         -- if lakehouse_view_set_definitions
    -- unless lakehouse_view_set_definitions: select null::text as view_set_name, null::text as source where false
),
source as materialized (
    select v.view_set_name, v.current_schema_hash, coalesce(v.of_global, d.source) as source
    from view_set v
    left join defined d on d.view_set_name = v.view_set_name
),
part as materialized (
    select row_number() over () as n, v.view_set_name, v.source, p.begin_insert_time as b, p.end_insert_time as e,
\ir source_count.sql
           as count
    from lakehouse_partitions p
    join source v on v.view_set_name = p.view_set_name and v.current_schema_hash = p.file_schema_hash
    where p.view_instance_id = 'global' and p.begin_insert_time < p.end_insert_time
      and p.end_insert_time < now() - interval '3 hours'
      and ($3::text is null or p.view_set_name = $3::text)
      and ($4::text is null or p.view_instance_id = $4::text)
      and ($5::timestamptz is null or p.begin_insert_time >= $5::timestamptz)
      and ($6::timestamptz is null or p.begin_insert_time < $6::timestamptz)
),
view_instance as materialized (
    select row_number() over () as s, source
    from (select distinct source from part where source is not null) p
),
question as materialized (
    select i.s, p.b as since, p.e as until, null::int as feeds, false as is_contained, p.n, p.count, null::bigint as rows
    from part p
    join view_instance i on i.source = p.source
    where p.count is not null
),
\ir source_today.sql
,
short as materialized (
    select p.view_set_name, p.b, p.e, t.count, t.count_today,
           p.e <= date_trunc('day', now()) - interval '2 days' as is_left
    from today t
    join part p on p.n = t.n
    where t.count < t.count_today
      -- Who may not read them cannot know.
      and (select count(*) from (select from blocks, streams, processes limit 0) b) = 0
)
select 'short' as kind, count(*) as count, sum(count_today - count)::bigint as missing,
       count(*) filter (where is_left) as are_left, array_agg(distinct view_set_name) as view_sets,
       (select view_set_name || ' global ' || b || ' to ' || e || ': ' || s.count || ' of ' || count_today || ' events'
        from short s order by count_today - s.count desc, view_set_name, b limit 1) as example
from short
having count(*) > 0
union all
select 'uncounted', count(*), null, null, array_agg(distinct view_set_name), null
from part
where source is null
having count(*) > 0;
