-- Fragment: CTE `rewriting`, triggers and rules of a `lake` that may keep rows from being retired or queued, or change
-- them on the way: those that run before a row is written or in place of that.
rewriting as (
    select l.namespace, format('trigger %s on %s', t.tgname, c.relname) as what
      from lake l
      join pg_catalog.pg_class c
        on c.relnamespace = l.namespace and c.relname in ('lakehouse_partitions', 'temporary_files')
      join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled in ('O', 'A')
       and t.tgtype & 1 = 1 and t.tgtype & (2 | 64) <> 0 and t.tgtype & (4 | 8) <> 0 -- row, before or instead, insert or delete
    union all
    select l.namespace, format('rule %s on %s', r.rulename, c.relname)
      from lake l
      join pg_catalog.pg_class c
        on c.relnamespace = l.namespace and c.relname in ('lakehouse_partitions', 'temporary_files')
      join pg_catalog.pg_rewrite r on r.ev_class = c.oid and r.rulename <> '_RETURN' and r.ev_enabled in ('O', 'A')
)
