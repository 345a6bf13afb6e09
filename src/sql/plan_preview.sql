-- What a plan would take and leave: a row for each view set, status and verdict. $1 to $12 as in plan_selection.sql.
-- why_left: of rebuildable partitions that are left although the verdict was asked for: global (nothing rebuilds them by
-- itself), source_goes (before the undo window is over).
\ir plan_selection.sql
, judged_selected as (
select *, case when not is_selected and verdict = 'rebuildable' and verdict = any ($8::text[])
               then case when view_instance_id = 'global' then 'global' else 'source_goes' end end as why_left
  from selected
)
select view_set_name, status, verdict, is_selected, why_left, count(*) as partitions,
       coalesce(sum(file_size), 0)::bigint as bytes,
       min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time
  from judged_selected
 group by view_set_name, status, verdict, is_selected, why_left
 order by view_set_name, status, verdict, is_selected, why_left;
