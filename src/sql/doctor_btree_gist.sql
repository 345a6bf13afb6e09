-- Whether catalog version 7 can make the extension that its constraint needs, as the role that owns the catalog:
-- gist_missing: the server lacks it; gist_rights: the owner may not create it. No row: it can, or it is there.
select case when e.name is null then 'gist_missing' else 'gist_rights' end as kind, r.rolname::text as owner
from pg_catalog.pg_class c
join pg_catalog.pg_roles r on r.oid = c.relowner
left join pg_catalog.pg_available_extensions e on e.name = 'btree_gist'
where c.oid = 'lakehouse_partitions'::regclass
  and not exists (select from pg_catalog.pg_extension where extname = 'btree_gist')
  and (e.name is null
       or not r.rolsuper
          and not (has_database_privilege(r.oid, current_database(), 'create')
                   and exists (select from pg_catalog.pg_available_extension_versions v
                               where v.name = e.name and v.version = e.default_version and v.trusted)));
