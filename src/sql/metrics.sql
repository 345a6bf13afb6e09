-- What is counted in mmadmin: a row for each name and label, of retirements by state, jobs by state, entries of the audit
-- by what they are about.
select 'retirements' as name, state as label, count(*) as value from mmadmin.retirement group by state
union all
select 'jobs', state, count(*) from mmadmin.job group by state
union all
select 'audit_entries', what, count(*) from mmadmin.audit group by what
 order by 1, 2;
