-- Waits for the batches that run: what they looked at did not have this transaction's hold. Later ones see it.
select retirement from mmadmin.retirement where state = 'applying' order by retirement for update;
