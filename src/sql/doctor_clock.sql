-- Partitions that were written more than a minute in the future, and the last of these times. No row: there are none.
select 'written_ahead' as kind, count(*) as count, max(updated) as time, min(
\ir place.sql
       ) as example
from lakehouse_partitions p
where updated > now() + interval '1 minute'
having count(*) > 0;
