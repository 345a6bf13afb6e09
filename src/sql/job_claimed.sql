-- The job that was claimed by claim $3.
\ir job_columns.sql
 where j.claim = $3 and j.state = 'running';
