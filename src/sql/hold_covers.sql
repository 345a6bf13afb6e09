-- Fragment: hold h covers partition b. What is null in the partition may be anything; a partition of `global` holds
-- nothing of the instant at which it ends, unless it is that instant.
h.released_at is null                                                           -- if hold
and (h.view_set_name is null or b.view_set_name = h.view_set_name) is not false -- if hold
and (h.view_instance_id is null or b.view_instance_id = h.view_instance_id) is not false -- if hold
and (h.end_insert_time is null or b.begin_insert_time < h.end_insert_time) is not false -- if hold
and (h.begin_insert_time is null or b.end_insert_time > h.begin_insert_time     -- if hold
     or b.end_insert_time = h.begin_insert_time                                 -- if hold
        and (b.view_instance_id <> 'global' or b.begin_insert_time = b.end_insert_time)) is not false -- if hold
