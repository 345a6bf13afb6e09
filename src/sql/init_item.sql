-- The planned partitions: every column of lakehouse_partitions as it was, so that undo can bring it back.
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
