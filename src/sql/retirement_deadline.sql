-- Until when retirement $1 can be undone, read live: the first expiration of a file it queued, five minutes earlier.
-- Upstream may have queued the same file with less time.
select min(t.expiration) - interval '5 minutes' as undo_deadline, count(distinct t.file_path) as queued_files
  from mmadmin.retirement r
  join mmadmin.item i on i.retirement = r.retirement and i.seq < r.next_seq
  join temporary_files t on t.file_path = i.file_path
 where r.retirement = $1::bigint
   and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq);
