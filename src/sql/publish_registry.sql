-- Publishes a registry in place of the present one. $1 names, $2 hashes in hex, $3 schemas, $4 has_view_maker,
-- $5 global_instance_available, $6 sources: arrays of one length.
with new as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bool[], $6::text[])
        as r(view_set_name, schema_hash, schema, has_view_maker, global_instance_available, source)
), removed as (
    delete from mmadmin.view_set v
     where not exists (select from new n where n.view_set_name = v.view_set_name)
)
insert into mmadmin.view_set (view_set_name, schema_hash, schema, has_view_maker, global_instance_available, source)
select view_set_name, decode(schema_hash, 'hex'), nullif(schema, ''), has_view_maker, global_instance_available, source
  from new
    on conflict (view_set_name) do update
   set schema_hash = excluded.schema_hash, schema = excluded.schema,
       has_view_maker = excluded.has_view_maker,
       global_instance_available = excluded.global_instance_available,
       source = excluded.source, published_at = now(), published_by = session_user;
