-- Begins a plan: $1 and $2 the registry (names, hashes in hex), $7 retention days, $13 what was asked for (JSON),
-- $14 where the registry is from.
insert into mmadmin.retirement
       (state, selection, view_sets, schema_hashes, registry_source, retention_days, partition_columns)
values ('planned', $13, $1::text[], $2::text[], $14, coalesce($7::int, 90), array(
           select attname::text from pg_catalog.pg_attribute
            where attrelid = 'lakehouse_partitions'::regclass and attnum > 0 and not attisdropped
            order by attnum));
