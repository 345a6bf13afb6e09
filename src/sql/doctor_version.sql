-- The versions that the catalog says it has, where these are not exactly one.
select 'versions' as kind, count(*) as count, string_agg(version::text, ', ' order by version) as example
from lakehouse_migration
having count(*) <> 1;
