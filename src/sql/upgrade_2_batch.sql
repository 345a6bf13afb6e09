-- State version 2: batches leave what a hold covers.
alter table mmadmin.batch add column held bigint not null default 0;
