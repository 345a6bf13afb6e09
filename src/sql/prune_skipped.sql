-- Removes mmadmin.skipped of the retirement that this transaction prunes.
delete from mmadmin.skipped where retirement = (select retirement from mmadmin.retirement where xact = pg_current_xact_id());
