-- The schema mmadmin of version 1, as the mm of then made it and worked with it in the empty lake `catalog-v10`. Retirement 1
-- is applied (one of its rows was gone), 2 half, 3 is planned; all as if it had been just now.
create schema mmadmin;
create table mmadmin.lake (
    only_row bool primary key default true check (only_row),
    name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$'),
    version int not null,
    schema text not null,           -- of upstream's tables
    database_oid oid not null,
    created_at timestamptz not null default now(),
    created_by text not null default session_user
);
create table mmadmin.view_set (
    view_set_name text primary key,
    schema_hash bytea not null check (length(schema_hash) > 0),
    schema text,
    has_view_maker bool,
    global_instance_available bool,
    source text not null,
    published_at timestamptz not null default now(),
    published_by text not null default session_user
);
create table mmadmin.retirement (
    retirement bigint generated always as identity primary key,
    state text not null check (state in ('planned', 'applying', 'paused', 'applied', 'undoing', 'undone', 'abandoned')),
    selection text not null,        -- what was asked for, JSON
    view_sets text[] not null,      -- the registry it was planned with: names, hashes in hex, where from
    schema_hashes text[] not null,
    registry_source text not null,
    partition_columns text[] not null, -- of lakehouse_partitions at that time
    retention_days int not null,
    partitions bigint not null default 0,
    bytes bigint not null default 0,
    digest bytea,
    created_at timestamptz not null default now(),
    created_by text not null default session_user,
    valid_until timestamptz not null default now() + interval '24 hours',
    reason text,
    undo_for interval,
    applied_at timestamptz,         -- when the first batch began
    applied_by text,
    undo_until timestamptz,         -- when the first retired file may be deleted
    next_seq bigint not null default 1,
    batch_from bigint,              -- of the last batch
    changed_accepted bigint not null default 0,
    undo_reason text,
    undo_seq bigint not null default 1,
    xact xid8 not null default pg_current_xact_id() -- that wrote this row last
);
create table mmadmin.item (
    retirement bigint not null references mmadmin.retirement,
    seq bigint not null,
    row_ctid tid not null,
    view_set_name text,
    view_instance_id text,
    begin_insert_time timestamptz,
    end_insert_time timestamptz,
    min_event_time timestamptz,
    max_event_time timestamptz,
    updated timestamptz,
    file_path text,
    file_size bigint,
    file_schema_hash bytea,
    source_data_hash bytea,
    file_metadata bytea,
    num_rows bigint,
    partition_format_version int,
    sort_order text[],
    max_sort_key_time timestamptz,
    status text not null check (status in ('current', 'outdated', 'unhashed', 'unregistered')),
    verdict text,                   -- of outdated ones
    primary key (retirement, seq)
);
create table mmadmin.skipped (
    retirement bigint not null,
    seq bigint not null,
    why text check (why in ('gone', 'changed')),
    primary key (retirement, seq),
    foreign key (retirement, seq) references mmadmin.item
);
create table mmadmin.unrestored (
    retirement bigint not null,
    seq bigint not null,
    why text not null check (why in ('file_deleted', 'file_expires', 'overlapped')),
    primary key (retirement, seq),
    foreign key (retirement, seq) references mmadmin.item
);
create table mmadmin.batch (
    retirement bigint not null references mmadmin.retirement,
    kind text not null check (kind in ('apply', 'undo')),
    first_seq bigint not null,
    last_seq bigint not null,
    done bigint not null,           -- retired or restored
    gone bigint not null,
    changed bigint not null,
    bytes bigint not null,
    committed_at timestamptz not null default clock_timestamp(),
    committed_by text not null default session_user,
    primary key (retirement, kind, first_seq)
);
insert into mmadmin.lake (name, version, schema, database_oid)
select 'made-up', 1, (select n.nspname from pg_catalog.pg_class c
                 join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.oid = 'lakehouse_partitions'::regclass), oid
  from pg_catalog.pg_database where datname = current_database();

