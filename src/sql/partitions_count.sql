-- How many partitions a listing has. $1 to $7 as in partitions_chosen.sql.
select count(*) as partitions
\ir partitions_chosen.sql
;
