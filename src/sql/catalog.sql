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
),
\ir catalog_shape.sql
,
\ir catalog_rewriting.sql
, readable as (
    select l.namespace, c.oid, c.relname
      from lake l
      join pg_catalog.pg_class c on c.relnamespace = l.namespace and c.relkind in ('r', 'p')
     where has_schema_privilege(l.namespace, 'usage') and has_table_privilege(c.oid, 'select')
), state as (
    -- mm's own tables. Not to_regclass, which fails where the schema may not be used; and somebody else may have a schema
    -- of that name.
    select c.relnamespace as namespace
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'mmadmin' and c.relname = 'lake'
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
       and 4 = (select count(*) from pg_catalog.pg_attribute a
                 where a.attrelid = c.oid and not a.attisdropped
                   and (a.attname, a.atttypid) in (('name', 'text'::regtype), ('version', 'int'::regtype),
                                                   ('schema', 'text'::regtype), ('database_oid', 'oid'::regtype)))
), with_blocks as (
    select namespace from readable
     where relname in ('blocks', 'streams', 'processes')
     group by namespace having count(*) = 3
), found as (
    select r.namespace, o.feature
      from optional o
      join readable r on r.relname = o.table_name
      join pg_catalog.pg_attribute a
        on a.attrelid = r.oid and a.attname = o.column_name and not a.attisdropped
     where o.table_name <> 'blocks' or r.namespace in (select namespace from with_blocks)
    union all
    select namespace, 'blocks' from with_blocks
    union all
    select l.namespace, 'mmadmin' from lake l, state
    union all
    -- Also where they may not be read: an error then, and never a hold that is not seen.
    select l.namespace, 'hold' from lake l, state s
      join pg_catalog.pg_class c on c.relnamespace = s.namespace and c.relname = 'hold'
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
       (select min(o.what) from oddity o where o.namespace = l.namespace) as oddity,
       (select string_agg(w.what, ', ' order by w.what) from rewriting w where w.namespace = l.namespace) as rewriting,
       exists (select from pg_catalog.pg_namespace where nspname = 'mmadmin') as has_mmadmin,
       (select has_schema_privilege(n.oid, 'usage') and not exists (
                   select from pg_catalog.pg_class c
                    where c.relnamespace = n.oid and c.relname = 'lake' and not has_table_privilege(c.oid, 'select'))
          from pg_catalog.pg_namespace n where n.nspname = 'mmadmin') as may_see_mmadmin,
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
