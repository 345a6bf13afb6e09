-- Waits for the batches that run: what they looked at did not have this transaction's hold. Later ones see it, for none
-- begins before this transaction ends: nor of a retirement that is paused, and no other can become applying meanwhile
-- (retire_lock.sql).
select retirement from mmadmin.retirement where state in ('applying', 'paused') order by retirement for update;
