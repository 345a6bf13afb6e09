-- Whether a job waits for a worker.
select exists (select from mmadmin.job
                where state = 'waiting' or state = 'running' and lease_until <= now()) as is_claimable;
