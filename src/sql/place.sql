-- Fragment: where partition p is: view set, instance and begin, between spaces.
concat_ws(' ', coalesce(p.view_set_name, '?'), coalesce(p.view_instance_id, '?'), coalesce(p.begin_insert_time::text, '?'))
