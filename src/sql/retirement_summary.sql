-- The items of retirement $1 by view set, status and verdict.
select view_set_name, status, verdict, true as is_selected, count(*) as partitions,
       coalesce(sum(file_size), 0)::bigint as bytes,
       min(begin_insert_time) as first_insert_time, max(end_insert_time) as last_insert_time
  from mmadmin.item
 where retirement = $1::bigint
 group by view_set_name, status, verdict
 order by view_set_name, status, verdict;
