-- What the role lacks to see everything (cannot_look), to retire and to undo (cannot_retire): how many rights, and which.
-- No row: it has them all.
with wanted (kind, rights, schema, tables) as (
    values ('cannot_look', array['select'], current_schema()::text, array['temporary_files', 'migration', 'settings',
               'lakehouse_view_set_definitions', 'blocks', 'streams', 'processes']),
           ('cannot_retire', array['insert', 'delete'], current_schema()::text, array['lakehouse_partitions',
               'temporary_files']),
           ('cannot_look', array['select'], 'mmadmin', array['lake', 'view_set', 'retirement', 'item', 'skipped',
               'unrestored', 'batch', 'hold', 'audit', 'audit_head', 'job']),
           ('cannot_retire', array['insert'], 'mmadmin', array['retirement', 'item', 'skipped', 'unrestored', 'batch',
               'audit']),
           ('cannot_retire', array['update'], 'mmadmin', array['retirement', 'skipped', 'audit_head']),
           ('cannot_retire', array['delete'], 'mmadmin', array['skipped'])
),
lacking as (
    select w.kind, r.name as right, c.relname::text as object
    from wanted w
    join pg_catalog.pg_namespace n on n.nspname = w.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
        and c.relname = any (w.tables)
    cross join unnest(w.rights) as r (name)
    where not has_table_privilege(c.oid, r.name)
    union all
    select 'cannot_look', 'usage', 'schema mmadmin'
    from pg_catalog.pg_namespace
    where nspname = 'mmadmin' and not has_schema_privilege(oid, 'usage')
    union all
    select 'cannot_retire', 'create', 'database ' || current_database()
    where not has_database_privilege(current_database(), 'create')
      and not exists (select from pg_catalog.pg_namespace where nspname = 'mmadmin')
),
of_right as (
    select kind, count(*) as count, "right" || ' on ' || string_agg(object, ', ' order by object) as words
    from lacking
    group by kind, "right"
)
select kind, sum(count)::bigint as count, string_agg(words, '; ' order by words) as rights, current_user::text as role
from of_right
group by kind
order by kind;
