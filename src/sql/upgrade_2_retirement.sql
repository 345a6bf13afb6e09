-- State version 2: overridden guards, the reason of the last change, pruned items.
alter table mmadmin.retirement add column overrides text not null default '{}', add column why text,
    add column pruned_at timestamptz;
