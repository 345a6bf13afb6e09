-- Fragment, to be included: a chain of CTEs that ends in `verdict`, one row per outdated partition: its address
-- `at` (and `seq` in mode items), its columns, current_schema_hash, verdict, source_until (from when on
-- retention removes the source of a rebuildable or waits_for_blocks row; infinity: never; null: not known).
-- $1 names of the view sets of the registry (text[])   $2 their hashes in hex (text[])
-- $3 view set or null   $4 view instance or null   $5, $6 begin_insert_time in [$5, $6), or null
-- $7 days of retention where the lake does not say (null: 90)   mode items: $8 the retirement to judge
-- $3 to $6 and mode items choose the old rows; current rows that may replace them are always the lake's.
\ir sources.sql
,
part as not materialized (
    select ctid as at, null::bigint as seq, false as is_item, view_set_name, view_instance_id,
           begin_insert_time as b, end_insert_time as e, updated, file_path, file_size, file_schema_hash,
           source_data_hash
           , num_rows                                                           -- if num_rows
           -- unless num_rows: , null::bigint as num_rows
    from lakehouse_partitions
    -- if items: union all
    -- if items: select row_ctid, seq, true, view_set_name, view_instance_id, begin_insert_time, end_insert_time,
    -- if items:        updated, file_path, file_size, file_schema_hash, source_data_hash, num_rows
    -- if items: from mmadmin.item where retirement = $8::bigint
),
-- count: the source count, 8 bytes little endian; null when it is something else, or not below 2^40.
-- rows: null when not known, impossible, or without the file that must hold them.
counted as not materialized (
    select p.*, v.current_schema_hash, v.are_rows_comparable,
\ir source_count.sql
           as count,
           case when p.num_rows = 0 or p.num_rows between 1 and 1099511627775 and p.file_path is not null
               then p.num_rows end as rows
    from part p
    join view_set v on v.view_set_name = p.view_set_name
),
-- Names are compared in collation "C": fast, and no index fits, of which the planner likes to take the exclusion
-- constraint's for each instance, 50 times slower than any other way.
old as materialized (
    select row_number() over () as n, at, seq, b, e, count, rows,
           coalesce(rows = 0 and file_path is null, false) as is_empty,
           view_set_name collate "C" as view_set_name, view_instance_id collate "C" as view_instance_id,
           file_schema_hash, current_schema_hash, file_size, num_rows, updated
    from counted
    where file_schema_hash <> current_schema_hash
      and not is_item                                                           -- unless items
      -- if items: and is_item
      and ($3::text is null or view_set_name = $3::text)
      and ($4::text is null or view_instance_id = $4::text)
      and ($5::timestamptz is null or b >= $5::timestamptz)
      and ($6::timestamptz is null or b < $6::timestamptz)
),
-- The instances to look at: those of old rows, and what upstream rebuilds from. s numbers the sources, which are the
-- origin of the rows and, outside `global`, the instance.
view_instance as materialized (
    select row_number() over () as g, dense_rank() over (order by source) as s, i.*
    from (
        select o.view_set_name, o.view_instance_id, k.is_global, v.are_rows_comparable, v.feeds,
               case when k.is_global then v.of_global else v.of_instance || ' ' || o.view_instance_id end as source
        from (
            select distinct view_set_name, view_instance_id
            from (select view_set_name, view_instance_id from old where not is_empty
                  union all
                  values ('blocks', 'global'), ('log_entries', 'global')) n
        ) o
        join view_set v on v.view_set_name = o.view_set_name
        cross join lateral (select o.view_instance_id = 'global' as is_global) k
    ) i
),
-- Per instance its current rows, in order, and the old ones. Current rows with NULL bounds cover nothing, nor do
-- empty ranges of `global`. A count of -1: the row does not say what it holds, or it lacks rows and their number
-- would not be compared. Nothing may be joined with these arrays, the planner could read them again for each row.
-- What is sorted by comes first, nothing of varying length before it: it is looked up millions of times.
coverage as (
    select min(s) as s, min(feeds) as feeds, bool_and(is_global) as is_global,
           bool_and(are_rows_comparable) as are_rows_comparable,
           range_agg(tstzrange(b, e, case when is_global then '[)' else '[]' end)) filter (where n is null) as ranges,
           array_agg(b) filter (where n is null) as begins,
           array_agg(e) filter (where n is null) as ends,
           array_agg(count) filter (where n is null) as counts,
           array_agg(rows) filter (where n is null) as row_counts,
           array_agg(n) filter (where n is not null) as old_ns,
           array_agg(b) filter (where n is not null) as old_begins,
           array_agg(e) filter (where n is not null) as old_ends,
           array_agg(count) filter (where n is not null) as old_counts,
           array_agg(rows) filter (where n is not null) as old_row_counts
    from (
        select i.g, c.b, c.e, i.s, i.is_global, i.are_rows_comparable, i.feeds, c.rows,
               case when c.rows is null or c.rows = 0 and c.count > 0 and not c.are_rows_comparable then -1
                    else coalesce(c.count, -1) end as count, null::bigint as n
        from counted c
        -- The conditions make the planner expect few instances, so that it hashes them instead of sorting all rows.
        left join (select * from view_instance where g > 0 and s > 0) i
            on i.view_set_name = c.view_set_name collate "C" and i.view_instance_id = c.view_instance_id collate "C"
        where case when c.file_schema_hash = c.current_schema_hash then not c.is_item end
          and case when i.is_global then c.b < c.e when i.g > 0 then c.b <= c.e end
          and ($3::text is null or c.view_set_name = $3::text)
          and ($4::text is null or c.view_instance_id = $4::text)
        union all
        select i.g, o.b, o.e, i.s, i.is_global, i.are_rows_comparable, i.feeds, o.rows, o.count, o.n
        from old o
        join (select * from view_instance where g > 0 and s > 0) i
            on i.view_set_name = o.view_set_name and i.view_instance_id = o.view_instance_id
        where not o.is_empty
        order by g, b, e
    ) r
    group by g
),
-- The current rows before + 1 .. last are in the range of the old one. (Where current rows overlap, ends are not in
-- order and the search may miss; what it finds is checked.) They are its replacement when they begin and end where
-- it does, when each ends where the next begins in the grid of `global`, or before it elsewhere, where an instant
-- that two share would be counted twice, and when they hold as much as it does.
-- is_sane: upstream, which counts nanoseconds, can have written the bounds; arithmetic on them cannot fail.
covered as materialized (
    select n, s, feeds, is_global, b, e, count,
           coalesce(is_sane and count > 0 and feeds is not null and (b < e or not is_global), false) as is_traceable,
           case when last > before and begins[before + 1] = b and ends[last] = e and count > 0 and rows > 0 then (
               select min(u.count) >= 0 and sum(u.count) >= r.count
                      and (sum(u.rows) >= r.rows or not r.are_rows_comparable)
                      and bool_and(case when r.is_global then u.next_begin = u.e
                                        else u.next_begin > u.e end) is not false
               from unnest(ends[before + 1:last], begins[before + 2:last], counts[before + 1:last],
                           row_counts[before + 1:last]) as u (e, next_begin, count, rows)
           ) else false end as is_replaced,
           coalesce(case when b = e then b <@ ranges
                         when b < e then tstzrange(b, e, case when is_global then '[)' else '[]' end) <@ ranges
                    end, false) as is_contained
    from (
        select c.s, c.feeds, c.is_global, c.are_rows_comparable, c.begins, c.ends, c.counts, c.row_counts,
               c.ranges, o.*, k.is_sane,
               case when k.is_sane then width_bucket(o.b - interval '1 microsecond', c.begins) end as before,
               case when k.is_sane then width_bucket(o.e, c.ends) end as last
        from coverage c
        cross join lateral unnest(c.old_ns, c.old_begins, c.old_ends, c.old_counts, c.old_row_counts)
            as o (n, b, e, count, rows)
        cross join lateral (
            select coalesce(o.b <= o.e and o.b >= '1678-01-01 00:00:00+00' and o.e < '2262-01-01 00:00:00+00', false)
        ) k (is_sane)
        offset 0 -- so that what is searched once is not searched at each mention
    ) r
),
-- Of what is not replaced the blocks that are there today, inserted in [since, until), are to be counted.
asked as materialized (
    select s, b as since, case when is_global then e else e + interval '1 microsecond' end as until,
           feeds, is_contained, n, count, null::bigint as rows
    from covered
    where is_traceable and not is_replaced
),
-- What upstream rebuilds from, where that is asked for: the current rows of `blocks`, for log_stats of log_entries.
feed as materialized (
    select case c.view_set_name when 'blocks' then (select s from view_instance where source = 'all' limit 1)
                                else (select s from view_instance where source = 'log' limit 1) end as s,
           c.b as since, c.e as until, case c.view_set_name when 'blocks' then 1 else 2 end as feeds,
           false as is_contained, null::bigint as n, c.count, c.rows
    from counted c
    where c.view_instance_id = 'global'
      and (c.view_set_name = 'blocks' and exists (select from asked where feeds > 0)
           or c.view_set_name = 'log_entries' and exists (select from asked where feeds > 1))
      and case when c.file_schema_hash = c.current_schema_hash and not c.is_item then
              c.b < c.e and c.b >= '1678-01-01 00:00:00+00' and c.e < '2262-01-01 00:00:00+00'
              and c.b < (select max(until) from asked) and c.e > (select min(since) from asked) end
),
question as materialized (
    select * from asked
    union all
    select * from feed
),
\ir source_today.sql
,
-- Where that is whole: no row of it is known to hold less than its source does today.
fed as materialized (
    select range_agg(tstzrange(since, until)) filter (where feeds = 1) as by_blocks,
           range_agg(tstzrange(since, until)) filter (where feeds = 2) as by_log_entries
    from today
    where n is null and count >= count_today
      and rows >= case feeds when 1 then count_today else least(count_today, 1) end -- if num_rows
),
judged as materialized (
    select t.n, t.count_today, k.is_fed, v.verdict,
           case when v.verdict in ('rebuildable', 'waits_for_blocks') then
               case when d.days = 'infinity' then timestamptz 'infinity'
                    else t.since + d.days * interval '24 hours' end
           end as source_until
    from today t
    left join (select s, min(days) as days from source_stream group by s) d on d.s = t.s
    cross join fed f
    cross join lateral (
        select case t.feeds when 0 then true when 1 then k.range <@ f.by_blocks
                            else k.range <@ f.by_blocks and k.range <@ f.by_log_entries end as is_fed
        from (select tstzrange(t.since, t.until) as range) k
    ) k
    cross join lateral (
        select case when t.is_contained then 'short'
                    when t.count_today <> t.count then 'only_copy'
                    when k.is_fed then 'rebuildable'
                    else 'waits_for_blocks' end as verdict
    ) v
    where t.n is not null
    union all
    select n, null, null,
           case when is_replaced then 'replaced' when is_contained then 'short' else 'only_copy' end, null
    from covered
    where is_replaced or not is_traceable
),
verdict as (
    select o.at, o.seq, p.view_set_name, p.view_instance_id, p.begin_insert_time, p.end_insert_time,
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
           o.current_schema_hash, j.source_until,
           coalesce(j.verdict, case when o.is_empty then 'empty' else 'only_copy' end) as verdict
    from old o
    join lakehouse_partitions p on p.ctid = o.at                                -- unless items
    -- if items: join mmadmin.item p on p.retirement = $8::bigint and p.seq = o.seq
    left join judged j on j.n = o.n
)
