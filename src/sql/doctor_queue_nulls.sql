-- Rows of the deletion queue without a path, and how many of them have expired. No row: there are none.
-- $1 so many expired ones stop upstream's cleaning: its batch.
select case when expired >= $1::bigint then 'queue_stuck' else 'queue_nulls' end as kind, count, expired
from (
    select count(*) as count, count(*) filter (where expiration < now()) as expired
    from temporary_files
    where file_path is null
) n
where count > 0;
