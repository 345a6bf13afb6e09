-- Live partitions whose file retirement $1 has queued for deletion: there must be none.
select count(*) as files, min(p.file_path) as example
  from mmadmin.retirement r
  join mmadmin.item i on i.retirement = r.retirement and i.seq < r.next_seq
  join lakehouse_partitions p on p.file_path = i.file_path
 where r.retirement = $1::bigint
   and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
   and exists (select from temporary_files t where t.file_path = i.file_path);
