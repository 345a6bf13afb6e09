-- What a plan would take and leave: a row for each view set, status and verdict. $1 to $12 as in plan_selection.sql.
\ir plan_selection.sql
select view_set_name, status, verdict, is_selected, count(*) as partitions,
       coalesce(sum(file_size), 0)::bigint as bytes,
       min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time
  from selected
 group by view_set_name, status, verdict, is_selected
 order by view_set_name, status, verdict, is_selected;
