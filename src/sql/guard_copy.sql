-- Guard: mmadmin was made for another database: this one is a copy, restored elsewhere, and its files are the original's.
-- $1 is not used. No row, or one.
select case when l.system_identifier <> s.system_identifier then 'other_server' else 'other_database' end as kind,
       l.name as lake, l.created_at as at
  from mmadmin.lake l, pg_control_system() s, pg_catalog.pg_database d
 where d.datname = current_database() and (l.system_identifier, l.database_oid) <> (s.system_identifier, d.oid);
