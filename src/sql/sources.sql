-- Fragment, to be included, the first CTEs of a statement: the view sets of a registry, and the source blocks of each.
-- $1 names of the view sets of the registry (text[])   $2 their hashes in hex (text[])
with registry as (
    select view_set_name, decode(hex, 'hex') as current_schema_hash
    from unnest($1::text[], $2::text[]) as r (view_set_name, hex)
),
-- The blocks that a row is made from, for `global` and for other instances: `all` (then the source count is
-- their number, else that of their events), those of streams with a tag, of the `stream` that is the instance.
-- feeds: what must be current where upstream rebuilds it: 0 nothing, 1 the view set blocks, 2 log_entries as well.
origin (view_set_name, of_global, of_instance, feeds, are_rows_comparable) as (
    values ('blocks', 'all', null, 0, true), ('processes', 'all', null, 1, false), ('streams', 'all', null, 1, false),
           ('log_stats', 'log', null, 2, false), ('log_entries', 'log', 'log', 1, true),
           ('measures', 'metrics', 'metrics', 1, true), ('async_events', null, 'cpu', 1, true),
           ('net_spans', null, 'net', 1, true), ('thread_spans', null, 'stream', 1, true)
),
view_set as materialized (
    select r.view_set_name, r.current_schema_hash, o.of_global, o.of_instance, o.feeds,
           coalesce(o.are_rows_comparable, true) as are_rows_comparable
    from registry r
    left join origin o on o.view_set_name = r.view_set_name
        -- An operator who replaced log_stats may count and compute anything.
        and (o.view_set_name <> 'log_stats'
             or exists (select from lakehouse_view_set_definitions d            -- if lakehouse_view_set_definitions
                        where d.view_set_name = 'log_stats'                     -- if lakehouse_view_set_definitions
                          and d.updated_by = 'migration'))                      -- if lakehouse_view_set_definitions
             -- unless lakehouse_view_set_definitions: or to_regclass('lakehouse_view_set_definitions') is null)
)
