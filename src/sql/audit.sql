-- The audit, a page of $5 entries after entry $4 (null: from the beginning), or the newest first: $1 the retirement or
-- null, $2 what or null, $3 not before it (timestamptz) or null. by_*: what mm said of itself, the rest is the server's word.
select a.seq, (a.body::json ->> 'at')::timestamptz as at, a.what, a.retirement as number,
       encode(r.digest, 'hex') as digest, a.body::json ->> 'why' as why,
       a.body::json ->> 'user' as user, a.body::json ->> 'role' as role,
       b.by ->> 'user' as by_user, b.by ->> 'host' as by_host, b.by ->> 'program' as by_program,
       b.by ->> 'principal' as by_principal, b.by ->> 'request' as by_request,
       b.by ->> 'script' as by_script, b.by ->> 'script_sha256' as by_script_sha256,
       a.body::json ->> 'detail' as detail, encode(a.hash, 'hex') as hash
  from mmadmin.audit a
 cross join lateral (select a.body::json -> 'by' as by) b
  left join mmadmin.retirement r on r.retirement = a.retirement
 where a.seq > coalesce($4::bigint, 0) -- unless newest
 -- if newest: where ($4::bigint is null or a.seq < $4::bigint)
   and ($1::bigint is null or a.retirement = $1::bigint)
   and ($2::text is null or a.what = $2::text)
   and ($3::timestamptz is null or (a.body::json ->> 'at')::timestamptz >= $3::timestamptz)
 order by a.seq -- unless newest
 -- if newest: order by a.seq desc
 limit $5::bigint;
