-- The database as mm finds it: a row for each schema that holds a table lakehouse_partitions, or one row without
-- schema. features: names between spaces, as the conditional lines of statements use them.
with optional as (
    -- tables and columns that not every catalog has, and under which name statements ask for them
    select * from (values
        ('file_metadata', 'lakehouse_partitions', 'file_metadata'),
        ('num_rows', 'lakehouse_partitions', 'num_rows'),
        ('partition_format_version', 'lakehouse_partitions', 'partition_format_version'),
        ('sort_order', 'lakehouse_partitions', 'sort_order'),
        ('max_sort_key_time', 'lakehouse_partitions', 'max_sort_key_time'),
        ('lakehouse_view_set_definitions', 'lakehouse_view_set_definitions', 'view_set_name'),
        ('settings', 'settings', 'value'),
        ('migration', 'migration', 'version'),
        ('blocks.insert_time', 'blocks', 'insert_time'),
        ('blocks.audience', 'blocks', 'audience')
    ) as o(feature, table_name, column_name)
), lake as (
    select n.oid as namespace, n.nspname, c.oid as partitions
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'lakehouse_partitions' and c.relkind in ('r', 'p')
       and n.nspname not like 'pg\_%'
), readable as (
    select l.namespace, c.oid, c.relname
      from lake l
      join pg_catalog.pg_class c on c.relnamespace = l.namespace and c.relkind in ('r', 'p')
     where has_schema_privilege(l.namespace, 'usage') and has_table_privilege(c.oid, 'select')
), source as (
    -- blocks say little without the other two
    select namespace from readable
     where relname in ('blocks', 'streams', 'processes')
     group by namespace having count(*) = 3
), found as (
    select r.namespace, o.feature
      from optional o
      join readable r on r.relname = o.table_name
      join pg_catalog.pg_attribute a
        on a.attrelid = r.oid and a.attname = o.column_name and not a.attisdropped
     where o.table_name <> 'blocks' or r.namespace in (select namespace from source)
    union all
    select namespace, 'blocks' from source
    union all
    -- Not to_regclass, which fails where the schema may not be used.
    select l.namespace, case c.relname when 'lake' then 'mmadmin' else 'hold' end
      from lake l, pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'mmadmin' and c.relname in ('lake', 'hold')
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
)
select l.nspname::text as schema,
       quote_ident(l.nspname) as quoted_schema,
       (select string_agg(distinct f.feature, ' ') from found f where f.namespace = l.namespace) as features,
       (select string_agg(a.attname, ', ' order by a.attnum)
          from pg_catalog.pg_attribute a
         where a.attrelid = l.partitions and a.attnum > 0 and not a.attisdropped
           and a.attname not in ('view_set_name', 'view_instance_id', 'begin_insert_time',
               'end_insert_time', 'min_event_time', 'max_event_time', 'updated', 'file_path', 'file_size',
               'file_schema_hash', 'source_data_hash', 'file_metadata', 'num_rows',
               'partition_format_version', 'sort_order', 'max_sort_key_time')) as unknown_columns,
       exists (select from readable r where r.namespace = l.namespace
                and r.relname = 'lakehouse_partitions') as is_readable,
       exists (select from pg_catalog.pg_class c where c.relnamespace = l.namespace
                and c.relname = 'lakehouse_migration') as is_lakehouse,
       exists (select from pg_catalog.pg_namespace where nspname = 'mmadmin') as has_mmadmin,
       current_setting('server_version_num')::int as server_version,
       current_database()::text as database,
       current_user::text as role,
       coalesce((select c.relkind = 'p' from pg_catalog.pg_class c where c.oid = l.partitions)
                or exists (select from pg_catalog.pg_inherits where inhparent = l.partitions), false) as is_divided,
       pg_is_in_recovery() as is_standby,
       current_setting('default_transaction_read_only')::bool as is_read_only
  from (select) as one
  left join lake l on true
 order by l.nspname;
