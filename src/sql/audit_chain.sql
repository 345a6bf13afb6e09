-- Entries of the audit after $1, at most 1000, to be hashed again.
select seq, body, hash from mmadmin.audit where seq > $1::bigint order by seq limit 1000;
