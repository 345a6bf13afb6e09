-- The lake at a glance: totals, clocks, the deletion queue, rights. $1 and $2 are not used.
select (select count(*) from lakehouse_partitions) as partitions,
       (select coalesce(sum(file_size), 0)::bigint from lakehouse_partitions) as bytes,
       (select max(updated) from lakehouse_partitions) as last_updated,
       (select count(*) from temporary_files) as queued_files,
       (select coalesce(sum(file_size), 0)::bigint from temporary_files) as queued_bytes,
       (select min(expiration) from temporary_files) as first_expiration,
       now() as now,
       has_table_privilege('lakehouse_partitions', 'delete') and has_table_privilege('lakehouse_partitions', 'insert')
           and has_table_privilege('temporary_files', 'insert') and has_table_privilege('temporary_files', 'delete')
           as may_retire,
       has_database_privilege(current_database(), 'create') as may_create_schema;
