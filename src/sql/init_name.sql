-- $1 the lake's short name
insert into mmadmin.lake (name, version, database_oid)
select $1, 1, oid from pg_catalog.pg_database where datname = current_database();
