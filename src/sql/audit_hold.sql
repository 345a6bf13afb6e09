-- Audits the holds that this transaction made or released.
with entry as (
    select case when h.released_at is null then 'held' else 'released' end as what, null::bigint as retirement,
           coalesce(h.release_reason, h.reason) as why,
           json_build_object('hold', h.hold, 'view_set', h.view_set_name, 'view_instance', h.view_instance_id,
                             'from', h.begin_insert_time, 'to', h.end_insert_time) as detail
      from mmadmin.hold h
     where h.xmin = pg_current_xact_id()::xid
)
\ir audit_append.sql
