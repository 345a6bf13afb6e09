-- The insert ranges of a view set over time: for each bucket, status and verdict how many partitions begin in it, their
-- bytes, and which share of the bucket they cover; once more without status for all together. A bucket is as wide as it
-- must be for there to be at most $10 of them, but a round number of seconds beginning at a round time where possible.
-- left_out: partitions whose bounds upstream cannot have written. Parameters: $1 to $7 as in verdict.sql, $3 given, $5
-- and $6 null   $8 from, $9 to (timestamptz or null: all there is)   $10 how many buckets at most
\ir verdict.sql
, partition as (
    select p.ctid as at, p.begin_insert_time as b, p.end_insert_time as e, coalesce(p.file_size, 0) as bytes,
           p.view_instance_id,
           case when p.file_schema_hash is null then 'unhashed'
                when r.view_set_name is null then 'unregistered'
                when p.file_schema_hash = r.current_schema_hash then 'current'
                else 'outdated' end as status,
           coalesce(p.begin_insert_time <= p.end_insert_time and p.begin_insert_time >= '1678-01-01 00:00:00+00'
                    and p.end_insert_time < '2262-01-01 00:00:00+00', false) as is_sane
    from lakehouse_partitions p
    left join registry r on r.view_set_name = p.view_set_name
    where p.view_set_name = $3::text and ($4::text is null or p.view_instance_id = $4::text)
),
extent as (
    select coalesce($8::timestamptz, min(b)) as first,
           greatest(coalesce($9::timestamptz, max(e)), coalesce($8::timestamptz, min(b)) + interval '1 second') as last,
           count(distinct view_instance_id) as instances
    from partition
    where is_sane and ($8::timestamptz is null or e >= $8::timestamptz)
      and ($9::timestamptz is null or b < $9::timestamptz)
),
width (seconds) as (
    values (1), (2), (5), (10), (15), (30), (60), (120), (300), (600), (900), (1200), (1800), (3600), (7200), (10800),
           (14400), (21600), (28800), (43200), (86400), (172800), (345600), (604800), (1209600), (2419200), (7862400),
           (31449600), (157248000), (786240000), (3144960000)
),
grid as (
    select w.seconds, w.start, instances, ceil(extract(epoch from last - w.start) / w.seconds)::int as buckets
    from extent
    cross join lateral (
        select true as is_round, seconds, date_bin(make_interval(secs => seconds), first, '2001-01-01 00:00:00+00') as start
        from width
        union all -- where none fits
        select false, ceil(extract(epoch from last - first) / $10::int), first
    ) w
    where first is not null and ceil(extract(epoch from last - w.start) / w.seconds) <= $10::int
    order by not is_round, seconds
    limit 1
),
piece as (
    select g.n, g.start + make_interval(secs => g.n * g.seconds::float8) as begin_time, g.seconds,
           p.b, p.e, p.bytes, p.status, v.verdict,
           greatest(p.b, g.start) >= g.start + make_interval(secs => g.n * g.seconds::float8) as is_first
    from partition p
    left join verdict v on v.at = p.at
    cross join lateral (
        select i.n, grid.start, grid.seconds
        from grid
        cross join lateral generate_series(
            greatest(floor(extract(epoch from p.b - grid.start) / grid.seconds), 0)::int,
            least(case when p.b < p.e then ceil(extract(epoch from p.e - grid.start) / grid.seconds) - 1
                       else floor(extract(epoch from p.b - grid.start) / grid.seconds) end,
                  grid.buckets - 1)::int) i (n)
        where p.is_sane and p.b < grid.start + make_interval(secs => grid.buckets * grid.seconds::float8)
          and p.e >= grid.start
    ) g
),
bucket as (
    select n, begin_time, seconds, status, verdict, grouping(status) = 1 as is_total,
           count(*) filter (where is_first) as partitions, coalesce(sum(bytes) filter (where is_first), 0)::bigint as bytes,
           range_agg(tstzrange(greatest(b, begin_time),
                               least(e, begin_time + make_interval(secs => seconds::float8)))) as ranges
    from piece
    group by grouping sets ((n, begin_time, seconds, status, verdict), (n, begin_time, seconds))
)
select b.n as bucket, b.begin_time, b.begin_time + make_interval(secs => b.seconds::float8) as end_time,
       b.status, b.verdict, b.is_total, b.partitions, b.bytes,
       least(1, (select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0)
                 from unnest(b.ranges) r) / b.seconds)::float8 as covered,
       g.start as from_time, g.start + make_interval(secs => g.buckets * g.seconds::float8) as to_time,
       g.buckets, g.seconds::bigint as bucket_s, g.instances,
       (select count(*) from partition where not is_sane) as left_out
from bucket b
cross join grid g
order by b.n, b.is_total, b.status, b.verdict
