-- Files that upstream should have deleted more than two hours ago: it looks every hour. daemon_silent: its maintenance
-- daemon, which writes `global` partitions every second, wrote none in the last hour; written: the last one.
-- No row: there are none.
select case when written >= now() - interval '1 hour' then 'cleaning_fails' else 'daemon_silent' end as kind,
       count, bytes, time, example, written
from (
    select count(*) as count, coalesce(sum(file_size), 0)::bigint as bytes, min(expiration) as time,
           min(file_path)::text as example
    from temporary_files
    where expiration < now() - interval '2 hours' and file_path is not null
) q
cross join (select max(updated) as written
            from lakehouse_partitions
            where view_instance_id = 'global' and updated <= now()) w
where count > 0;
