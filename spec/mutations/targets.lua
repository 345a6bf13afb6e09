-- What is changed, and the specs that should notice, the quickest first: a list of {files, specs}. Both are patterns of
-- the shell; a file belongs to the first that it fits.
local APPLY = "apply_spec neighbours_spec batches_spec apply_stops_spec ranges_spec"

return {
   {"src/sql/retire_begin.sql src/sql/retire_lock.sql src/sql/retire_state.sql src/sql/retire_digest.sql",
      "apply_spec apply_stops_spec neighbours_spec guards_spec prune_spec"},
   {"src/sql/retire_*.sql src/sql/same_partition.sql", APPLY},
   {"src/sql/undo_begin.sql src/sql/undo_end.sql", "undo_spec neighbours_spec guards_limits_spec audit_spec prune_spec"},
   {"src/sql/undo_*.sql", "undo_spec neighbours_spec batches_spec prune_spec"},
   {"src/sql/plan_*.sql src/sql/item_digest.sql", "plan_spec neighbours_spec ranges_spec apply_stops_spec"},
   {"src/sql/verdict.sql src/sql/source*.sql", "verdict_spec plan_spec apply_stops_spec"},
   {"src/sql/guard_writers.sql", "guards_writers_spec"},
   {"src/sql/guard_*.sql src/sql/unproven.sql src/sql/place.sql",
      "guards_limits_spec guard_blocks_last_spec guards_spec holds_spec"},
   {"src/sql/hold*.sql src/sql/held.sql", "holds_spec guards_spec"},
   {"src/sql/key*.sql src/sql/audit_key.sql lua/mm/keys.lua", "keys_spec lost_changes_spec"},
   {"src/sql/job*.sql lua/mm/jobs.lua lua/mm/claims.lua", "jobs_spec lost_changes_spec"},
   {"src/sql/answer*.sql lua/mm/answers.lua", "answers_spec lost_changes_spec"},
   {"src/sql/audit*.sql", "audit_spec"},
   {"src/sql/prun*.sql src/sql/is_prunable.sql", "prune_spec"},
   {"src/sql/retirement*.sql", "neighbours_spec apply_stops_spec apply_spec undo_spec plan_spec verbs_spec"},
   {"src/core/retirement.c lua/mm/apply.lua lua/mm/begin.lua lua/mm/look.lua lua/mm/patience.lua lua/mm/stops.lua",
      APPLY .. " undo_spec verbs_spec"},
   {"lua/mm/undo.lua", "undo_spec batches_spec verbs_spec"},
   {"src/core/lake_state.c", "state_spec catalog_spec plan_spec apply_stops_spec undo_spec"},
   {"lua/mm/plan.lua lua/mm/retire.lua", "plan_spec ranges_spec apply_spec misuse_spec verbs_spec"},
}
