-- Guard: partitions of retirement $1 that are still to come and that a hold covers; a row for each hold.
select 'held' as kind, h.hold as number, h.reason, h.held_by as by, h.held_at as at, count(*) as partitions,
       coalesce(sum(b.file_size), 0)::bigint as bytes,
       min(format('%s/%s of %s', b.view_set_name, b.view_instance_id,
                  to_char(b.begin_insert_time, 'YYYY-MM-DD HH24:MI:SS'))) as example
  from mmadmin.retirement r
  join mmadmin.item b on b.retirement = r.retirement and b.seq >= r.next_seq
  join mmadmin.hold h on
\ir hold_covers.sql
 where r.retirement = $1::bigint
 group by h.hold
 order by h.hold;
