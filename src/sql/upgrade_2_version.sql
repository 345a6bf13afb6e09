-- mmadmin has version 2 now.
update mmadmin.lake set version = 2, system_identifier = (select system_identifier from pg_control_system());
