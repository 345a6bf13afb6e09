-- The optional columns of lakehouse_partitions that retirement $1 was planned without, as features to take back; null: none.
select string_agg('-' || c.name, ' ') as taken_back
  from mmadmin.retirement r,
       unnest(array['file_metadata', 'num_rows', 'partition_format_version', 'sort_order', 'max_sort_key_time'])
           as c(name)
 where r.retirement = $1::bigint and c.name <> all (r.partition_columns);
