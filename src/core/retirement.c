#include "mm/retirement.h"

#include "lake.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 24, GUARD_BYTES = 40 };

static void write_number(char out[NUMBER_BYTES], int64_t number)
{
    snprintf(out, NUMBER_BYTES, "%lld", (long long)number);
}

static void free_results(mm_result **results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mm_result_free(results[i]);
}

/* Commits the open transaction when `code` is MM_OK, else rolls it back. */
static mm_code end(mm_lake *lake, mm_code code, mm_error *err)
{
    mm_error ignored = {0};

    if (code == MM_OK)
        return mm_db_end(mm_lake_db(lake), true, err);
    (void)!mm_db_end(mm_lake_db(lake), false, &ignored);
    return code;
}

static mm_code check_shared_files(const mm_result *shared, mm_error *err)
{
    int64_t files = mm_result_int(shared, 0, 0);

    if (!files)
        return MM_OK;
    mm_error_set(err, MM_REFUSED,
                 "%lld files of the chosen partitions belong to several partitions",
                 (long long)files);
    mm_error_detail(err, "%s", mm_result_text(shared, 1));
    mm_error_hint(err, "retiring one would delete the data of the other; micromegas never shares a "
                       "file, so find out where these rows come from");
    return err->code;
}

mm_code mm_retirement_plan(mm_lake *lake, const char *const params[MM_PLAN_PARAMS], int64_t *out,
                           mm_error *err)
{
    static const char *const names[] = {"plan_begin", "plan_items", "plan_shared_files",
                                        "plan_close", "audit_retirement"};
    enum { SHARED_FILES = 2, CLOSE = 3, COUNT = 5 };
    mm_result *results[COUNT] = {NULL};
    mm_code code = mm_lake_begin_change(lake, err);

    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, NULL, names, COUNT, params, true, results, err);
    if (code)
        return code;
    code = end(lake, check_shared_files(results[SHARED_FILES], err), err);
    if (code == MM_OK)
        *out = mm_result_int(results[CLOSE], 0, 0);
    free_results(results, COUNT);
    return code;
}

static bool is_true(const mm_result *result, int column)
{
    if (mm_result_rows(result) == 0)
        return false;
    mm_value value = mm_result_value(result, 0, column);
    return value.kind == MM_BOOL && value.as.boolean;
}

static mm_code check_begun(const mm_result *begun, const mm_result *digest, int64_t number,
                           mm_error *err)
{
    if (mm_result_rows(digest) == 0)
        return mm_error_set(err, MM_NOT_FOUND, "no retirement has the number %lld",
                            (long long)number);
    if (!is_true(digest, 1))
        return mm_error_set(err, MM_NOT_FOUND,
                            "retirement %lld has another digest: it is not the plan that was shown",
                            (long long)number);
    if (mm_result_rows(begun) == 0) {
        mm_error_set(err, MM_CONFLICT,
                     "retirement %lld is no plan to apply: it is applied, abandoned or too old",
                     (long long)number);
        mm_error_hint(err, "plans are good for 24 hours; make a new one");
        return MM_CONFLICT;
    }
    if (!is_true(digest, 0))
        return mm_error_set(err, MM_CONFLICT,
                            "the items of retirement %lld are not those that were planned: "
                            "somebody changed mmadmin.item",
                            (long long)number);
    return MM_OK;
}

static mm_code check_guards(const mm_guards *guards, mm_result *const *found, mm_error *err)
{
    for (size_t i = 0; i < guards->count; i++) {
        if (!mm_result_rows(found[i]))
            continue;
        mm_error_set(err, MM_REFUSED, "the guard %s found something just now: nothing was changed",
                     guards->names[i]);
        mm_error_detail(err, "%s", guards->names[i]);
        return MM_REFUSED;
    }
    return MM_OK;
}

/* "guard_NAME" for each guard; false when there are too many or a name is too long. */
static bool name_guards(const mm_guards *guards, char texts[][GUARD_BYTES], const char **names)
{
    if (guards->count > MM_MAX_GUARDS)
        return false;
    for (size_t i = 0; i < guards->count; i++) {
        int length = snprintf(texts[i], GUARD_BYTES, "guard_%s", guards->names[i]);
        if (length < 0 || length >= GUARD_BYTES)
            return false;
        names[i] = texts[i];
    }
    return true;
}

