-- Audits the registry that is published now; $7 why, or null.
with entry as (
    select 'published' as what, null::bigint as retirement, $7 as why,
           (select json_object_agg(v.view_set_name, json_build_object('hash', encode(v.schema_hash, 'hex'),
                                                                      'source', v.source) order by v.view_set_name)
              from mmadmin.view_set v) as detail
)
\ir audit_append.sql
