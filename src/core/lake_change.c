#include "lake.h"

#include <string.h>

/* What the names of these statements begin with. */
static const char *const families[] = {"key_", "audit_key", "job_", "answer_"};

static bool is_of_families(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (!strncmp(name, families[i], strlen(families[i])))
            return true;
    return false;
}

mm_code mm_lake_change(mm_lake *lake, const char *const *names, size_t count,
                       const char *const params[MM_MAX_PARAMS], mm_result **results, mm_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!is_of_families(names[i]))
            return mm_error_set(err, MM_INVALID, "\"%s\" is not for keys, jobs or answers",
                                names[i]);
    mm_code code = mm_lake_refresh(lake, err);
    if (code == MM_OK)
        code = mm_lake_check_state(lake, err);
    return code ? code
                : mm_lake_run(lake, MM_WRITE, NULL, names, count, params, false, results, err);
}
