-- Waits until no transaction is left that was changing retirement $1: what follows sees what it committed.
select retirement from mmadmin.retirement where retirement = $1::bigint for share;
