-- The tables of upstream's that mm reads, as far as they are there, as they are written in SQL.
select format('%I.%I', n.nspname, c.relname) as name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = 'lakehouse_partitions'::regclass)
   and c.relkind in ('r', 'p')
   and c.relname in ('lakehouse_partitions', 'temporary_files', 'lakehouse_migration',
       'lakehouse_view_set_definitions', 'migration', 'settings', 'blocks', 'streams', 'processes')
 order by c.relname;
