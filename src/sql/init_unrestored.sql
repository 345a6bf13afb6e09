-- Retired items that an undo, asked to leave them out, did not bring back.
create table mmadmin.unrestored (
    retirement bigint not null,
    seq bigint not null,
    why text not null check (why in ('file_deleted', 'file_expires', 'overlapped')),
    primary key (retirement, seq),
    foreign key (retirement, seq) references mmadmin.item
);
