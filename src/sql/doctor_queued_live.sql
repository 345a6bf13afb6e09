-- Live partitions whose file is queued for deletion, and the first expiration. No row: there are none.
with queued as (
    select file_path, min(expiration) as expiration
    from temporary_files
    group by file_path
)
select 'queued_live' as kind, count(*) as count, min(q.expiration) as time, min(p.file_path)::text as example
from lakehouse_partitions p
join queued q on q.file_path = p.file_path
having count(*) > 0;
