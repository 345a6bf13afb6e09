-- Locks job $1, so that the next statement sees what was committed before its end.
select job from mmadmin.job where job = $1::bigint for update;
