-- Retires the items of this batch of retirement $1 that were not at their address but are elsewhere (VACUUM FULL moves
-- rows): the k-th of several equal items takes the k-th equal row.
with claim as materialized (
    select batch_from, next_seq, undo_until from mmadmin.retirement
     where retirement = $1::bigint and xact = pg_current_xact_id()
), missing as materialized (
    select i.*, row_number() over (partition by
               i.view_set_name, i.view_instance_id, i.begin_insert_time, i.end_insert_time,
               i.min_event_time, i.max_event_time, i.updated, i.file_path, i.file_size,
               i.file_schema_hash, i.source_data_hash
               -- if file_metadata: , i.file_metadata
               , i.num_rows -- if num_rows
               , i.partition_format_version -- if partition_format_version
               , i.sort_order -- if sort_order
               , i.max_sort_key_time -- if max_sort_key_time
           order by i.seq) as k
      from mmadmin.skipped s
      join mmadmin.item i on i.retirement = s.retirement and i.seq = s.seq
     where s.retirement = $1::bigint
       and s.seq >= (select batch_from from claim) and s.seq < (select next_seq from claim)
), found as materialized (
    select b.seq, p.at
      from missing b
     cross join lateral (
           select p.ctid as at
             from lakehouse_partitions p
            where p.view_set_name = b.view_set_name and p.view_instance_id = b.view_instance_id
              and p.begin_insert_time = b.begin_insert_time
              and
\ir same_partition.sql
            order by p.ctid
           offset b.k - 1
            limit 1) p
     -- Rows with a null in that key are looked for by reading the table.
     union all
    select b.seq, p.at
      from missing b
     cross join lateral (
           select p.ctid as at
             from lakehouse_partitions p
            where (b.view_set_name is null or b.view_instance_id is null or b.begin_insert_time is null)
              and
\ir same_partition.sql
            order by p.ctid
           offset b.k - 1
            limit 1) p
), gone as (
    delete from lakehouse_partitions p
     using found f, mmadmin.item b
     where p.ctid = f.at and b.retirement = $1::bigint and b.seq = f.seq
       and
\ir same_partition.sql
       and not
\ir held.sql
    returning b.seq, p.file_path, p.file_size
), queued as (
    insert into temporary_files (file_path, file_size, expiration)
    select file_path, file_size,
           (select undo_until from claim) + (seq - 1) / 20000 * interval '1 hour'
      from gone
     where file_path is not null
)
delete from mmadmin.skipped s using gone g where s.retirement = $1::bigint and s.seq = g.seq;
