-- This database is the lake now, not a copy of it.
update mmadmin.lake
   set system_identifier = (select system_identifier from pg_control_system()),
       database_oid = (select oid from pg_catalog.pg_database where datname = current_database());
