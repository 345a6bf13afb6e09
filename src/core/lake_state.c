#include "lake.h"

#include <stdio.h>
#include <string.h>

enum { MAX_STATEMENTS = 20, NUMBER_BYTES = 24 };

static mm_code check_server(const mm_lake_info *info, mm_error *err)
{
    if (info->is_standby)
        return mm_error_set(err, MM_RIGHTS,
                            "the server is a read-only standby: nothing can be changed on it");
    if (info->is_read_only)
        return mm_error_set(err, MM_RIGHTS,
                            "the server only reads: default_transaction_read_only is on");
    return MM_OK;
}

/* What mm deletes might stay, what it queues might never be there. */
static mm_code rewritten(const mm_lake_info *info, mm_error *err)
{
    mm_error_set(err, MM_CONFLICT,
                 "%s may change what is written, or keep it from being written: mm only reads this "
                 "lake",
                 info->rewriting);
    mm_error_hint(err, "micromegas has none: drop it, or have it run after the row is written");
    return err->code;
}

static mm_code check_catalog(const mm_lake_info *info, mm_error *err)
{
    mm_code code = check_server(info, err);

    if (code)
        return code;
    if (info->lakehouse_version > MM_LAKEHOUSE_VERSION)
        mm_error_set(err, MM_NEWER_CATALOG,
                     "the catalog has lakehouse version %d, mm " MM_VERSION
                     " knows versions up to %d: it only reads this lake",
                     info->lakehouse_version, MM_LAKEHOUSE_VERSION);
    else if (info->lakehouse_version < 1)
        mm_error_set(err, MM_NOT_A_LAKE,
                     "the catalog says no version: lakehouse_migration is empty or holds none");
    else if (info->unknown_columns[0])
        mm_error_set(err, MM_NEWER_CATALOG,
                     "lakehouse_partitions has columns that mm " MM_VERSION
                     " does not know (%s): it only reads this lake",
                     info->unknown_columns);
    else if (info->rewriting[0])
        return rewritten(info, err);
    else
        return MM_OK;
    mm_error_hint(err, "use a version of mm that knows this catalog");
    return err->code;
}

static mm_code not_ours(const mm_lake_info *info, mm_error *err)
{
    if (!info->may_see_mmadmin)
        return mm_error_set(err, MM_RIGHTS, "role \"%s\" may not use the schema mmadmin",
                            info->role);
    mm_error_set(err, MM_CONFLICT,
                 "the schema mmadmin was not made by mm: it has no table lake that says which "
                 "version it is");
    mm_error_hint(err, "mm keeps its plans in a schema of that name: have the other one renamed");
    return MM_CONFLICT;
}

static mm_code check_state(const mm_lake_info *info, mm_error *err)
{
    if (info->has_mmadmin && info->state_version < 0)
        return not_ours(info, err);
    if (info->state_version < 0)
        mm_error_set(err, MM_NOT_INITIALIZED,
                     "the lake has no schema mmadmin, where mm keeps its plans");
    else if (info->state_version != MM_STATE_VERSION)
        mm_error_set(err, MM_NOT_INITIALIZED,
                     "the lake's schema mmadmin has version %d, this mm needs %d",
                     info->state_version, MM_STATE_VERSION);
    else if (strcmp(info->state_schema, info->schema))
        return mm_error_set(
            err, MM_CONFLICT,
            "the schema mmadmin belongs to the catalog in schema \"%s\", not \"%s\"",
            info->state_schema, info->schema);
    else
        return MM_OK;
    mm_error_hint(err, info->state_version < 0 ? "make it: mmlua init"
                       : info->state_version < MM_STATE_VERSION
                           ? "bring it up to date: mmlua init --upgrade"
                           : "use the version of mm that made it");
    return err->code;
}

mm_code mm_lake_check_writable(const mm_lake *lake, mm_error *err)
{
    mm_lake_info info = mm_lake_describe(lake);
    mm_code code = check_catalog(&info, err);

    return code ? code : check_state(&info, err);
}

mm_code mm_lake_check_state(const mm_lake *lake, mm_error *err)
{
    mm_lake_info info = mm_lake_describe(lake);
    mm_code code = check_server(&info, err);

    return code ? code : check_state(&info, err);
}

mm_code mm_lake_check_present(const mm_lake *lake, mm_error *err)
{
    mm_lake_info info = mm_lake_describe(lake);

    return check_state(&info, err);
}

mm_code mm_lake_begin_change(mm_lake *lake, mm_error *err)
{
    mm_code code = mm_lake_refresh(lake, err);

    return code ? code : mm_lake_check_writable(lake, err);
}

static mm_code run_change(mm_lake *lake, const char *const *names, size_t count,
                          const char *const *params, mm_error *err)
{
    mm_result *results[MAX_STATEMENTS] = {NULL};
    mm_code code = mm_lake_run(lake, MM_WRITE, NULL, names, count, params, false, results, err);

    for (size_t i = 0; i < count; i++)
        mm_result_free(results[i]);
    return code;
}

/* Looks at what was changed: a failure here does not take the change back. */
static mm_code refresh_after_change(mm_lake *lake, mm_error *err)
{
    mm_code code = mm_lake_refresh(lake, err);

    if (code)
        err->outcome = MM_COMMITTED;
    return code;
}

