-- Takes the files of this batch of retirement $1 out of the queue. lost: paths without queue row; late: those that
-- expire within 5 minutes. Unless both are 0 the transaction must be rolled back.
with path as (
    select distinct i.file_path
      from mmadmin.retirement r
      join mmadmin.item i on i.retirement = r.retirement and i.seq >= r.batch_from and i.seq < r.undo_seq
     where r.retirement = $1::bigint and r.xact = pg_current_xact_id() and i.file_path is not null
       and not exists (select from mmadmin.skipped s where s.retirement = i.retirement and s.seq = i.seq)
       and not exists (select from mmadmin.unrestored u where u.retirement = i.retirement and u.seq = i.seq)
), gone as (
    delete from temporary_files t using path where t.file_path = path.file_path
    returning t.file_path, t.expiration
)
select count(*) filter (where g.file_path is null) as lost,
       count(*) filter (where g.expiration <= now() + interval '5 minutes') as late,
       min(p.file_path) filter (where g.file_path is null or g.expiration <= now() + interval '5 minutes') as example
  from path p
  left join gone g on g.file_path = p.file_path;
