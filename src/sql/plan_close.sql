-- Ends the plan that this transaction began: its size and digest.
update mmadmin.retirement r
   set partitions = s.partitions, bytes = s.bytes, digest = s.digest
  from (select count(*) as partitions, coalesce(sum(i.file_size), 0)::bigint as bytes,
\ir item_digest.sql
               as digest
          from mmadmin.item i
         where i.retirement = (select retirement from mmadmin.retirement where xact = pg_current_xact_id())
       ) s
 where r.xact = pg_current_xact_id()
returning r.retirement;
