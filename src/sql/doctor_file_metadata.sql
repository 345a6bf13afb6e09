-- Partitions whose number of rows the step to catalog version 3 cannot read, for they have no metadata: they make it
-- fail. No row: there are none.
select 'no_metadata' as kind, count(*) as count, min(
\ir place.sql
       ) as example
from lakehouse_partitions p
where file_metadata is null
having count(*) > 0;
