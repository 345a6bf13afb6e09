-- Fragment, to be included: a chain of CTEs that ends in `verdict`, one row per outdated partition: its address
-- `at` (and `seq` in mode items), its columns, current_schema_hash, verdict, source_until (from when on
-- retention removes the source of a rebuildable or waits_for_blocks row; infinity: never; null: not known).
-- $1 names of the view sets of the registry (text[])   $2 their hashes in hex (text[])
-- $3 view set or null   $4 view instance or null   $5, $6 begin_insert_time in [$5, $6), or null
-- $7 days of retention where the lake does not say (null: 90)   mode items: $8 the retirement to judge
-- $3 to $6 and mode items choose the old rows; current rows that may replace them are always the lake's.
with registry as (
    select view_set_name, decode(hex, 'hex') as current_schema_hash
    from unnest($1::text[], $2::text[]) as r (view_set_name, hex)
),
-- The blocks that a row is made from, for `global` and for other instances: `all` (then the source count is
-- their number, else that of their events), those of streams with a tag, of the `stream` that is the instance.
origin (view_set_name, of_global, of_instance, are_rows_comparable) as (
    values ('blocks', 'all', null, true), ('processes', 'all', null, false), ('streams', 'all', null, false),
           ('log_stats', 'log', null, false), ('log_entries', 'log', 'log', true),
           ('measures', 'metrics', 'metrics', true), ('async_events', null, 'cpu', true),
           ('net_spans', null, 'net', true), ('thread_spans', null, 'stream', true)
),
view_set as materialized (
    select r.view_set_name, r.current_schema_hash, o.of_global, o.of_instance,
           coalesce(o.are_rows_comparable, true) as are_rows_comparable
    from registry r
    left join origin o on o.view_set_name = r.view_set_name
        -- An operator who replaced log_stats may count and compute anything.
        and (o.view_set_name <> 'log_stats'
             or exists (select from lakehouse_view_set_definitions d            -- if lakehouse_view_set_definitions
                        where d.view_set_name = 'log_stats' and d.updated_by = 'migration')) -- if lakehouse_view_set_definitions
             -- unless lakehouse_view_set_definitions: or to_regclass('lakehouse_view_set_definitions') is null)
),
part as not materialized (
    select ctid as at, null::bigint as seq, false as is_item, view_set_name, view_instance_id,
           begin_insert_time, end_insert_time, file_path, file_schema_hash, source_data_hash
           , num_rows                                                           -- if num_rows
           -- unless num_rows: , null::bigint as num_rows
    from lakehouse_partitions
    -- if items: union all
    -- if items: select row_ctid, seq, true, view_set_name, view_instance_id,
    -- if items:        begin_insert_time, end_insert_time, file_path, file_schema_hash, source_data_hash, num_rows
    -- if items: from mmadmin.item where retirement = $8::bigint
),
-- count: the source count, 8 bytes little endian; null when it is something else, or not below 2^40.
-- rows: null when not known, impossible, or without the file that must hold them.
counted as not materialized (
    select p.at, p.seq, p.is_item, p.view_set_name, p.view_instance_id, p.view_instance_id = 'global' as is_global,
           p.begin_insert_time as b, p.end_insert_time as e, p.file_schema_hash, v.current_schema_hash,
           case when length(p.source_data_hash) = 8 and substring(p.source_data_hash from 6) = '\x000000' then
               get_byte(p.source_data_hash, 0)::bigint | (get_byte(p.source_data_hash, 1)::bigint << 8)
               | (get_byte(p.source_data_hash, 2)::bigint << 16) | (get_byte(p.source_data_hash, 3)::bigint << 24)
               | (get_byte(p.source_data_hash, 4)::bigint << 32) end as count,
           case when p.num_rows = 0 or p.num_rows between 1 and 1099511627775 and p.file_path is not null
               then p.num_rows end as rows,
           p.file_path is null as has_no_file, v.are_rows_comparable,
           case when p.view_instance_id = 'global' then v.of_global else v.of_instance end as origin
    from part p
    join view_set v on v.view_set_name = p.view_set_name
),
-- is_sane: upstream, which counts nanoseconds, can have written the bounds; arithmetic on them cannot fail.
old as materialized (
    select row_number() over () as n, at, seq, view_set_name, view_instance_id, is_global, b, e, count, rows,
           are_rows_comparable, origin, current_schema_hash,
           coalesce(rows = 0 and has_no_file, false) as is_empty,
           coalesce(b <= e and b >= '1678-01-01 00:00:00+00' and e < '2262-01-01 00:00:00+00', false) as is_sane
    from counted
    where file_schema_hash <> current_schema_hash
      and not is_item                                                           -- unless items
      -- if items: and is_item
      and ($3::text is null or view_set_name = $3::text)
      and ($4::text is null or view_instance_id = $4::text)
      and ($5::timestamptz is null or b >= $5::timestamptz)
      and ($6::timestamptz is null or b < $6::timestamptz)
),
view_instance as materialized (
    select row_number() over () as g, view_set_name, view_instance_id
    from (select distinct view_set_name, view_instance_id from old where not is_empty) o
),
-- Current rows, in order. Those with NULL bounds cover nothing, nor do empty ranges of `global`. is_unknown:
-- the row does not say what it holds, or it lacks rows and their number would not be compared.
current_row as (
    select i.g, c.b, c.e, c.is_global, c.count, c.rows,
           lag(c.e) over (partition by i.g order by c.b, c.e) as end_before,
           c.count is null or c.rows is null or c.rows = 0 and c.count > 0 and not c.are_rows_comparable as is_unknown
    from counted c
    join view_instance i on i.view_set_name = c.view_set_name and i.view_instance_id = c.view_instance_id
    -- Not `=`: with it the planner takes the exclusion constraint's index, which is 50 times slower.
    where c.file_schema_hash is not distinct from c.current_schema_hash and not c.is_item
      and case when c.is_global then c.b < c.e else c.b <= c.e end
      and ($3::text is null or c.view_set_name = $3::text)
      and ($4::text is null or c.view_instance_id = $4::text)
),
-- Per instance its current rows as arrays, with running sums. A row is broken off from the one before by a gap in
-- the grid of `global`, and anywhere by a shared instant, whose events would be counted twice.
coverage as (
    select g, range_agg(tstzrange(b, e, case when is_global then '[)' else '[]' end)) as ranges,
           array_agg(b) as begins, array_agg(e) as ends, array_agg(counts) as counts,
           array_agg(row_counts) as row_counts, array_agg(unknown) as unknown, array_agg(broken) as broken
    from (
        select g, is_global, b, e, end_before,
               coalesce(sum(count) over w, 0)::bigint as counts,
               coalesce(sum(rows) over w, 0)::bigint as row_counts,
               count(*) filter (where is_unknown) over w as unknown,
               count(*) filter (where case when is_global then b <> end_before else b <= end_before end) over w
                   as broken
        from current_row
        window w as (partition by g order by b, e rows unbounded preceding)
    ) c
    group by g
),
-- The current rows before + 1 .. last are in the range of the old one. (Where current rows overlap, ends are not
-- in order and the search may miss; what it finds is checked.) They are its replacement when they begin and end
-- where it does, in an unbroken chain, and hold as much as it does.
covered as materialized (
    select o.*,
           coalesce(k.last > k.before and c.begins[k.before + 1] = o.b and c.ends[k.last] = o.e
                    and c.broken[k.last] = c.broken[k.before + 1]
                    and c.unknown[k.last] = coalesce(c.unknown[k.before], 0)
                    and o.count > 0 and c.counts[k.last] - coalesce(c.counts[k.before], 0) >= o.count
                    and o.rows > 0 and (c.row_counts[k.last] - coalesce(c.row_counts[k.before], 0) >= o.rows
                                        or not o.are_rows_comparable), false) as is_replaced,
           coalesce(case when o.b = o.e then o.b <@ c.ranges
                         when o.b < o.e then
                             tstzrange(o.b, o.e, case when o.is_global then '[)' else '[]' end) <@ c.ranges
                    end, false) as is_contained
    from old o
    left join view_instance i on i.view_set_name = o.view_set_name and i.view_instance_id = o.view_instance_id
        and not o.is_empty
    left join coverage c on c.g = i.g
    cross join lateral (
        select case when o.is_sane then width_bucket(o.b - interval '1 microsecond', c.begins) end as before,
               case when o.is_sane then width_bucket(o.e, c.ends) end as last
    ) k
),
-- The rest asks for its source, whose name is the origin and, outside `global`, the instance.
sourced as materialized (
    select n, view_set_name, b, e, not is_global as is_closed,
           case when is_global then origin else origin || ' ' || view_instance_id end as source
    from covered
    where not is_empty and not is_replaced and is_sane and count > 0 and origin is not null
      and (b < e or not is_global)
),
-- What upstream rebuilds from: the current rows of `blocks`, and for log_stats those of log_entries.
feed as materialized (
    select -row_number() over () as n, b, e, count, rows, origin as source
    from counted
    where file_schema_hash is not distinct from current_schema_hash and not is_item
      and view_instance_id = 'global'
      and b < e and b >= '1678-01-01 00:00:00+00' and e < '2262-01-01 00:00:00+00'
      and (view_set_name = 'blocks' and exists (select from sourced where view_set_name <> 'blocks')
           or view_set_name = 'log_entries' and exists (select from sourced where view_set_name = 'log_stats'))
),
asked as materialized (
    select row_number() over () as a, q.*
    from (select n, source, b, e, is_closed from sourced
          union all
          select n, source, b, e, false from feed) q
),
source as materialized (
    select row_number() over () as s, source
    from (select distinct source from asked) a
),
retention as materialized (
    select
           coalesce((select case when jsonb_typeof(value) = 'number'            -- if settings
                                      and value::numeric between 1 and 36500    -- if settings
                                     then value::float8 end                     -- if settings
                     from settings where key = 'retention_days'), $7::int, 90) as days, -- if settings
           (select case jsonb_typeof(value) when 'object' then value end        -- if settings
            from settings where key = 'retention_by_stream_tag') as days_of_tags -- if settings
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
    -- unless blocks:              null::text as audience where false) s, (select null::text as audience) p
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
    join source o on o.source = m.source
),
-- One pass over each source in time: its blocks, and who asks, before (-1) or behind (1) the blocks of an instant.
event as (
    select m.s, 0 as side, null::bigint as a,
           b.insert_time as t, case when m.is_all then 1 else b.nb_objects end as count -- if blocks.insert_time
           -- unless blocks.insert_time: null::timestamptz as t, 0 as count
    from blocks b                                                               -- if blocks
    join source_stream m on m.stream_id = b.stream_id and m.process_id = b.process_id -- if blocks
    -- unless blocks: from (select null::timestamptz as insert_time, 0 as nb_objects, null::text as audience) b, source_stream m
    where true
      and b.insert_time between (select min(b) from asked) and (select max(e) from asked) -- if blocks.insert_time
      and (b.audience <> m.stream_audience) is not true                         -- if blocks.audience
      and (b.audience <> m.process_audience) is not true                        -- if blocks.audience
    union all
    select s.s, k.side, k.a, k.t, 0
    from asked q
    join source s on s.source = q.source
    cross join lateral (values (-1, -q.a, q.b), (case when q.is_closed then 1 else -1 end, q.a, q.e)) as k (side, a, t)
),
today as materialized (
    select q.n, t.count
    from (
        select abs(a) as a, sum(case when a < 0 then -so_far else so_far end)::bigint as count
        from (select a, sum(count) over (partition by s order by t, side rows unbounded preceding) as so_far
              from event) r
        where a is not null
        group by abs(a)
    ) t
    join asked q on q.a = t.a
),
-- Where that is whole: no row of it is known to hold less than its source does today.
fed as materialized (
    select range_agg(tstzrange(f.b, f.e)) filter (where f.source = 'all') as by_blocks,
           range_agg(tstzrange(f.b, f.e)) filter (where f.source = 'log') as by_log_entries
    from feed f
    join today t on t.n = f.n
    where f.count >= t.count
      and f.rows >= case f.source when 'all' then t.count else least(t.count, 1) end -- if num_rows
),
judged as materialized (
    select c.*, t.count as count_today, k.is_fed, v.verdict,
           case when v.verdict in ('rebuildable', 'waits_for_blocks') then
               case when d.days = 'infinity' then timestamptz 'infinity' else c.b + d.days * interval '24 hours' end
           end as source_until
    from covered c
    left join sourced q on q.n = c.n
    left join today t on t.n = q.n
    left join (select o.source, min(m.days) as days
               from source_stream m join source o on o.s = m.s group by o.source) d on d.source = q.source
    cross join fed f
    cross join lateral (
        select case when q.n is not null
                   then tstzrange(c.b, c.e, case when c.is_global then '[)' else '[]' end) end as range
    ) r
    cross join lateral (
        select c.view_set_name = 'blocks'
               or r.range <@ f.by_blocks and (c.view_set_name <> 'log_stats' or r.range <@ f.by_log_entries) as is_fed
    ) k
    cross join lateral (
        select case when c.is_empty then 'empty'
                    when c.is_replaced then 'replaced'
                    when c.is_contained then 'short'
                    when t.count is null or t.count <> c.count then 'only_copy'
                    when k.is_fed then 'rebuildable'
                    else 'waits_for_blocks' end as verdict
    ) v
),
verdict as (
    select j.at, j.seq, p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time,
           p.min_event_time, p.max_event_time, p.updated, p.file_path, p.file_size,
           p.file_schema_hash, p.source_data_hash,
           null::bytea as file_metadata,                                        -- unless file_metadata
           -- if file_metadata: p.file_metadata,
           p.num_rows,                                                          -- if num_rows
           -- unless num_rows: null::bigint as num_rows,
           p.partition_format_version,                                          -- if partition_format_version
           -- unless partition_format_version: null::integer as partition_format_version,
           p.sort_order,                                                        -- if sort_order
           -- unless sort_order: null::text[] as sort_order,
           p.max_sort_key_time,                                                 -- if max_sort_key_time
           -- unless max_sort_key_time: null::timestamptz as max_sort_key_time,
           j.current_schema_hash, j.verdict, j.source_until
    from judged j
    join lakehouse_partitions p on p.ctid = j.at                                -- unless items
    -- if items: join mmadmin.item p on p.retirement = $8::bigint and p.seq = j.seq
)
