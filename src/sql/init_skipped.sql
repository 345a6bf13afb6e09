-- Items that apply did not retire: gone (somebody else removed the row) or changed (it is another row
-- now) or held (a hold covers it).
create table mmadmin.skipped (
    retirement bigint not null,
    seq bigint not null,
    why text check (why in ('gone', 'changed', 'held')),
    primary key (retirement, seq),
    foreign key (retirement, seq) references mmadmin.item
);
