-- Fills an empty 0.33 catalog with a made-up lake for benchmarks, shaped like the real ones:
--    psql -v partitions=1000000 -v blocks=1000000 -f spec/support/big_lake.sql
-- Both numbers are approximate (the default is a million each), at least 1 200 partitions and 5 blocks for each 120.
-- The registry is release 0.33's. Half of the partitions are the minutes of six `global` instances, two thirds of
-- them empty; the other half belongs to processes and their streams, a process every ten minutes.
-- By time, in tenths: 0 the source blocks are gone; 1, 2 outdated; 3, 4 the same, with `blocks` rebuilt; 5 outdated
-- hours over current minutes; from 6 on only current. Instances are outdated up to tenth 6, where the upgrade was:
-- of ten processes four were not queried since, two were and their old partitions are wider, one only in part.
\set ON_ERROR_STOP 1
\if :{?partitions} \else \set partitions 1000000 \endif
\if :{?blocks} \else \set blocks 1000000 \endif
set client_min_messages = warning;
begin;

create temp table size as
select hours, hours * 60 as minutes, hours * 6 as processes,
       greatest(1, (:blocks::bigint / (hours * 30))::int) as stream_blocks,
       timestamptz '2026-11-20 00:00:00+00' - hours * interval '1 hour' as start,
       timestamptz '2026-11-20 00:00:00+00' - hours / 10 * 4 * interval '1 hour' as upgrade
from (select greatest(10, :partitions / 7200 * 10) as hours) h;

-- Blocks: of each process stream 0 has logs, 1 metrics, 2 to 4 spans, within 200 seconds.
create temp table source as
select p, s, j, md5('process ' || p)::uuid as process_id, md5('stream ' || p || ' ' || s)::uuid as stream_id,
       start + p * interval '10 minutes' + (j * 200.0 / stream_blocks) * interval '1 second'
           + s * interval '0.000037 seconds' as at,
       1 + (p * 31 + s * 17 + j * 7) % 97 as events, j * 10 / stream_blocks as run, j * 20 / stream_blocks as half_run,
       p * 10 / processes as tenth
from size, generate_series(0, processes - 1) p, generate_series(0, 4) s, generate_series(0, stream_blocks - 1) j;

insert into processes (process_id, exe, username, realname, computer, distro, cpu_brand, tsc_frequency, start_time,
                       start_ticks, insert_time, properties)
select process_id, 'demo', 'user', 'user', 'host', 'linux', 'cpu', 1000000000, min(at), 0, min(at), '{}'
from source where tenth > 0 group by process_id;
insert into streams (stream_id, process_id, dependencies_metadata, objects_metadata, tags, properties, insert_time)
select stream_id, process_id, '', '', array[(array['log', 'metrics', 'cpu', 'cpu', 'cpu'])[s + 1]], '{}', min(at)
from source where tenth > 0 group by stream_id, process_id, s;
insert into blocks (block_id, stream_id, process_id, begin_time, begin_ticks, end_time, end_ticks, nb_objects,
                    object_offset, payload_size, insert_time)
select md5('block ' || p || ' ' || s || ' ' || j)::uuid, stream_id, process_id, at - interval '1 second', 0, at, 1,
       events, 0, events * 40, at
from source where tenth > 0 order by at;

create temp table view_set (name, outdated, current, sort_order) as values
    ('log_entries', '\x05'::bytea, '\x07'::bytea, null::text[]), ('measures', '\x05', '\x08', null),
    ('blocks', '\x03', '\x05', '{insert_time}'), ('processes', '\x79584c57aa06561f', '\x17d5dc614ae768b2', null),
    ('streams', '\xc552f232f51ad7f4', '\x3d8e9b0ce425fad5', null),
    ('log_stats', '\xd1f5ee4d4c14d71a', '\x4a9bf1a76cf1203f', '{time_bin,process_id,level,target}'),
    ('async_events', '\x02', '\x04', null), ('thread_spans', '\x00', '\x04', null);

create temp table part (name text, instance text, b timestamptz, e timestamptz, is_current bool, updated timestamptz,
                        events bigint, num_rows bigint);

-- Per process and per stream: closed ranges of insert times.
insert into part
select name, instance, min(at), max(at), is_current,
       case when is_current and tenth < 6 then min(upgrade) + (min(at) - min(start)) / 1000 else max(at) + interval '5 minutes' end,
       sum(events), sum(events)
