-- Begins a plan: $1 and $2 the registry (names, hashes in hex), $7 retention days, $13 what was asked for (JSON),
-- $14 where the registry is from, $15 the lake's partition columns.
insert into mmadmin.retirement
       (state, selection, view_sets, schema_hashes, registry_source, retention_days, partition_columns)
values ('planned', $13, $1::text[], $2::text[], $14, coalesce($7::int, 90), string_to_array($15, ' '));
