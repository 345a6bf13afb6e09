-- Where the audit chain ends by its head, and by its entries.
select h.seq, h.hash, (select max(seq) from mmadmin.audit) as last_seq from mmadmin.audit_head h;
