-- Whether the items of retirement $1 are still those that were planned, and its digest is $2 (hex, its beginning).
select s.digest = r.digest and s.partitions = r.partitions as is_unchanged,
       starts_with(encode(r.digest, 'hex'), $2) as is_asked_for
  from mmadmin.retirement r,
       (select count(*) as partitions,
\ir item_digest.sql
               as digest
          from mmadmin.item i
         where i.retirement = $1::bigint) s
 where r.retirement = $1::bigint;
