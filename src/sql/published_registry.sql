-- The registry published in the lake.
select view_set_name, encode(schema_hash, 'hex') as current_schema_hash, schema, has_view_maker,
       global_instance_available, source, published_at, published_by
  from mmadmin.view_set
 order by view_set_name;
