-- State version 2: on which server the lake is.
alter table mmadmin.lake add column system_identifier bigint not null default 0;
