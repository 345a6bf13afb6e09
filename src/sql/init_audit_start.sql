-- Before the first entry.
insert into mmadmin.audit_head (seq, hash) values (0, sha256(''));
