-- Jobs, the newest first, at most $4: $1 one of them or null, $2 of a retirement or null, $3 in a state or null.
\ir job_columns.sql
 where ($1::bigint is null or j.job = $1::bigint)
   and ($2::bigint is null or j.retirement = $2::bigint)
   and ($3::text is null or j.state = $3)
 order by j.job desc
 limit $4::bigint;
