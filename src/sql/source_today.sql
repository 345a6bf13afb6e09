-- Fragment, to be included, CTEs that follow `question` and `view_instance`: what of the source blocks is there today.
-- view_instance (s, source): the number of each source and its name, as in sources.sql, a process or stream behind it.
-- question (s, since, until, ...): blocks of source s inserted in [since, until); n tells questions apart.
-- today: the questions with count_today. source_stream (s, days): the streams of a source, and how long they are kept.
-- $7 days of retention where the lake does not say (null: 90)
retention as materialized (
    select
        coalesce((select case when jsonb_typeof(value) = 'number'               -- if settings
                                   and value::numeric between 1 and 36500       -- if settings
                              then value::float8 end                            -- if settings
                  from settings where key = 'retention_days'), $7::int, 90) as days, -- if settings
        (select case jsonb_typeof(value) when 'object' then value end           -- if settings
         from settings where key = 'retention_by_stream_tag') as days_of_tags   -- if settings
        -- unless settings: case when to_regclass('settings') is null then coalesce($7::int, 90)::float8 end as days,
        -- unless settings: null::jsonb as days_of_tags
),
-- The streams of each source, and how many days retention leaves them their blocks: the most that one of their
-- tags is given, else the default. A tag is given a number or "forever"; anything else counts as 0.
source_stream as materialized (
    select o.s, o.source = 'all' as is_all, s.stream_id, s.process_id,
           s.audience as stream_audience, p.audience as process_audience,       -- if blocks.audience
           coalesce((select max(case when jsonb_typeof(d.value) = 'number' and d.value::numeric between 0 and 36500
                                         then d.value::float8
                                     when d.value = '"forever"' then 'infinity' else 0 end)
                     from jsonb_each(r.days_of_tags) d where d.key = any (s.tags)), r.days) as days
    from streams s join processes p on p.process_id = s.process_id              -- if blocks
    -- unless blocks: from (select null::uuid as stream_id, null::uuid as process_id, null::text[] as tags,
    -- unless blocks:              null::text as audience where false) s cross join (select null::text as audience) p
    cross join retention r
    cross join lateral (
        select 'all' as source
        union all
        select 'stream ' || s.stream_id
        union all
        select k.source
        from unnest(array['log', 'metrics', 'cpu', 'net']) as t (tag)
        cross join lateral (values (t.tag), (t.tag || ' ' || s.process_id)) as k (source)
        where t.tag = any (s.tags)
    ) m
    join (select distinct s, source from view_instance where s in (select s from question)) o on o.source = m.source
),
-- One pass over each source in time: blocks, and in front of those of an instant who asks for what was before it.
event as (
    select m.s,
           b.insert_time as t, case when m.is_all then 1 else b.nb_objects end as events, -- if blocks.insert_time
           -- unless blocks.insert_time: null::timestamptz as t, 0 as events,
           1 as side, null::bool as is_until, null::timestamptz as since, null::timestamptz as until,
           null::int as feeds, null::bool as is_contained, null::bigint as n, null::bigint as count,
           null::bigint as rows
    from blocks b                                                               -- if blocks
    join source_stream m on m.stream_id = b.stream_id                           -- if blocks
        -- Functions, where the planner would multiply the chances of operators to next to nothing.
        and coalesce(b.process_id = m.process_id, false)                        -- if blocks
        and coalesce(b.audience = m.stream_audience, true)                      -- if blocks.audience
        and coalesce(b.audience = m.process_audience, true)                     -- if blocks.audience
    -- unless blocks: from source_stream m
    where true
      and b.insert_time >= (select min(since) from question)                    -- if blocks.insert_time
      and b.insert_time < (select max(until) from question)                     -- if blocks.insert_time
    union all
    select q.s, k.t, 0, 0, k.is_until, q.since, q.until, q.feeds, q.is_contained, q.n, q.count, q.rows
    from question q
    cross join lateral (values (q.since, false), (q.until, true)) as k (t, is_until)
),
-- The answers, with the questions.
today as materialized (
    select s, since, until, feeds, is_contained, n, count, rows,
           sum(case when is_until then so_far else -so_far end)::bigint as count_today
    from (select e.*, sum(events) over (partition by s order by t, side rows unbounded preceding) as so_far
          from event e) e
    where side = 0
    group by s, since, until, feeds, is_contained, n, count, rows
)
