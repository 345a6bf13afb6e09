-- Retirements whose items nobody needs any more, for at least $1 (interval): nothing is left to apply or to undo, for the
-- last of their files may be deleted.
select r.retirement as number from mmadmin.retirement r where
\ir is_prunable.sql
 order by r.retirement;
