-- The versions a catalog says it has, and the name of the lake and the version of mmadmin where that exists.
select (select max(version) from lakehouse_migration) as lakehouse_version,
       (select max(version) from migration) as data_lake_version, -- if migration
-- unless migration:        null::int as data_lake_version,
-- if mmadmin:        (select name from mmadmin.lake) as name, (select version from mmadmin.lake) as state_version, (select schema from mmadmin.lake) as state_schema
       current_database()::text as name, null::int as state_version, '' as state_schema -- unless mmadmin
