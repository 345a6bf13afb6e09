-- Moves retirement $1 to the state $2 when it is in one of $3 (text[]) and was not pruned. What had changed until then is accepted, so
-- that going on does not stop at once again.
update mmadmin.retirement r
   set state = $2, why = null, xact = pg_current_xact_id(),
       changed_accepted = case when $2 = 'applying' then
           (select coalesce(sum(changed), 0) from mmadmin.batch b where b.retirement = r.retirement and b.kind = 'apply')
           else changed_accepted end
 where retirement = $1::bigint and state = any ($3::text[]) and pruned_at is null
returning retirement;
