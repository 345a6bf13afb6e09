-- Fragment: CTE `oddity`, what of the tables of a `lake` is not as micromegas makes it: tables and columns that are
-- missing, and types that statements and their readers would misunderstand. Columns that not every catalog has may be
-- missing; so may tables, but for the first three.
expected (relation, type, column_names, is_required) as (
    values ('lakehouse_partitions', 'text', '{view_set_name,view_instance_id,file_path}'::text[], true),
           ('lakehouse_partitions', 'timestamptz', '{begin_insert_time,end_insert_time,updated}', true),
           ('lakehouse_partitions', 'timestamptz', '{min_event_time,max_event_time}', true),
           ('lakehouse_partitions', 'bytea', '{file_schema_hash,source_data_hash}', true),
           ('lakehouse_partitions', 'bigint', '{file_size}', true),
           ('lakehouse_partitions', 'bigint', '{num_rows,partition_format_version}', false),
           ('lakehouse_partitions', 'bytea', '{file_metadata}', false),
           ('lakehouse_partitions', 'text[]', '{sort_order}', false),
           ('lakehouse_partitions', 'timestamptz', '{max_sort_key_time}', false),
           ('temporary_files', 'text', '{file_path}', true),
           ('temporary_files', 'bigint', '{file_size}', true),
           ('temporary_files', 'timestamptz', '{expiration}', true),
           ('lakehouse_migration', 'int', '{version}', true),
           ('migration', 'int', '{version}', true),
           ('lakehouse_view_set_definitions', 'text', '{view_set_name,updated_by}', true),
           ('lakehouse_view_set_definitions', 'timestamptz', '{updated_at}', true),
           ('settings', 'text', '{key}', true),
           ('settings', 'jsonb', '{value}', true),
           ('processes', 'uuid', '{process_id}', true),
           ('processes', 'text', '{audience}', false),
           ('streams', 'uuid', '{process_id,stream_id}', true),
           ('streams', 'text[]', '{tags}', true),
           ('streams', 'text', '{audience}', false),
           ('blocks', 'uuid', '{process_id,stream_id}', true),
           ('blocks', 'bigint', '{nb_objects}', true),
           ('blocks', 'timestamptz', '{insert_time}', false),
           ('blocks', 'text', '{audience}', false)
), oddity as (
    select l.namespace,
           case when c.oid is null then format('there is no table %s', e.relation)
                when a.attname is null then format('%s has no column %s', e.relation, k.name)
                else format('%s.%s is of type %s, not %s', e.relation, k.name, format_type(a.atttypid, null), e.type)
           end as what
      from lake l
     cross join expected e
     cross join lateral unnest(e.column_names) as k (name)
      left join pg_catalog.pg_class c on c.relnamespace = l.namespace and c.relname = e.relation
      left join pg_catalog.pg_attribute a
        on a.attrelid = c.oid and a.attname = k.name and a.attnum > 0 and not a.attisdropped
     where case when c.oid is null then e.relation in ('lakehouse_partitions', 'temporary_files', 'lakehouse_migration')
                when a.attname is null then e.is_required
                else a.atttypid <> all (case e.type when 'text' then array['text', 'varchar']::regtype[]
                                                    when 'text[]' then array['text[]', 'varchar[]']::regtype[]
                                                    when 'int' then array['smallint', 'int']::regtype[]
                                                    when 'bigint' then array['smallint', 'int', 'bigint']::regtype[]
                                                    else array[e.type::regtype] end) end
)
