-- Lets one retirement begin at a time, so that the guards of the next one see it (budgets are lake-wide), and none while
-- a hold is being made. The key is mm's own ("mm" and 1); upstream's are of the other kind, a single bigint.
select pg_advisory_xact_lock(28013, 1);
