-- Source blocks, an hour old at least, that upstream leaves out of every view: those whose stream or process is not there
-- (without_process), and those that are of another audience than these (audience). How many, their events, the first,
-- and a process of theirs.
with wrong as (
    select case when s.stream_id is null or p.process_id is null then 'without_process'
                when b.audience <> s.audience or b.audience <> p.audience then 'audience' -- if blocks.audience
           end as kind, b.nb_objects, b.insert_time, b.process_id
    from blocks b
    left join streams s on s.stream_id = b.stream_id
    left join processes p on p.process_id = b.process_id
    where b.insert_time < now() - interval '1 hour'
)
select kind, count(*) as count, sum(nb_objects)::bigint as events, min(insert_time) as time,
       count(distinct process_id) as processes, 'process ' || min(process_id::text) as example
from wrong
where kind is not null
group by kind
order by kind;
