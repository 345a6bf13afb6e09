-- Of upstream's two tables that rows are deleted from: more than half as many dead rows as live ones, and $1 at least
-- (dead_rows); autovacuum off for the table (no_autovacuum). autovacuum_off: for the whole server.
with stat as (
    select s.relname::text as table, s.n_dead_tup as dead, s.n_live_tup as live,
           greatest(s.last_vacuum, s.last_autovacuum) as time,
           exists (select from pg_catalog.pg_options_to_table(c.reloptions)
                   where option_name = 'autovacuum_enabled' and not option_value::bool) as is_off
    from pg_catalog.pg_stat_user_tables s
    join pg_catalog.pg_class c on c.oid = s.relid
    where s.relid in ('lakehouse_partitions'::regclass, 'temporary_files'::regclass)
)
select 'dead_rows' as kind, dead as count, live, "table", time from stat where dead >= $1::bigint and dead > live / 2
union all
select 'no_autovacuum', 1, null, "table", null from stat where is_off
union all
select 'autovacuum_off', 1, null, null, null where not current_setting('autovacuum')::bool
order by 1, 4;
