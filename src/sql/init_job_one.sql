-- One job at a time for a retirement.
create unique index job_one on mmadmin.job (retirement) where state in ('waiting', 'running');