mm_code mm_lake_init(mm_lake *lake, const char *name, const char *reason, mm_error *err)
{
    static const char *const names[] = {
        "init_schema",     "init_lake",        "init_view_set", "init_retirement", "init_item",
        "init_skipped",    "init_unrestored",  "init_batch",    "init_hold",       "init_audit",
        "init_audit_head", "init_audit_start", "init_api_key",  "init_job",        "init_job_one",
        "init_answer",     "init_name",        "audit_state"};
    const char *params[] = {name, "initialized", reason};
    mm_code code = mm_lake_refresh(lake, err);

    if (code)
        return code;
    mm_lake_info info = mm_lake_describe(lake);
    if ((code = check_catalog(&info, err)) != MM_OK)
        return code;
    if (info.has_mmadmin)
        return mm_error_set(err, MM_CONFLICT, "the schema mmadmin exists already");
    code = run_change(lake, names, sizeof names / sizeof names[0], params, err);
    return code ? code : refresh_after_change(lake, err);
}

/* Those for version 2 come first, which are left out where the schema has it. */
static mm_code upgrade_from(mm_lake *lake, int version, const char *reason, mm_error *err)
{
    static const char *const names[] = {"upgrade_2_lake",    "upgrade_2_batch",
                                        "upgrade_2_skipped", "upgrade_2_retirement",
                                        "init_hold",         "init_audit",
                                        "init_audit_head",   "init_audit_start",
                                        "upgrade_2_version", "upgrade_2_lake_default",
                                        "init_api_key",      "init_job",
                                        "init_job_one",      "init_answer",
                                        "upgrade_3_version", "audit_state"};
    const char *params[] = {NULL, "upgraded", reason};
    size_t first = version == 1 ? 0 : 10;

    return run_change(lake, names + first, sizeof names / sizeof names[0] - first, params, err);
}

mm_code mm_lake_upgrade_state(mm_lake *lake, const char *reason, mm_error *err)
{
    mm_code code = mm_lake_refresh(lake, err);

    if (code)
        return code;
    mm_lake_info info = mm_lake_describe(lake);
    if (info.state_version == MM_STATE_VERSION)
        return mm_error_set(err, MM_CONFLICT, "the schema mmadmin has version %d already",
                            MM_STATE_VERSION);
    if (info.state_version < 1 || info.state_version > MM_STATE_VERSION)
        return check_state(&info, err);
    if ((code = check_server(&info, err)) != MM_OK)
        return code;
    code = upgrade_from(lake, info.state_version, reason, err);
    return code ? code : refresh_after_change(lake, err);
}

mm_code mm_lake_adopt(mm_lake *lake, const char *reason, mm_error *err)
{
    static const char *const names[] = {"adopt", "audit_state"};
    const char *params[] = {NULL, "adopted", reason};
    mm_code code = mm_lake_refresh(lake, err);

    if (code == MM_OK)
        code = mm_lake_check_state(lake, err);
    return code ? code : run_change(lake, names, 2, params, err);
}

mm_code mm_lake_remove_state(mm_lake *lake, mm_error *err)
{
    static const char *const name = "init_remove";
    mm_code code = mm_lake_refresh(lake, err);

    if (code == MM_OK)
        code = mm_lake_check_state(lake, err);
    if (code == MM_OK)
        code = run_change(lake, &name, 1, NULL, err);
    return code ? code : refresh_after_change(lake, err);
}

mm_code mm_lake_publish(mm_lake *lake, const char *const params[7], mm_error *err)
{
    static const char *const names[] = {"publish_registry", "audit_registry"};
    mm_code code = mm_lake_begin_change(lake, err);

    return code ? code : run_change(lake, names, 2, params, err);
}

/* Runs `count` statements, of which the first says by its row whether there was something to do. */
static mm_code run_first(mm_lake *lake, const char *const *names, size_t count,
                         const char *const *params, int64_t *out, mm_error *err)
{
    mm_result *results[MAX_STATEMENTS] = {NULL};
    mm_code code = mm_lake_refresh(lake, err);

    if (code == MM_OK)
        code = mm_lake_check_state(lake, err);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, NULL, names, count, params, false, results, err);
    if (code == MM_OK)
        *out = mm_result_rows(results[0]) ? mm_result_int(results[0], 0, 0) : 0;
    for (size_t i = 0; i < count; i++)
        mm_result_free(results[i]);
    return code;
}

mm_code mm_lake_hold(mm_lake *lake, const char *const params[5], int64_t *out, mm_error *err)
{
    static const char *const names[] = {"hold_add", "retire_lock", "hold_wait", "audit_hold"};

    return run_first(lake, names, 4, params, out, err);
}

mm_code mm_lake_release(mm_lake *lake, int64_t hold, const char *reason, mm_error *err)
{
    static const char *const names[] = {"hold_release", "audit_hold"};
    char number[NUMBER_BYTES];
    const char *params[] = {number, reason};
    int64_t released = 0;

    snprintf(number, sizeof number, "%lld", (long long)hold);
    mm_code code = run_first(lake, names, 2, params, &released, err);
    if (code == MM_OK && !released)
        return mm_error_set(err, MM_NOT_FOUND, "there is no hold %lld that could be released",
                            (long long)hold);
    return code;
}
