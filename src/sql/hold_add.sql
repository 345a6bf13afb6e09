-- Makes a hold: $1 view set, $2 instance, $3 and $4 the insert range [$3, $4), null for any, $5 why.
insert into mmadmin.hold (view_set_name, view_instance_id, begin_insert_time, end_insert_time, reason)
values ($1, $2, $3::timestamptz, $4::timestamptz, $5)
returning hold;
