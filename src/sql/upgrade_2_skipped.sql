-- State version 2: items may be skipped for a hold.
alter table mmadmin.skipped drop constraint skipped_why_check,
    add constraint skipped_why_check check (why in ('gone', 'changed', 'held'));
