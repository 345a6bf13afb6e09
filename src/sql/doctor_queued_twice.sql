-- Files that are queued for deletion more than once. queued_early: of some the expirations differ, then their number
-- and the first expiration; else queued_twice. No row: there are none.
with file as (
    select file_path, min(expiration) as first, max(expiration) as last
    from temporary_files
    where file_path is not null
    group by file_path
    having count(*) > 1
),
kind as (
    select *, case when first < last then 'queued_early' else 'queued_twice' end as kind
    from file
)
select kind, count(*) as count, min(first) as time, min(file_path)::text as example
from kind
group by kind
order by kind;
