-- mmadmin has version 3 now.
update mmadmin.lake set version = 3;
