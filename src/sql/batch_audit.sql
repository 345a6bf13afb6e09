-- The entry in the audit of the batch of retirement $1 of kind $2 (apply or undo) that begins at $3, in the columns of
-- audit_append.sql.
select seq as audit_seq, encode(hash, 'hex') as audit_hash
  from mmadmin.audit
 where retirement = $1::bigint and what = case $2 when 'apply' then 'retired' else 'restored' end
   and (body::json -> 'detail' ->> 'first_seq')::bigint = $3::bigint;
