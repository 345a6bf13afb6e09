-- Guard: retirement $1 is about to retire what may be lost of the view set `blocks`, while other view sets have outdated
-- partitions over the same time, which a release that is rolled back to would rebuild from them; a row per view set.
with registry as (
    select x.view_set_name, decode(x.hex, 'hex') as current_schema_hash
      from mmadmin.retirement r, unnest(r.view_sets, r.schema_hashes) as x(view_set_name, hex)
     where r.retirement = $1::bigint
), blocks as materialized (
    select range_agg(tstzrange(b.begin_insert_time, b.end_insert_time, '[]')) as ranges
      from mmadmin.retirement r
      join mmadmin.item b on b.retirement = r.retirement and b.seq >= r.next_seq
     where r.retirement = $1::bigint and b.view_set_name = 'blocks' and b.begin_insert_time <= b.end_insert_time
       and (b.verdict in ('replaced', 'empty')) is not true
)
select 'needs_blocks' as kind, p.view_set_name, count(*) as partitions,
       coalesce(sum(p.file_size), 0)::bigint as bytes,
       min(format('%s/%s of %s', p.view_set_name, p.view_instance_id,
                  to_char(p.begin_insert_time, 'YYYY-MM-DD HH24:MI:SS'))) as example
  from lakehouse_partitions p
  join registry r on r.view_set_name = p.view_set_name and p.file_schema_hash <> r.current_schema_hash
 cross join blocks k
 where (select ranges from blocks) is not null -- asked once: nothing is read where no such item is planned
   and p.view_set_name <> 'blocks' and p.file_path is not null
   and case when p.begin_insert_time <= p.end_insert_time
            then tstzrange(p.begin_insert_time, p.end_insert_time, '[]') && k.ranges end
   -- What is retired together with them needs none, wherever VACUUM FULL or an undo has put it meanwhile.
   and not exists (select from mmadmin.retirement r
                     join mmadmin.item b on b.retirement = r.retirement and b.seq >= r.next_seq
                    where r.retirement = $1::bigint and b.file_path = p.file_path and
\ir same_partition.sql
       )
 group by p.view_set_name
 order by p.view_set_name;
