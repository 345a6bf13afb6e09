-- Fragment: appends CTE `entry` (what, retirement, why, detail json: no row or one) to the audit chain. It must end its
-- transaction: the head is locked from here to the commit, and only commits wait for each other.
, record as materialized (
    select substr(json_strip_nulls(json_build_object(
               'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'what', what, 'retirement', retirement, 'why', why, 'user', session_user, 'role', current_user,
               'by', nullif(current_setting('mm.actor', true), '')::json, 'detail', detail))::text, 2) as rest
      from entry
), head as (
    update mmadmin.audit_head h
       set seq = h.seq + 1, hash = sha256(h.hash || convert_to('{"seq":' || h.seq + 1 || ',' || r.rest, 'UTF8'))
      from record r
    returning h.seq, h.hash, '{"seq":' || h.seq || ',' || r.rest as body
)
-- Without a head there is no seq, and the transaction fails: nothing is changed that is not in the audit.
insert into mmadmin.audit (seq, body, hash)
select h.seq, h.body, h.hash from record left join head h on true
returning seq as audit_seq, encode(hash, 'hex') as audit_hash;
