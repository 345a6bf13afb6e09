-- Adds a job: $1 the kind, $2 the retirement, $3 arguments (JSON), $4 for whom, $5 the request's id. No row: the retirement
-- has one already.
insert into mmadmin.job (kind, retirement, arguments, principal, request_id)
values ($1, $2::bigint, $3, $4, $5)
on conflict (retirement) where state in ('waiting', 'running') do nothing
returning job;
