/* What the files of lake and retirement share. */
#ifndef MM_CORE_LAKE_H
#define MM_CORE_LAKE_H

#include "mm/lake.h"

/* How a transaction runs. */
typedef enum mm_mode {
    MM_READ,
    MM_WRITE,    /* as long as a reading statement may take */
    MM_BATCH,    /* below a second: deadlock_timeout would kill upstream's writer instead of mm */
    MM_TID_BATCH /* the same, with joins that keep to row addresses */
} mm_mode;

/* Runs the statements `names` (count of them, all with the same parameters, of which each takes
 * those it has) as one transaction, and leaves it open for mm_db_end where `open`. */
mm_code mm_lake_run(mm_lake *lake, mm_mode mode, const char *modes, const char *const *names,
                    size_t count, const char *const *params, bool open, mm_result **results,
                    mm_error *err) MM_CHECK;

mm_db *mm_lake_db(const mm_lake *lake);

/* The text of a result's first row, "" for null. */
const char *mm_result_text(const mm_result *result, int column);
int64_t mm_result_int(const mm_result *result, int column, int64_t if_null);

#endif
