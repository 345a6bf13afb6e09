/* Retirements: a plan, its application in batches, and the way back. Numbers are
 * mmadmin.retirement's. */
#ifndef MM_RETIREMENT_H
#define MM_RETIREMENT_H

#include "mm/lake.h"

enum { MM_PLAN_PARAMS = 14 };

/* What one transaction of apply or undo did. `is_claimed` is false when there was nothing (left) to
 * do in the retirement's state, and then the rest is 0. */
typedef struct mm_batch {
    bool is_claimed;
    int64_t first_seq, last_seq;
    int64_t done;          /* retired or restored */
    int64_t gone, changed; /* not retired; of an undo: file lost, overlapped */
    int64_t bytes, remaining;
} mm_batch;

/* Plans: copies the chosen partitions with their verdicts to mmadmin.item and seals them with a
 * digest. `params` as plan_selection.sql and plan_begin.sql take them. One transaction. Errors:
 * REFUSED (partitions that share a file), as mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_plan(mm_lake *lake, const char *const params[MM_PLAN_PARAMS], int64_t *out,
                           mm_error *err) MM_CHECK;

/* From planned to applying: checks that the items still have the plan's digest, of which `digest`
 * is the beginning in hex, and that the plan is not too old; `undo_for` is an interval as
 * PostgreSQL reads it. Errors: CONFLICT (not planned, too old, tampered with), NOT_FOUND, as
 * mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_begin(mm_lake *lake, int64_t number, const char *digest, const char *reason,
                            const char *undo_for, mm_error *err) MM_CHECK;

/* Retires the next `limit` planned rows that are still as planned: deletes them and queues their
 * files. One transaction, below a second; on failure nothing changed unless err->outcome says so.
 * Errors: TIMEOUT (try fewer), as mm_lake_check_writable and mm_db_run. */
mm_code mm_retirement_apply_batch(mm_lake *lake, int64_t number, int64_t limit, mm_batch *out,
                                  mm_error *err) MM_CHECK;

/* Moves a retirement to `state` when it is in one of `from` (a text[] literal). Errors: CONFLICT
 * when it is not. */
mm_code mm_retirement_set_state(mm_lake *lake, int64_t number, const char *state, const char *from,
                                mm_error *err) MM_CHECK;

/* From any state in which rows are retired to undoing. Errors: CONFLICT (nothing to undo). */
mm_code mm_retirement_undo_begin(mm_lake *lake, int64_t number, const char *reason,
                                 mm_error *err) MM_CHECK;

/* Brings the next `limit` rows back and takes their files out of the queue; what cannot be restored
 * is left out and noted where `leave_out`, else it is an error and the whole batch is left. One
 * transaction. Errors: CONFLICT (a file is lost or expires, a newer row overlaps), TIMEOUT (try
 * fewer), as mm_db_run. */
mm_code mm_retirement_undo_batch(mm_lake *lake, int64_t number, int64_t limit, bool leave_out,
                                 mm_batch *out, mm_error *err) MM_CHECK;

/* Ends an undo that has nothing (left) to bring back. */
mm_code mm_retirement_undo_end(mm_lake *lake, int64_t number, mm_error *err) MM_CHECK;

#endif
