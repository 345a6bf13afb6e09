/* Retirements: a plan, its application in batches, and the way back. Numbers are
 * mmadmin.retirement's. */
#ifndef MM_RETIREMENT_H
#define MM_RETIREMENT_H

#include "mm/audit.h"

enum { MM_PLAN_PARAMS = 14 };

/* What one transaction of apply or undo did. `is_claimed` is false when there was nothing (left) to
 * do in the retirement's state, and then the rest is 0. */
typedef struct mm_batch {
    bool is_claimed;
    int64_t first_seq, last_seq;
    int64_t done;          /* retired or restored */
    int64_t gone, changed; /* not retired; of an undo: file lost, overlapped */
    int64_t held;          /* not retired, for a hold covers them */
    int64_t bytes, remaining;
    int64_t audit_seq; /* of the batch's entry in the audit, and its hash */
    char audit_hash[MM_HASH_HEX_BYTES];
} mm_batch;

/* Plans: copies the chosen partitions with their verdicts to mmadmin.item and seals them with a
 * digest. `params` as plan_selection.sql and plan_begin.sql take them. One transaction. Errors:
 * REFUSED (partitions that share a file), as mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_plan(mm_lake *lake, const char *const params[MM_PLAN_PARAMS], int64_t *out,
                           mm_error *err) MM_CHECK;

/* Statements that find what speaks against a change, asked inside its transaction: guard_NAME.sql
 * for each name. */
typedef struct mm_guards {
    const char *const *names;
    size_t count;
    const char *overrides; /* why others are not asked, JSON by their names */
} mm_guards;

enum { MM_MAX_GUARDS = 8 };

/* From planned to applying, or on with one that is applying: checks that the items still have the
 * plan's digest, of which `digest` is the beginning in hex, that the plan is not too old, and that
 * no guard finds anything; `undo_for` is an interval as PostgreSQL reads it. Errors: REFUSED
 * (detail: the guard's name), CONFLICT (not planned, too old, tampered with), NOT_FOUND, as
 * mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_begin(mm_lake *lake, int64_t number, const char *digest, const char *reason,
                            const char *undo_for, const mm_guards *guards, mm_error *err) MM_CHECK;

/* Retires the next `limit` planned rows that are still as planned, only if they begin at `from` (0:
 * wherever): deletes them and queues their files. One transaction, below a second; on failure
 * nothing changed unless err->outcome says so. Errors: TIMEOUT (try fewer), as
 * mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_apply_batch(mm_lake *lake, int64_t number, int64_t limit, int64_t from,
                                  mm_batch *out, mm_error *err) MM_CHECK;

/* Finds the batch of `kind` ("apply" or "undo") that begins at `first_seq`, for one whose
 * connection was lost: waits for the transaction if it is still running. Not claimed: it was not
 * committed. Errors: as mm_db_run. */
mm_code mm_retirement_find_batch(mm_lake *lake, int64_t number, const char *kind, int64_t first_seq,
                                 mm_batch *out, mm_error *err) MM_CHECK;

/* Moves a retirement to `state` when it is in one of `from` (a text[] literal). Errors: CONFLICT
 * when it is not. */
mm_code mm_retirement_set_state(mm_lake *lake, int64_t number, const char *state, const char *from,
                                mm_error *err) MM_CHECK;

/* From any state in which rows are retired to undoing; `overrides` as in mm_guards. Errors:
 * CONFLICT (nothing to undo). */
mm_code mm_retirement_undo_begin(mm_lake *lake, int64_t number, const char *reason,
                                 const char *overrides, mm_error *err) MM_CHECK;

/* Removes the items of a retirement that nobody needs any more, for at least `older_than` (an
 * interval). `*out`: whether there was something to do. Errors: as mm_db_run. */
mm_code mm_retirement_prune(mm_lake *lake, int64_t number, const char *older_than,
                            const char *reason, bool *out, mm_error *err) MM_CHECK;

/* Brings the next `limit` rows back, only if they begin at `from` (0: wherever), and takes their
 * files out of the queue; what cannot be restored is left out and noted where `leave_out`, else it
 * is an error and the whole batch is left. One transaction. Errors: CONFLICT (a file is lost or
 * expires, a newer row overlaps), TIMEOUT (try fewer), as mm_db_run. */
mm_code mm_retirement_undo_batch(mm_lake *lake, int64_t number, int64_t limit, int64_t from,
                                 bool leave_out, mm_batch *out, mm_error *err) MM_CHECK;

/* Ends an undo that has nothing (left) to bring back. */
mm_code mm_retirement_undo_end(mm_lake *lake, int64_t number, mm_error *err) MM_CHECK;

#endif
