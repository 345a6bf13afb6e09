-- What is changed, and the specs that should notice: a list of {group, files, specs}. Both are patterns of the shell; a
-- file belongs to the first that it fits. The groups are those of the figures.
local APPLY = "apply_spec neighbours_spec batches_spec apply_stops_spec ranges_spec old_catalogs_spec"

return {
   {"apply", "src/sql/retire_*.sql src/sql/same_partition.sql", APPLY .. " guards_spec holds_spec prune_spec audit_spec"},
   {"undo", "src/sql/undo_begin.sql src/sql/undo_end.sql",
      "undo_spec neighbours_spec guards_limits_spec audit_spec prune_spec"},
   {"undo", "src/sql/undo_*.sql", "undo_spec neighbours_spec batches_spec"},
   {"plan", "src/sql/plan_*.sql src/sql/item_digest.sql",
      "plan_spec ranges_spec neighbours_spec holds_spec guards_spec"},
   {"guards", "src/sql/guard_writers.sql", "guards_writers_spec"},
   {"guards", "src/sql/guard_*.sql src/sql/unproven.sql src/sql/place.sql",
      "guards_limits_spec guard_blocks_last_spec guards_spec holds_spec old_catalogs_spec"},
   {"holds", "src/sql/hold*.sql src/sql/held.sql", "holds_spec guards_spec plan_spec"},
   {"keys", "src/sql/key*.sql src/sql/audit_key.sql lua/mm/keys.lua", "keys_spec"},
   {"jobs", "src/sql/job*.sql lua/mm/jobs.lua lua/mm/claims.lua", "jobs_spec"},
   {"answers", "src/sql/answer*.sql lua/mm/answers.lua", "answers_spec"},
   {"audit", "src/sql/audit*.sql", "audit_spec audit_chain_spec holds_spec guards_limits_spec"},
   {"prune", "src/sql/prun*.sql src/sql/is_prunable.sql", "prune_spec"},
   {"listings", "src/sql/retirement*.sql", "neighbours_spec apply_spec plan_spec undo_spec verbs_spec"},
   {"verdicts", "src/sql/verdict.sql src/sql/source*.sql", "verdict_spec plan_spec apply_stops_spec listing_spec"},
   {"code", "src/core/retirement.c lua/mm/apply.lua lua/mm/begin.lua lua/mm/look.lua lua/mm/patience.lua "
      .. "lua/mm/stops.lua", APPLY .. " undo_spec verbs_spec"},
   {"code", "lua/mm/undo.lua", "undo_spec batches_spec verbs_spec"},
   {"code", "src/core/lake_state.c", "state_spec catalog_spec plan_spec apply_stops_spec undo_spec"},
   {"code", "lua/mm/plan.lua lua/mm/retire.lua", "plan_spec ranges_spec apply_spec misuse_spec verbs_spec"},
}
