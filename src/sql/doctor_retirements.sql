-- Retirements that stopped in the middle more than a day ago (stuck), and those that can be undone for less than a day
-- (undo_ends): how many, their ids, and the first of these times.
with retirement as (
    select r.*, (select name from mmadmin.lake) || '-' || r.retirement || '-' || left(encode(r.digest, 'hex'), 6) as id,
           coalesce((select max(committed_at) from mmadmin.batch b where b.retirement = r.retirement), r.applied_at,
                    r.created_at) as moved_at
    from mmadmin.retirement r
    where r.state in ('applying', 'paused', 'applied', 'undoing')
),
-- Read live: upstream may have queued a file with less time.
expiration as (
    select r.retirement, min(t.expiration) as first
    from retirement r
    join mmadmin.item i on i.retirement = r.retirement and i.seq < r.next_seq
    join temporary_files t on t.file_path = i.file_path
    where r.undo_until > now()
    group by r.retirement
),
found as (
    select 'stuck' as kind, id, moved_at as time
    from retirement
    where state <> 'applied' and moved_at < now() - interval '1 day'
    union all
    select 'undo_ends', r.id, k.undo_deadline
    from retirement r
    left join expiration e on e.retirement = r.retirement
    cross join lateral (select least(r.undo_until, e.first) - interval '5 minutes' as undo_deadline) k
    where r.next_seq > 1 and k.undo_deadline between now() and now() + interval '1 day'
)
select kind, count(*) as count, min(time) as time, array_agg(id order by time) as ids
from found
group by kind
order by kind;
