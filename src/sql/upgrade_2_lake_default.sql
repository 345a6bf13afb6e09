-- State version 2: the server is always told.
alter table mmadmin.lake alter column system_identifier drop default;
