-- Holds: $1 true those that were released too.
select hold, view_set_name, view_instance_id, begin_insert_time, end_insert_time, reason, held_at, held_by,
       released_at, released_by, release_reason
  from mmadmin.hold
 where $1::bool or released_at is null
 order by hold;
