-- $1 the lake's short name
insert into mmadmin.lake (name, version, schema, database_oid, system_identifier)
select $1, 3, (select n.nspname from pg_catalog.pg_class c
                 join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.oid = 'lakehouse_partitions'::regclass), oid,
       (select system_identifier from pg_control_system())
  from pg_catalog.pg_database where datname = current_database();
