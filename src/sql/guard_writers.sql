-- Guard: signs, lake-wide, that a writer of another release than the registry's is alive, or that the registry is the
-- older one; a row for each view set, outdated hash and kind:
--   appeared_later   the hash was first written after the current one, as far as what is left of it tells, and (mode
--                    stored) what mm knows of what it has retired
--   mixed_now        it was written within two minutes of the lake's newest write: the lake's own time, whatever the clock
--   within_soak      it was written within an hour by the server's clock
--   since_plan       (mode stored) a transaction younger than the plan wrote it, whatever the writer's clock says
-- `updated` is the writer's clock. $1 names of the registry's view sets, $2 their hashes in hex (text[]); mode stored:
-- $1 a retirement, whose registry counts.
with registry as (
    select x.view_set_name, decode(x.hex, 'hex') as current_schema_hash
      from unnest($1::text[], $2::text[]) as x(view_set_name, hex) -- unless stored
      -- if stored: from mmadmin.retirement r, unnest(r.view_sets, r.schema_hashes) as x(view_set_name, hex)
      -- if stored: where r.retirement = $1::bigint
), version as materialized (
    select view_set_name, file_schema_hash, count(*) as partitions,
           min(updated) filter (where isfinite(updated)) as first_write,
           max(updated) filter (where isfinite(updated)) as last_write,
           null::bigint as since_plan                                           -- unless stored
           -- if stored: count(*) filter (where age(xmin) between 0 and
           -- if stored:     (select age(i.xmin) - 1 from mmadmin.item i where i.retirement = $1::bigint limit 1)) as since_plan
      from lakehouse_partitions
     group by view_set_name, file_schema_hash
), outdated as (
    select v.*, c.first_write as current_first_write, (select max(last_write) from version) as newest_write
      from version v
      join registry r on r.view_set_name = v.view_set_name and v.file_schema_hash <> r.current_schema_hash
      left join version c on c.view_set_name = r.view_set_name and c.file_schema_hash = r.current_schema_hash
)
select k.kind, o.view_set_name, encode(o.file_schema_hash, 'hex') as hash, o.partitions, o.first_write, o.last_write,
       o.current_first_write, o.newest_write, k.passes_at
  from outdated o
 cross join lateral (values
           ('appeared_later', case when o.first_write > o.current_first_write then true
               and not exists (                                                 -- if stored
                   select from mmadmin.item i where i.view_set_name = o.view_set_name -- if stored
                      and i.file_schema_hash = o.file_schema_hash and i.updated <= o.current_first_write) -- if stored
               end, null::timestamptz),
           ('mixed_now', o.last_write >= o.newest_write - interval '2 minutes', null),
           ('within_soak', o.last_write > now() - interval '1 hour', o.last_write + interval '1 hour'),
           ('since_plan', o.since_plan > 0, null)
       ) as k(kind, is_found, passes_at)
 where k.is_found
 order by o.view_set_name, o.file_schema_hash, k.kind;
