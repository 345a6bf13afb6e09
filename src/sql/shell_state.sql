-- What the prompt shows: whether a registry is published, and the newest retirement that is under way.
select exists (select from mmadmin.view_set) as is_published, r.retirement as number,
       encode(r.digest, 'hex') as digest, r.state
  from (select 1) one
  left join lateral (select retirement, digest, state
                       from mmadmin.retirement
                      where state in ('applying', 'paused', 'undoing')
                      order by retirement desc
                      limit 1) r on true;