insert into mmadmin.retirement (retirement, state, selection, view_sets, schema_hashes, registry_source, partition_columns, retention_days, partitions, bytes, digest, created_at, created_by, valid_until, reason, undo_for, applied_at, applied_by, undo_until, next_seq, batch_from, changed_accepted, undo_reason, undo_seq, xact) overriding system value values
(1, 'applied', '{"from":"2026-11-01T00:00Z","is_default":false,"statuses":["outdated"],"to":"2026-11-01T03:00Z","undo_for":"7d","verdicts":["replaced","short","empty","rebuildable","waits_for_blocks","only_copy"],"view_set":"log_entries"}', '{async_events,blocks,images,log_entries,log_stats,measures,net_spans,otel_spans,processes,streams,thread_spans}', '{04,05,02,07,4a9bf1a76cf1203f,08,02,01,17d5dc614ae768b2,3d8e9b0ce425fad5,04}', 'given: release 0.33 (11 view sets)', '{view_set_name,view_instance_id,begin_insert_time,end_insert_time,min_event_time,max_event_time,updated,file_path,file_size,file_schema_hash,source_data_hash,num_rows,partition_format_version,sort_order,max_sort_key_time}', 90, 3, 3000, '\xda4b398b57562fea14d890b2ee0e920c6c6d8a965bee1ed8f45abaa998690387', '2026-11-27 22:37:48.992903+00', 'postgres', '2026-11-28 22:37:48.992903+00', 'the first', '168:00:00', '2026-11-27 22:37:49.273692+00', 'postgres', '2026-12-04 22:37:49.273692+00', 4, 1, 0, NULL, 1, '841'),
(2, 'applying', '{"from":"2026-11-01T03:00Z","is_default":false,"statuses":["outdated"],"to":"2026-11-01T05:00Z","undo_for":"7d","verdicts":["replaced","short","empty","rebuildable","waits_for_blocks","only_copy"],"view_set":"log_entries"}', '{async_events,blocks,images,log_entries,log_stats,measures,net_spans,otel_spans,processes,streams,thread_spans}', '{04,05,02,07,4a9bf1a76cf1203f,08,02,01,17d5dc614ae768b2,3d8e9b0ce425fad5,04}', 'given: release 0.33 (11 view sets)', '{view_set_name,view_instance_id,begin_insert_time,end_insert_time,min_event_time,max_event_time,updated,file_path,file_size,file_schema_hash,source_data_hash,num_rows,partition_format_version,sort_order,max_sort_key_time}', 90, 2, 2000, '\xec23405661cc44c4076f33fef0f98a742f108a6dd30b881f273fa355a45efb9e', '2026-11-27 22:37:49.064881+00', 'postgres', '2026-11-28 22:37:49.064881+00', 'the second', '168:00:00', '2026-11-27 22:37:49.373134+00', 'postgres', '2026-12-04 22:37:49.373134+00', 2, 1, 0, NULL, 1, '843'),
(3, 'planned', '{"from":"2026-11-01T05:00Z","is_default":false,"statuses":["outdated"],"to":"2026-11-01T07:00Z","undo_for":"7d","verdicts":["replaced","short","empty","rebuildable","waits_for_blocks","only_copy"],"view_set":"log_entries"}', '{async_events,blocks,images,log_entries,log_stats,measures,net_spans,otel_spans,processes,streams,thread_spans}', '{04,05,02,07,4a9bf1a76cf1203f,08,02,01,17d5dc614ae768b2,3d8e9b0ce425fad5,04}', 'given: release 0.33 (11 view sets)', '{view_set_name,view_instance_id,begin_insert_time,end_insert_time,min_event_time,max_event_time,updated,file_path,file_size,file_schema_hash,source_data_hash,num_rows,partition_format_version,sort_order,max_sort_key_time}', 90, 2, 1000, '\x45840b438d352c54ab80d57230aecd178be62eca0f287661cc71e2c8ef380506', '2026-11-27 22:37:49.119746+00', 'postgres', '2026-11-28 22:37:49.119746+00', NULL, NULL, NULL, NULL, NULL, 1, NULL, 0, NULL, 1, '837');

