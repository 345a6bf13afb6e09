-- The end of the audit chain, which every entry moves.
create table mmadmin.audit_head (
    only_row bool primary key default true check (only_row),
    seq bigint not null,
    hash bytea not null
);
