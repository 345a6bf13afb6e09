-- Removes mmadmin.unrestored of the retirement that this transaction prunes.
delete from mmadmin.unrestored where retirement = (select retirement from mmadmin.retirement where xact = pg_current_xact_id());