from (
    select p, tenth, at, events, run, half_run, v.name, v.instance
    from source
    cross join lateral (
        select 'log_entries' as name, process_id::text as instance where s = 0
        union all select 'measures', process_id::text where s = 1
        union all select 'async_events', process_id::text where s > 1
        union all select 'thread_spans', stream_id::text where s > 1
    ) v
) b
cross join size
cross join lateral (
    select false as is_current, run as piece where tenth < 6 and p % 10 < 7
    union all
    select true, half_run where tenth < 6 and (p % 10 in (4, 5) or p % 10 = 6 and half_run % 2 = 0)
    union all
    select true, run where tenth >= 6 or p % 10 > 6
) k
group by name, instance, tenth, is_current, piece;

-- `global`: a grid of minutes, and the hours of tenth 5.
insert into part
select v.name, 'global', g.b, g.b + length, is_current,
       case when is_current and tenth < 6 then upgrade + (g.b - start) / 1000 else g.b + length + interval '90 seconds' end,
       v.events, v.num_rows
from (
    select start + h * interval '1 hour' + m * interval '1 minute' as b, length, is_current, h * 10 / hours as tenth,
           start, upgrade
    from size, generate_series(0, hours - 1) h
    cross join lateral (
        select m, interval '1 minute' as length, h * 10 / hours > 4 as is_current from generate_series(0, 59) m
        union all
        select 0, '1 hour', false where h * 10 / hours = 5
    ) k
) g
left join (
    select date_trunc(unit, at) as b, ('1 ' || unit)::interval as unit_length, count(*) as blocks,
           count(distinct process_id) as processes, count(distinct stream_id) as streams,
           sum(events) filter (where s = 0) as log, sum(events) filter (where s = 1) as metrics
    from source, (values ('minute'), ('hour')) u (unit)
    group by 1, 2
) t on t.b = g.b and t.unit_length = g.length
cross join lateral (
    values ('log_entries', coalesce(log, 0), coalesce(log, 0)), ('measures', coalesce(metrics, 0), coalesce(metrics, 0)),
           ('blocks', coalesce(blocks, 0), coalesce(blocks, 0)), ('processes', coalesce(blocks, 0), coalesce(processes, 0)),
           ('streams', coalesce(blocks, 0), coalesce(streams, 0)), ('log_stats', coalesce(log, 0), least(coalesce(log, 0), 8))
) v (name, events, num_rows);
update part set is_current = true, updated = size.upgrade + (b - size.start) / 1000
from size
where name = 'blocks' and not is_current and e - b = interval '1 minute' and b >= start + hours / 10 * 3 * interval '1 hour';

-- Indexes are built when the rows are there.
create temp table index_definition as
select format('alter table lakehouse_partitions add constraint %I %s', conname, pg_get_constraintdef(oid)) as definition,
       format('alter table lakehouse_partitions drop constraint %I', conname) as removal
from pg_constraint where conrelid = 'lakehouse_partitions'::regclass and contype = 'x'
union all
select pg_get_indexdef(indexrelid), format('drop index %s', indexrelid::regclass)
from pg_index i where indrelid = 'lakehouse_partitions'::regclass
    and not exists (select from pg_constraint where conindid = i.indexrelid);
select removal from index_definition \gexec

insert into lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time,
                                  max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash,
                                  num_rows, partition_format_version, sort_order, max_sort_key_time)
select p.name, instance, b, e, m.min_event_time, m.max_event_time, updated,
       case when num_rows > 0 then format('views/%s/%s/%s_%s.parquet', p.name, instance,
           to_char(b at time zone 'UTC', 'YYYY-MM-DD/HH24-MI-SS'), md5(p.name || instance || b || is_current)::uuid) end,
       case when num_rows > 0 then 3000 + num_rows * 25 else 0 end,
       case when is_current then v.current else v.outdated end,
       set_byte(set_byte(set_byte(set_byte('\x0000000000000000', 0, (events & 255)::int), 1, (events >> 8 & 255)::int),
                         2, (events >> 16 & 255)::int), 3, (events >> 24 & 255)::int),
       num_rows, 2, case when is_current then v.sort_order end,
       case when is_current and p.name = 'thread_spans' then m.max_event_time end
from part p
join view_set v on v.name = p.name
cross join lateral (
    select case when num_rows > 0 then b end as min_event_time, case when num_rows > 0 then e end as max_event_time
) m
order by updated, p.name, instance, b;

select definition from index_definition \gexec
drop table size, source, view_set, part, index_definition;
commit;
vacuum analyze lakehouse_partitions, blocks, streams, processes;
select (select count(*) from lakehouse_partitions) as partitions, (select count(*) from blocks) as blocks,
       (select count(*) from streams) as streams;