mm_code mm_retirement_begin(mm_lake *lake, int64_t number, const char *digest, const char *reason,
                            const char *undo_for, const mm_guards *guards, mm_error *err)
{
    enum { BEGIN = 1, DIGEST = 2, GUARDS = 3, MAX = GUARDS + MM_MAX_GUARDS + 1 };
    const char *names[MAX] = {"retire_lock", "retire_begin", "retire_digest"};
    char text[NUMBER_BYTES], guard_texts[MM_MAX_GUARDS][GUARD_BYTES];
    const char *params[] = {text, digest, reason, undo_for, guards->overrides};
    mm_result *results[MAX] = {NULL};
    size_t count = GUARDS + guards->count + 1;

    write_number(text, number);
    if (!name_guards(guards, guard_texts, names + GUARDS))
        return mm_error_set(err, MM_INVALID, "more or longer names of guards than there are");
    names[count - 1] = "audit_retirement";
    mm_code code = mm_lake_begin_change(lake, err);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, "stored", names, count, params, true, results, err);
    if (code)
        return code;
    code = check_begun(results[BEGIN], results[DIGEST], number, err);
    if (code == MM_OK)
        code = check_guards(guards, results + GUARDS, err);
    code = end(lake, code, err);
    free_results(results, count);
    return code;
}

/* Columns of retire_close.sql and undo_close.sql. */
enum { FIRST_SEQ, LAST_SEQ, DONE, GONE, CHANGED, HELD, BYTES, REMAINING };
/* Columns of audit_append.sql. */
enum { AUDIT_SEQ, AUDIT_HASH };

static mm_batch read_batch(const mm_result *close, const mm_result *audit)
{
    if (mm_result_rows(close) == 0)
        return (mm_batch){0};
    mm_batch batch = {
        .is_claimed = true,
        .first_seq = mm_result_int(close, FIRST_SEQ, 0),
        .last_seq = mm_result_int(close, LAST_SEQ, 0),
        .done = mm_result_int(close, DONE, 0),
        .gone = mm_result_int(close, GONE, 0),
        .changed = mm_result_int(close, CHANGED, 0),
        .held = mm_result_int(close, HELD, 0),
        .bytes = mm_result_int(close, BYTES, 0),
        .remaining = mm_result_int(close, REMAINING, 0),
        .audit_seq = mm_result_int(audit, AUDIT_SEQ, 0),
    };
    snprintf(batch.audit_hash, sizeof batch.audit_hash, "%s", mm_result_text(audit, AUDIT_HASH));
    return batch;
}

static mm_code check_limit(int64_t limit, mm_error *err)
{
    if (limit > 0)
        return MM_OK;
    return mm_error_set(err, MM_INVALID, "a batch of %lld partitions: at least one",
                        (long long)limit);
}

mm_code mm_retirement_apply_batch(mm_lake *lake, int64_t number, int64_t limit, int64_t from,
                                  mm_batch *out, mm_error *err)
{
    static const char *const names[] = {"retire_claim",   "retire_batch", "retire_moved",
                                        "retire_skipped", "retire_close", "audit_retirement"};
    enum { CLOSE = 4, AUDIT = 5, COUNT = 6 };
    char number_text[NUMBER_BYTES], limit_text[NUMBER_BYTES], from_text[NUMBER_BYTES];
    const char *params[] = {number_text, limit_text, from ? from_text : NULL};
    mm_result *results[COUNT] = {NULL};
    mm_code code = mm_lake_check_writable(lake, err);

    write_number(number_text, number);
    write_number(limit_text, limit);
    write_number(from_text, from);
    if (code == MM_OK)
        code = check_limit(limit, err);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_TID_BATCH, NULL, names, COUNT, params, false, results, err);
    if (code)
        return code;
    *out = read_batch(results[CLOSE], results[AUDIT]);
    free_results(results, COUNT);
    return MM_OK;
}

mm_code mm_retirement_find_batch(mm_lake *lake, int64_t number, const char *kind, int64_t first_seq,
                                 mm_batch *out, mm_error *err)
{
    static const char *const names[] = {"batch_wait", "batch_find", "batch_audit"};
    enum { FIND = 1, AUDIT = 2, COUNT = 3 };
    char number_text[NUMBER_BYTES], first_text[NUMBER_BYTES];
    const char *params[] = {number_text, kind, first_text};
    mm_result *results[COUNT] = {NULL};

    write_number(number_text, number);
    write_number(first_text, first_seq);
    mm_code code = mm_lake_run(lake, MM_WRITE, NULL, names, COUNT, params, false, results, err);
    if (code)
        return code;
    *out = read_batch(results[FIND], results[AUDIT]);
    free_results(results, COUNT);
    return MM_OK;
}

/* Runs `name`, whose row says that there was something to do, and audits it. */
static mm_code change_state(mm_lake *lake, const char *name, const char *const *params,
                            bool *changed, mm_error *err)
{
    const char *names[] = {name, "audit_retirement"};
    mm_result *results[2] = {NULL};
    mm_code code = mm_lake_refresh(lake, err);

    if (code == MM_OK)
        code = mm_lake_check_state(lake, err);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, NULL, names, 2, params, false, results, err);
    if (code)
        return code;
    *changed = mm_result_rows(results[0]) > 0;
    free_results(results, 2);
    return MM_OK;
}

