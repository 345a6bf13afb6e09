-- Mutants that change nothing that anybody could notice, by the reason why. They are not run.
local REASONS = {
   {
      why = "`xact` alone finds the one row that this transaction has written",
      "src/sql/retire_batch.sql: true for retirement = $1::bigint",
      "src/sql/retire_moved.sql: true for retirement = $1::bigint",
      "src/sql/retire_close.sql: true for retirement = $1::bigint",
      "src/sql/retire_skipped.sql: true for r.retirement = $1::bigint",
      "src/sql/undo_leave_out.sql: true for r.retirement = $1::bigint",
      "src/sql/undo_restore.sql: true for r.retirement = $1::bigint",
      "src/sql/undo_dequeue.sql: true for r.retirement = $1::bigint",
      "src/sql/undo_close.sql: true for retirement = $1::bigint",
   },
   {
      why = "that there is a row is what counts, not what is in it",
      "src/sql/retire_begin.sql: null for retirement",
      "src/sql/retire_state.sql: null for retirement",
      "src/sql/undo_begin.sql: null for retirement",
      "src/sql/undo_end.sql: null for retirement",
      "src/sql/job_claim.sql: null for job",
      "src/sql/job_end.sql: null for job",
      "src/sql/job_give_up.sql: null for job #2",
      "src/sql/job_release.sql: null for job",
      "src/sql/job_renew.sql: null for job",
      "src/sql/answer_begin.sql: null for request_id",
      "src/sql/answer_forget.sql: null for request_id",
      "src/sql/answer_store.sql: null for request_id",
   },
   {
      why = "no two clocks agree to the microsecond",
      "src/sql/key_find.sql: select k.key, k.name, k.role, k.revoked_at, k.expires_at, k.expires_at «<=» now() as is_expired, "
         .. "-> <",
      "src/sql/keys.sql: where ($1::bool or revoked_at is null and (expires_at is null or expires_at «>» now())) -> >=",
      "src/sql/job_claim.sql: where (state = 'waiting' or state = 'running' and lease_until «<=» now()) and attempts < $5::int "
         .. "-> <",
      "src/sql/job_claimable.sql: where state = 'waiting' or state = 'running' and lease_until «<=» now()) as is_claimable; "
         .. "-> <",
      "src/sql/job_give_up.sql: where (state = 'waiting' or state = 'running' and lease_until «<=» now()) and attempts >= "
         .. "$5::int -> <",
      "src/sql/answer_clean.sql: where created_at «<» now() - interval '24 hours' -> <=",
      "src/sql/answer_find.sql: select fingerprint, request_id, status, headers, body, created_at «<» now() - interval '5 "
         .. "minutes' as is_late -> <=",
      "src/sql/retire_begin.sql: where retirement = $1::bigint and (state = 'planned' and now() «<» valid_until or state = "
         .. "'applying') and pruned_at is null -> <=",
      "src/sql/retire_claim.sql: and now() «<» undo_until - interval '1 hour' -> <=",
      "src/sql/guard_writers.sql: ('within_soak', o.last_write «>» now() - interval '1 hour', o.last_write + interval '1 hour'), "
         .. "-> >=",
      "src/sql/guard_budget.sql: where kind = 'apply' and committed_at «>» now() - interval '24 hours' -> >=",
      "src/sql/guard_budget.sql: r.retirement = p.retirement or r.state = 'applying' and now() «<» r.undo_until - interval "
         .. "'1 hour' -> <=",
      "src/sql/is_prunable.sql: and coalesce(r.undo_until + r.next_seq / 20000 * interval '1 hour', r.valid_until) «<» now() - "
         .. "$1::interval -> <=",
      "src/sql/plan_selection.sql: and c.source_until «>» now() + $12::interval + interval '1 day')) is true as is_selected -> >=",
      "src/sql/retirements.sql: r.valid_until, r.valid_until «<=» now() and r.state = 'planned' as is_expired, -> <",
      "src/sql/undo_newer.sql: where p.updated «>» (select applied_at from mmadmin.retirement where retirement = $1::bigint) -> >=",
      "src/sql/undo_problem.sql: when t.expiration «<=» now() + interval '5 minutes' then 'file_expires' -> <",
      "src/sql/undo_dequeue.sql: count(*) filter (where g.expiration «<=» now() + interval '5 minutes') as late, -> <",
      "src/sql/undo_dequeue.sql: min(p.file_path) filter (where g.file_path is null or g.expiration «<=» now() + interval "
         .. "'5 minutes') as example -> <",
   },
   {
      why = "only a connection that is lost shows it: lost_changes_spec, which needs the proxy that is not built here",
      "src/sql/keys.sql: true for ($3::text is null or hash = decode($3, 'hex'))",
      "src/sql/keys.sql: false for hash = decode($3, 'hex')",
      "src/sql/keys.sql: true for ($2::bigint is null or key = $2::bigint)",
      "src/sql/keys.sql: false for key = $2::bigint",
      "src/sql/job_claimed.sql: true for j.state = 'running'",
      "src/sql/answer_find.sql: null for request_id",
   },
   {
      why = "where it cannot be written the attempt fails, which keeps nobody from reading",
      "src/sql/key_find.sql: true for not pg_is_in_recovery()",
   },
   {
      why = "one state alone leads to the same index",
      "src/sql/job_add.sql: without on conflict (retirement) where state in («'waiting'», 'running') do nothing",
      "src/sql/job_add.sql: without on conflict (retirement) where state in ('waiting', «'running'») do nothing",
   },
   {
      why = "those are given up before, in the same transaction, but for rows that another claim had locked just then",
      "src/sql/job_claim.sql: true for attempts < $5::int",
      "src/sql/job_claim.sql: where (state = 'waiting' or state = 'running' and lease_until <= now()) and attempts «<» $5::int -> "
         .. "<=",
   },
   {
      why = "no column has the number 0",
      "src/sql/plan_begin.sql: where attrelid = 'lakehouse_partitions'::regclass and attnum «>» 0 and not attisdropped -> >=",
      "src/sql/retire_claim.sql: where attrelid = 'lakehouse_partitions'::regclass and attnum «>» 0 and not attisdropped -> >=",
   },
   {
      why = "the core refuses a batch of less than one before it is claimed",
      "src/sql/retire_claim.sql: set batch_from = next_seq, next_seq = least(next_seq + greatest($2::bigint, «1»), partitions + "
         .. "1), xact = pg_current_xact_id() -> 0",
      "src/sql/undo_claim.sql: set batch_from = undo_seq, undo_seq = least(undo_seq + greatest($2::bigint, «1»), next_seq), xact "
         .. "= pg_current_xact_id() -> 0",
   },
   {
      why = "of another number of items the digest is another, too",
      "src/sql/retire_digest.sql: true for s.partitions = r.partitions",
   },
   {
      why = "who goes on with an undo gives what was recorded again",
      "src/sql/undo_begin.sql: null for 'undoing'",
   },
   {
      why = "no two partitions of a plan share a file: such a plan is refused",
      "src/sql/undo_dequeue.sql: select «distinct» i.file_path -> nothing",
   },
   {
      why = "an undo meets no holds, and nobody is told how many",
      "src/sql/undo_close.sql: null for held",
   },
   {
      why = "what is being undone cannot be resumed",
      "src/sql/retire_state.sql: true for b.kind = 'apply'",
   },
   {
      why = "mm always says how many days; 90 is for who asks from psql",
      "src/sql/plan_begin.sql: without values ('planned', $13, $1::text[], $2::text[], $14, coalesce($7::int, «90»), array(",
      "src/sql/plan_begin.sql: values ('planned', $13, $1::text[], $2::text[], $14, coalesce($7::int, «90»), array( -> 91",
      "src/sql/plan_begin.sql: values ('planned', $13, $1::text[], $2::text[], $14, coalesce($7::int, «90»), array( -> 89",
      "src/sql/source_today.sql: without from settings where key = 'retention_days'), $7::int, «90») as days,",
      "src/sql/source_today.sql: from settings where key = 'retention_days'), $7::int, «90») as days, -> 91",
      "src/sql/source_today.sql: from settings where key = 'retention_days'), $7::int, «90») as days, -> 89",
      "src/sql/source_today.sql: without -- unless settings: case when to_regclass('settings') is null then coalesce($7::int, "
         .. "«90»)::float8 end as days,",
      "src/sql/source_today.sql: -- unless settings: case when to_regclass('settings') is null then coalesce($7::int, "
         .. "«90»)::float8 end as days, -> 91",
      "src/sql/source_today.sql: -- unless settings: case when to_regclass('settings') is null then coalesce($7::int, "
         .. "«90»)::float8 end as days, -> 89",
   },
   {
      why = "asked after the last batch, when no item is to come",
      "src/sql/retire_live_files.sql: true for i.seq < r.next_seq",
      "src/sql/retire_live_files.sql: join mmadmin.item i on i.retirement = r.retirement and i.seq «<» r.next_seq -> <=",
   },
   {
      why = "nothing behind this batch is skipped yet",
      "src/sql/retire_moved.sql: true for s.seq < (select next_seq from claim)",
      "src/sql/retire_moved.sql: and s.seq >= (select batch_from from claim) and s.seq «<» (select next_seq from claim) -> <=",
      "src/sql/retire_skipped.sql: true for s.seq < r.next_seq",
      "src/sql/retire_skipped.sql: and s.retirement = r.retirement and s.seq >= r.batch_from and s.seq «<» r.next_seq -> <=",
   },
   {
      why = "for the index alone: what it finds is compared in every column",
      "src/sql/retire_moved.sql: true for p.view_set_name = b.view_set_name",
      "src/sql/retire_moved.sql: true for p.view_instance_id = b.view_instance_id",
      "src/sql/retire_moved.sql: true for p.begin_insert_time = b.begin_insert_time",
   },
   {
      why = "to spare reading the table: who has a whole key was found by the index, and is found again",
      "src/sql/retire_moved.sql: true for (b.view_set_name is null or b.view_instance_id is null or b.begin_insert_time is null)",
      "src/sql/retire_skipped.sql: true for (b.view_set_name is null or b.view_instance_id is null or b.begin_insert_time is null)",
   },
   {
      why = "no plan takes a partition without a view set, nor one without a hash",
      "src/sql/retire_moved.sql: false for b.view_set_name is null",
      "src/sql/retire_skipped.sql: false for b.view_set_name is null",
      "src/sql/retire_skipped.sql: where p.view_set_name «is not distinct from» b.view_set_name -> =",
      "src/sql/retire_skipped.sql: and p.file_schema_hash «is not distinct from» b.file_schema_hash -> =",
      "src/sql/retire_skipped.sql: and p.file_schema_hash «is not distinct from» b.file_schema_hash -> = #2",
      "src/sql/undo_problem.sql: -- unless sort_order:         and p.file_schema_hash «is not distinct from» i.file_schema_hash -> =",
   },
   {
      why = "an item of another retirement with this number and equal columns has the same file: which one it is makes no "
         .. "difference",
      "src/sql/retire_moved.sql: true for b.retirement = $1::bigint",
   },
   {
      why = "of a row that changed while this waited PostgreSQL 15 compares the address again; older minor versions do not",
      "src/sql/retire_moved.sql: true for \\ir same_partition.sql #3",
   },
   {
      why = "what is empty is so by its own columns, which do not change: it cannot get worse",
      "src/sql/retire_recheck.sql: without values «('empty', 0)», ('replaced', 0), ('rebuildable', 1), ('waits_for_blocks', 2), "
         .. "('short', 3), ('only_copy', 4)",
      "src/sql/retire_recheck.sql: values ('empty', «0»), ('replaced', 0), ('rebuildable', 1), ('waits_for_blocks', 2), ('short', "
         .. "3), ('only_copy', 4) -> 1",
   },
   {
      why = "what is undoing has something left, or retired nothing: then a batch of nothing ends it as its end would",
      "src/sql/undo_claim.sql: true for undo_seq < next_seq",
      "src/sql/undo_claim.sql: where retirement = $1::bigint and state = 'undoing' and undo_seq «<» next_seq -> <=",
   },
   {
      why = "to spare reading the queue: what it would find is joined with nothing",
      "src/sql/undo_leave_out.sql: true for $3::bool #2",
      "src/sql/undo_leave_out.sql: true for file_path in (select file_path from retired)",
   },
   {
      why = "to spare reading and sorting the table: a row of an instance that has no item takes part in nothing",
      "src/sql/undo_overlapped.sql: true for exists (select from retired)",
      "src/sql/undo_overlapped.sql: true for (p.view_set_name, p.view_instance_id) in (select view_set_name, view_instance_id "
         .. "from retired)",
   },
   {
      why = "a null among them is no item's number",
      "src/sql/undo_overlapped.sql: true for seq is not null",
   },
   {
      why = "to spare reading the table where no such item is planned: nothing overlaps nothing",
      "src/sql/guard_blocks_last.sql: true for (select ranges from blocks) is not null",
   },
   {
      why = "for the index alone: the path is one of the columns that are compared",
      "src/sql/guard_blocks_last.sql: true for b.file_path = p.file_path",
   },
   {
      why = "that there is a row, and its lock, is what counts, not what is in it",
      "src/sql/hold_wait.sql: null for retirement",
      "src/sql/prune_claim.sql: null for r.retirement",
   },
   {
      why = "how many are looked at at once is nobody's business but the memory's",
      "src/sql/audit_chain.sql: select seq, body, hash from mmadmin.audit where seq > $1::bigint order by seq limit «1000»; -> 1001",
      "src/sql/audit_chain.sql: select seq, body, hash from mmadmin.audit where seq > $1::bigint order by seq limit «1000»; -> 999",
   },
   {
      why = "mm asks for partitions that are not outdated by a range of one instance alone; the rest is for who asks from psql",
      "src/sql/plan_selection.sql: false for $3::text is null",
      "src/sql/plan_selection.sql: false for $4::text is null",
      "src/sql/plan_selection.sql: false for $5::timestamptz is null",
      "src/sql/plan_selection.sql: true for ($6::timestamptz is null or p.begin_insert_time < $6::timestamptz)",
      "src/sql/plan_selection.sql: false for p.begin_insert_time < $6::timestamptz",
      "src/sql/plan_selection.sql: and ($6::timestamptz is null or p.begin_insert_time «<» $6::timestamptz) -> <=",
   },
   {
      why = "what is outdated comes from the verdicts: here it is left out, whatever it is called",
      "src/sql/plan_selection.sql: null for 'outdated' #2",
   },
   {
      why = "nothing is worse than the only copy, whatever its rank",
      "src/sql/retire_recheck.sql: values ('empty', 0), ('replaced', 0), ('rebuildable', 1), ('waits_for_blocks', 2), ('short', "
         .. "3), ('only_copy', «4») -> 5",
   },
}

local equivalents = {why = {}}

for _, reason in ipairs(REASONS) do
   for _, name in ipairs(reason) do
      equivalents.why[name] = reason.why
   end
end

return equivalents
