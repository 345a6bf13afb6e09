-- Deletes the claimed items of retirement $1 that are still at their address, equal in every column and under no hold,
-- queues their files, and notes the others as skipped. An address is a hint, the columns decide. 20 000 files expire an hour, for
-- upstream deletes them in its hourly pass, before it materializes.
with claim as materialized (
    select batch_from, next_seq, undo_until from mmadmin.retirement
     where retirement = $1::bigint and xact = pg_current_xact_id()
), gone as (
    delete from lakehouse_partitions p
     using mmadmin.item b
     where b.retirement = $1::bigint
       and b.seq >= (select batch_from from claim) and b.seq < (select next_seq from claim)
       and p.ctid = b.row_ctid
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
insert into mmadmin.skipped (retirement, seq)
select b.retirement, b.seq
  from mmadmin.item b
 where b.retirement = $1::bigint
   and b.seq >= (select batch_from from claim) and b.seq < (select next_seq from claim)
   and b.seq not in (select seq from gone);
