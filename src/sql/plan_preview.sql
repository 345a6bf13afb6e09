-- What a plan would take and leave: a row for each view set, status and verdict. $1 to $12 as in plan_selection.sql.
-- why_left: of partitions that are left although they were asked for: held (a hold covers them); of rebuildable ones
-- global (nothing rebuilds them by itself), source_goes (before the undo window is over).
\ir plan_selection.sql
, judged_selected as (
select *, case when is_selected or status <> all ($9::text[]) or verdict <> all ($8::text[]) then null
               when is_held then 'held'
               when view_instance_id = 'global' then 'global'
               else 'source_goes' end as why_left
  from selected
)
select view_set_name, status, verdict, is_selected, why_left, count(*) as partitions,
       coalesce(sum(file_size), 0)::bigint as bytes,
       min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time
  from judged_selected
 group by view_set_name, status, verdict, is_selected, why_left
 order by view_set_name, status, verdict, is_selected, why_left;
