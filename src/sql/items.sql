-- Items of retirement $1 after seq $2, at most $3, each with what became of it.
select i.seq, i.view_set_name, i.view_instance_id, i.begin_insert_time, i.end_insert_time, i.file_path, i.file_size,
       encode(i.file_schema_hash, 'hex') as file_schema_hash, i.num_rows, i.updated, i.status, i.verdict,
       case when s.seq is not null then s.why
            when u.seq is not null then u.why
            when i.seq < r.undo_seq then 'restored'
            when i.seq < r.next_seq then 'retired'
            when r.state in ('undone', 'abandoned') then 'untouched'
            else 'planned' end as outcome,
       b.committed_at
  from mmadmin.retirement r
  join mmadmin.item i on i.retirement = r.retirement
  left join mmadmin.skipped s on s.retirement = i.retirement and s.seq = i.seq
  left join mmadmin.unrestored u on u.retirement = i.retirement and u.seq = i.seq
  left join lateral (select committed_at from mmadmin.batch b
                      where b.retirement = i.retirement and i.seq between b.first_seq and b.last_seq
                      order by committed_at desc limit 1) b on true
 where r.retirement = $1::bigint and i.seq > $2::bigint
 order by i.seq
 limit $3::bigint;