mm_code mm_retirement_set_state(mm_lake *lake, int64_t number, const char *state, const char *from,
                                mm_error *err)
{
    char text[NUMBER_BYTES];
    const char *params[] = {text, state, from};
    bool changed = false;

    write_number(text, number);
    mm_code code = change_state(lake, "retire_state", params, &changed, err);
    if (code == MM_OK && !changed)
        code = mm_error_set(err, MM_CONFLICT, "retirement %lld cannot become %s in its state",
                            (long long)number, state);
    return code;
}

mm_code mm_retirement_undo_begin(mm_lake *lake, int64_t number, const char *reason,
                                 const char *overrides, mm_error *err)
{
    char text[NUMBER_BYTES];
    const char *params[] = {text, reason, overrides};
    bool changed = false;

    write_number(text, number);
    mm_code code = change_state(lake, "undo_begin", params, &changed, err);
    if (code == MM_OK && !changed)
        code = mm_error_set(err, MM_CONFLICT, "retirement %lld has nothing to undo",
                            (long long)number);
    return code;
}

mm_code mm_retirement_undo_end(mm_lake *lake, int64_t number, mm_error *err)
{
    char text[NUMBER_BYTES];
    const char *params[] = {text};
    bool changed = false;

    write_number(text, number);
    return change_state(lake, "undo_end", params, &changed, err);
}

mm_code mm_retirement_prune(mm_lake *lake, int64_t number, const char *older_than,
                            const char *reason, bool *out, mm_error *err)
{
    static const char *const names[] = {"prune_claim", "prune_skipped", "prune_unrestored",
                                        "prune_item", "audit_retirement"};
    enum { COUNT = 5 };
    char text[NUMBER_BYTES];
    const char *params[] = {older_than, text, reason};
    mm_result *results[COUNT] = {NULL};
    mm_code code = mm_lake_check_state(lake, err);

    write_number(text, number);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, NULL, names, COUNT, params, false, results, err);
    if (code)
        return code;
    *out = mm_result_rows(results[0]) > 0;
    free_results(results, COUNT);
    return MM_OK;
}

static mm_code check_dequeued(const mm_result *dequeue, mm_error *err)
{
    int64_t lost = mm_result_int(dequeue, 0, 0), late = mm_result_int(dequeue, 1, 0);

    if (!lost && !late)
        return MM_OK;
    mm_error_set(err, MM_CONFLICT,
                 "%lld files are not in the queue any more, %lld expire within five minutes",
                 (long long)lost, (long long)late);
    mm_error_detail(err, "%s", mm_result_text(dequeue, 2));
    return err->code;
}

/* The columns that the catalog has and that were unknown when `number` was planned, as features
 * taken back: they get their defaults. */
static mm_code newer_columns(mm_lake *lake, const char *number, char *out, size_t size,
                             mm_error *err)
{
    static const char *const name = "undo_newer_columns";
    mm_result *result = NULL;
    mm_code code = mm_lake_run(lake, MM_READ, NULL, &name, 1, &number, false, &result, err);

    if (code)
        return code;
    snprintf(out, size, "%s", mm_result_rows(result) ? mm_result_text(result, 0) : "");
    mm_result_free(result);
    return MM_OK;
}

mm_code mm_retirement_undo_batch(mm_lake *lake, int64_t number, int64_t limit, int64_t from,
                                 bool leave_out, mm_batch *out, mm_error *err)
{
    static const char *const names[] = {"undo_claim",      "undo_leave_out", "undo_restore",
                                        "undo_lock",       "undo_dequeue",   "undo_close",
                                        "audit_retirement"};
    enum { DEQUEUE = 4, CLOSE = 5, AUDIT = 6, COUNT = 7 };
    char number_text[NUMBER_BYTES], limit_text[NUMBER_BYTES], from_text[NUMBER_BYTES], without[256];
    const char *params[] = {number_text, limit_text, leave_out ? "true" : "false",
                            from ? from_text : NULL};
    mm_result *results[COUNT] = {NULL};
    mm_code code = mm_lake_check_state(lake, err);

    write_number(number_text, number);
    write_number(limit_text, limit);
    write_number(from_text, from);
    if (code == MM_OK)
        code = check_limit(limit, err);
    if (code == MM_OK)
        code = newer_columns(lake, number_text, without, sizeof without, err);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_BATCH, without, names, COUNT, params, true, results, err);
    if (code) {
        if (!strcmp(err->sqlstate, "23P01"))
            err->code = MM_CONFLICT;
        return err->code;
    }
    code = end(lake, check_dequeued(results[DEQUEUE], err), err);
    if (code == MM_OK)
        *out = read_batch(results[CLOSE], results[AUDIT]);
    free_results(results, COUNT);
    return code;
}