insert into mmadmin.item (retirement, seq, row_ctid, view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time, max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash, file_metadata, num_rows, partition_format_version, sort_order, max_sort_key_time, status, verdict) values
(1, 1, '(0,1)', 'log_entries', 'global', '2026-11-01 00:00:00+00', '2026-11-01 01:00:00+00', '2026-11-01 00:00:00+00', '2026-11-01 01:00:00+00', '2026-01-01 00:00:00+00', 'a', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'replaced'),
(1, 2, '(0,2)', 'log_entries', 'global', '2026-11-01 01:00:00+00', '2026-11-01 02:00:00+00', '2026-11-01 01:00:00+00', '2026-11-01 02:00:00+00', '2026-01-01 00:00:00+00', 'b', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'only_copy'),
(1, 3, '(0,3)', 'log_entries', 'global', '2026-11-01 02:00:00+00', '2026-11-01 03:00:00+00', '2026-11-01 02:00:00+00', '2026-11-01 03:00:00+00', '2026-01-01 00:00:00+00', 'x', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'only_copy'),
(2, 1, '(0,4)', 'log_entries', 'global', '2026-11-01 03:00:00+00', '2026-11-01 04:00:00+00', '2026-11-01 03:00:00+00', '2026-11-01 04:00:00+00', '2026-01-01 00:00:00+00', 'c', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'only_copy'),
(2, 2, '(0,5)', 'log_entries', 'global', '2026-11-01 04:00:00+00', '2026-11-01 05:00:00+00', '2026-11-01 04:00:00+00', '2026-11-01 05:00:00+00', '2026-01-01 00:00:00+00', 'd', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'only_copy'),
(3, 1, '(0,6)', 'log_entries', 'global', '2026-11-01 05:00:00+00', '2026-11-01 06:00:00+00', '2026-11-01 05:00:00+00', '2026-11-01 06:00:00+00', '2026-01-01 00:00:00+00', 'e', 1000, '\x05', '\x6400000000000000', NULL, 10, 2, NULL, NULL, 'outdated', 'only_copy'),
(3, 2, '(0,7)', 'log_entries', 'global', '2026-11-01 06:00:00+00', '2026-11-01 07:00:00+00', NULL, NULL, '2026-01-01 00:00:00+00', NULL, 0, '\x05', '\x0000000000000000', NULL, 0, 2, NULL, NULL, 'outdated', 'empty');

insert into mmadmin.skipped (retirement, seq, why) values
(1, 3, 'gone');

insert into mmadmin.batch (retirement, kind, first_seq, last_seq, done, gone, changed, bytes, committed_at, committed_by) values
(1, 'apply', 1, 3, 2, 1, 0, 2000, '2026-11-27 22:37:49.281734+00', 'postgres'),
(2, 'apply', 1, 1, 1, 0, 0, 1000, '2026-11-27 22:37:49.375847+00', 'postgres');

insert into mmadmin.view_set (view_set_name, schema_hash, has_view_maker, global_instance_available, source) values
('log_entries', '\x07', true, true, 'release 0.33');

select setval('mmadmin.retirement_retirement_seq', 3);
update mmadmin.retirement set created_at = now(), valid_until = now() + interval '24 hours',
       applied_at = applied_at - applied_at + now(), undo_until = undo_until - undo_until + now() + interval '7 days';
update mmadmin.batch set committed_at = now();

-- The rows of then at their addresses, and one that is current; those that were retired, or gone, are.
insert into lakehouse_partitions
       (view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time, max_event_time, updated, file_path,
        file_size, file_schema_hash, source_data_hash, num_rows, partition_format_version)
select view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time, max_event_time, updated, file_path,
       file_size, file_schema_hash, source_data_hash, num_rows, partition_format_version
  from mmadmin.item order by retirement, seq;
insert into lakehouse_partitions
       (view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time, max_event_time, updated, file_path, file_size, file_schema_hash, source_data_hash, num_rows, partition_format_version, sort_order, max_sort_key_time)
values ('log_entries', 'global', '2026-11-01 00:00:00+00', '2026-11-01 01:00:00+00', '2026-11-01 00:00:00+00', '2026-11-01 01:00:00+00', '2026-11-01 01:00:00+00', 'new', 1000, '\x07', '\x6400000000000000', 10, 2, NULL, NULL);
delete from lakehouse_partitions where file_path in ('a', 'b', 'x', 'c');
insert into temporary_files (file_path, file_size, expiration)
select i.file_path, i.file_size, r.undo_until from mmadmin.item i join mmadmin.retirement r using (retirement)
 where i.file_path in ('a', 'b', 'c');
