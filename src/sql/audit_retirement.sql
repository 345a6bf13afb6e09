-- Audits what this transaction did to a retirement: the batch that it commits, else the state it moved it to. No row:
-- nothing.
with entry as (
    select case when r.pruned_at is not null then 'pruned' when b.kind = 'apply' then 'retired'
                when b.kind = 'undo' then 'restored' else r.state end as what,
           r.retirement, r.why,
           case when b.kind is not null then
               json_build_object('first_seq', b.first_seq, 'last_seq', b.last_seq, 'done', b.done, 'gone', b.gone,
                                 'changed', b.changed, 'held', b.held, 'bytes', b.bytes, 'state', r.state)
           when r.state = 'planned' then
               json_build_object('partitions', r.partitions, 'bytes', r.bytes, 'digest', encode(r.digest, 'hex'),
                                 'selection', r.selection::json, 'registry', r.registry_source)
           when r.state = 'applying' then
               json_build_object('next_seq', r.next_seq, 'partitions', r.partitions, 'undo_until', r.undo_until,
                                 'overrides', r.overrides::json)
           else json_build_object('next_seq', r.next_seq, 'undo_seq', r.undo_seq,
                                  'overrides', case when r.state = 'undoing' then r.overrides::json end)
           end as detail
      from mmadmin.retirement r
      left join mmadmin.batch b on b.retirement = r.retirement and b.xmin = pg_current_xact_id()::xid
     where r.xact = pg_current_xact_id()
)
\ir audit_append.sql
