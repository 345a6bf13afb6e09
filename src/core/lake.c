#include "lake.h"

#include "actor.h"

#include "mm/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_STEPS = 20,
    BATCH_STATEMENT_MS = 800, /* statement_timeout of a batch: below deadlock_timeout, 1 s */
    BATCH_LOCK_MS = 100
};

struct mm_lake {
    mm_db *db;
    char *wanted_schema; /* NULL: the only one */
    int timeout_ms;
    mm_result *catalog;  /* one row of catalog.sql, `row` */
    mm_result *versions; /* of versions.sql */
    int64_t row;
    char *search_path, *features;
    mm_actor actor;
    char *actor_json;  /* NULL until something is changed */
    char *application; /* application_name, or NULL */
};

/* Columns of catalog.sql and versions.sql. */
enum {
    SCHEMA,
    QUOTED_SCHEMA,
    FEATURES,
    UNKNOWN_COLUMNS,
    IS_READABLE,
    IS_LAKEHOUSE,
    ODDITY,
    REWRITING,
    HAS_MMADMIN,
    MAY_SEE_MMADMIN,
    SERVER_VERSION,
    DATABASE,
    ROLE,
    IS_DIVIDED,
    IS_STANDBY,
    IS_READ_ONLY
};
enum { LAKEHOUSE_VERSION, DATA_LAKE_VERSION, NAME, STATE_VERSION, STATE_SCHEMA };

mm_db *mm_lake_db(const mm_lake *lake)
{
    return lake->db;
}

static const char *text_at(const mm_result *result, int64_t row, int column)
{
    mm_value value = mm_result_value(result, row, column);

    return value.kind == MM_TEXT ? value.as.bytes.data : "";
}

static int64_t int_at(const mm_result *result, int64_t row, int column, int64_t if_null)
{
    mm_value value = mm_result_value(result, row, column);

    return value.kind == MM_INT ? value.as.integer : if_null;
}

static bool bool_at(const mm_result *result, int64_t row, int column)
{
    mm_value value = mm_result_value(result, row, column);

    return value.kind == MM_BOOL && value.as.boolean;
}

const char *mm_result_text(const mm_result *result, int column)
{
    return text_at(result, 0, column);
}

int64_t mm_result_int(const mm_result *result, int column, int64_t if_null)
{
    return int_at(result, 0, column, if_null);
}

static mm_code join(char **out, const char *before, const char *middle, const char *after,
                    mm_error *err)
{
    size_t size = strlen(before) + strlen(middle) + strlen(after) + 1;
    char *text = malloc(size);

    if (!text)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    snprintf(text, size, "%s%s%s", before, middle, after);
    free(*out);
    *out = text;
    return MM_OK;
}

static mm_settings settings_for(const mm_lake *lake, mm_mode mode)
{
    bool is_batch = mode == MM_BATCH || mode == MM_TID_BATCH;

    return (mm_settings){
        .read_only = mode == MM_READ,
        .joins = mode == MM_TID_BATCH ? MM_NESTED_LOOPS
                 : is_batch           ? MM_ALL_JOINS
                                      : MM_NO_NESTED_LOOPS,
        .search_path = lake->search_path,
        .actor = mode == MM_READ ? NULL : lake->actor_json,
        .application = lake->application,
        .statement_timeout_ms = is_batch ? BATCH_STATEMENT_MS : lake->timeout_ms,
        .lock_timeout_ms = is_batch ? BATCH_LOCK_MS : lake->timeout_ms,
    };
}

static mm_code make_step(const mm_lake *lake, const char *name, const char *features,
                         const char *const *params, mm_step *out, mm_error *err)
{
    char *sql = NULL;
    mm_code code = mm_sql_expand(name, features ? features : lake->features, &sql, err);

    if (code)
        return code;
    *out = (mm_step){.name = name, .sql = sql, .params = params, .param_count = mm_sql_params(sql)};
    return MM_OK;
}

mm_code mm_lake_run(mm_lake *lake, mm_mode mode, const char *modes, const char *const *names,
                    size_t count, const char *const *params, bool open, mm_result **results,
                    mm_error *err)
{
    mm_step steps[MAX_STEPS] = {{0}};
    char *features = NULL;
    mm_code code = MM_OK;

    if (count > MAX_STEPS)
        return mm_error_set(err, MM_INVALID, "more than %d statements", MAX_STEPS);
    if (mode != MM_READ && !lake->actor_json)
        code = mm_actor_json(&lake->actor, &lake->actor_json, err);
    mm_settings settings = settings_for(lake, mode);
    if (modes && code == MM_OK)
        code = join(&features, lake->features, modes, " ", err);
    for (size_t i = 0; i < count && code == MM_OK; i++)
        code = make_step(lake, names[i], features, params, &steps[i], err);
    if (code == MM_OK)
        code = (open ? mm_db_run_open : mm_db_run)(lake->db, &settings, steps, count, results, err);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)steps[i].sql);
    free(features);
    return code;
}

mm_code mm_lake_select(mm_lake *lake, const char *name, const char *modes,
                       const char *const *params, int param_count, mm_result **out, mm_error *err)
{
    const char *padded[MM_MAX_PARAMS] = {NULL};

    if (param_count > MM_MAX_PARAMS)
        return mm_error_set(err, MM_INVALID, "%s: too many parameters", name);
    for (int i = 0; i < param_count; i++)
        padded[i] = params[i];
    return mm_lake_run(lake, MM_READ, modes, &name, 1, padded, false, out, err);
}

static mm_code no_catalog(const mm_lake *lake, mm_error *err)
{
    const char *database = text_at(lake->catalog, 0, DATABASE);

    if (lake->wanted_schema)
        mm_error_set(err, MM_NOT_A_LAKE,
                     "schema \"%s\" of database \"%s\" holds no table lakehouse_partitions",
                     lake->wanted_schema, database);
    else
        mm_error_set(err, MM_NOT_A_LAKE,
                     "database \"%s\" is not a micromegas lake: it holds no table "
                     "lakehouse_partitions",
                     database);
    mm_error_hint(err,
                  "connect to the database of MICROMEGAS_SQL_CONNECTION_STRING, the one that the "
                  "services use");
    return err->code;
}

static mm_code two_catalogs(const mm_lake *lake, mm_error *err)
{
    mm_error_set(err, MM_NOT_A_LAKE,
                 "two schemas of database \"%s\" hold a table lakehouse_partitions: "
                 "\"%s\" and \"%s\"",
                 text_at(lake->catalog, 0, DATABASE), text_at(lake->catalog, 0, SCHEMA),
                 text_at(lake->catalog, 1, SCHEMA));
    mm_error_hint(err, "say which: mm.open(lake, {schema = NAME}), --schema NAME");
    return err->code;
}

static mm_code choose_schema(mm_lake *lake, mm_error *err)
{
    int64_t found = 0;

    for (int64_t row = 0; row < mm_result_rows(lake->catalog); row++) {
        const char *schema = text_at(lake->catalog, row, SCHEMA);
        if (!schema[0] || (lake->wanted_schema && strcmp(schema, lake->wanted_schema)))
            continue;
        lake->row = row;
        found++;
    }
    if (!found)
        return no_catalog(lake, err);
    if (found > 1)
        return two_catalogs(lake, err);
    if (!bool_at(lake->catalog, lake->row, IS_READABLE))
        return mm_error_set(
            err, MM_RIGHTS, "role \"%s\" may not read lakehouse_partitions in schema \"%s\"",
            text_at(lake->catalog, lake->row, ROLE), text_at(lake->catalog, lake->row, SCHEMA));
    if (bool_at(lake->catalog, lake->row, IS_DIVIDED))
        return mm_error_set(err, MM_NOT_A_LAKE,
                            "lakehouse_partitions in schema \"%s\" is divided into several tables: "
                            "row addresses would not be unique, and micromegas never does that",
                            text_at(lake->catalog, lake->row, SCHEMA));
    if (!bool_at(lake->catalog, lake->row, IS_LAKEHOUSE))
        return mm_error_set(err, MM_NOT_A_LAKE,
                            "schema \"%s\" holds lakehouse_partitions but no table "
                            "lakehouse_migration: not a catalog that micromegas made",
                            text_at(lake->catalog, lake->row, SCHEMA));
    if (text_at(lake->catalog, lake->row, ODDITY)[0])
        return mm_error_set(
            err, MM_NOT_A_LAKE, "the catalog in schema \"%s\" is not as micromegas makes it: %s",
            text_at(lake->catalog, lake->row, SCHEMA), text_at(lake->catalog, lake->row, ODDITY));
    return MM_OK;
}

static mm_code read_into(mm_lake *lake, const char *name, mm_result **out, mm_error *err)
{
    return mm_lake_run(lake, MM_READ, NULL, &name, 1, NULL, false, out, err);
}

/* Finds the catalog and its versions for a lake that knows nothing of them yet. */
static mm_code look(mm_lake *lake, mm_error *err)
{
    mm_code code = join(&lake->features, " ", "", "", err);

    if (code == MM_OK)
        code = read_into(lake, "catalog", &lake->catalog, err);
    if (code == MM_OK)
        code = choose_schema(lake, err);
    if (code == MM_OK)
        code = join(&lake->search_path, text_at(lake->catalog, lake->row, QUOTED_SCHEMA),
                    ", pg_temp", "", err);
    if (code == MM_OK)
        code = join(&lake->features, " ", text_at(lake->catalog, lake->row, FEATURES), " ", err);
    if (code == MM_OK)
        code = read_into(lake, "versions", &lake->versions, err);
    return code;
}

static void forget(mm_lake *lake)
{
    mm_result_free(lake->catalog);
    mm_result_free(lake->versions);
    free(lake->search_path);
    free(lake->features);
}

mm_code mm_lake_refresh(mm_lake *lake, mm_error *err)
{
    mm_lake fresh = {.db = lake->db,
                     .wanted_schema = lake->wanted_schema,
                     .timeout_ms = lake->timeout_ms,
                     .application = lake->application};
    mm_code code = look(&fresh, err);

    fresh.actor = lake->actor;
    fresh.actor_json = lake->actor_json;
    forget(code ? &fresh : lake);
    if (code == MM_OK)
        *lake = fresh;
    return code;
}

static mm_code open_lake(mm_lake *lake, const char *conninfo, const char *schema,
                         volatile sig_atomic_t *interrupted, mm_error *err)
{
    mm_code code = schema ? join(&lake->wanted_schema, schema, "", "", err) : MM_OK;

    if (code == MM_OK)
        code = mm_db_open(conninfo, interrupted, &lake->db, err);
    return code == MM_OK ? mm_lake_refresh(lake, err) : code;
}

mm_code mm_lake_open(const char *conninfo, const char *schema, int timeout_s,
                     volatile sig_atomic_t *interrupted, mm_lake **out, mm_error *err)
{
    mm_lake *lake = calloc(1, sizeof *lake);

    if (!lake)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    lake->timeout_ms = timeout_s * 1000;
    mm_code code = open_lake(lake, conninfo, schema, interrupted, err);
    if (code) {
        mm_lake_close(lake);
        return code;
    }
    *out = lake;
    return MM_OK;
}

void mm_lake_close(mm_lake *lake)
{
    if (!lake)
        return;
    mm_db_close(lake->db);
    forget(lake);
    free(lake->wanted_schema);
    free(lake->actor.script);
    free(lake->actor.principal);
    free(lake->actor.request);
    free(lake->actor_json);
    free(lake->application);
    free(lake);
}

static void forget_text(char **text)
{
    free(*text);
    *text = NULL;
}

mm_code mm_lake_set_script(mm_lake *lake, const char *path, mm_error *err)
{
    forget_text(&lake->actor_json);
    return join(&lake->actor.script, path, "", "", err);
}

mm_code mm_lake_act_for(mm_lake *lake, const char *principal, const char *request, mm_error *err)
{
    mm_code code = MM_OK;

    forget_text(&lake->actor_json);
    forget_text(&lake->actor.principal);
    forget_text(&lake->actor.request);
    forget_text(&lake->application);
    if (principal)
        code = join(&lake->actor.principal, principal, "", "", err);
    if (request && code == MM_OK)
        code = join(&lake->actor.request, request, "", "", err);
    if (request && code == MM_OK)
        code = join(&lake->application, "mm ", request, "", err);
    return code;
}

void mm_lake_watch(mm_lake *lake, int socket)
{
    mm_db_watch(lake->db, socket);
}

mm_lake_info mm_lake_describe(const mm_lake *lake)
{
    const mm_result *catalog = lake->catalog, *versions = lake->versions;

    return (mm_lake_info){
        .name = text_at(versions, 0, NAME),
        .database = text_at(catalog, lake->row, DATABASE),
        .role = text_at(catalog, lake->row, ROLE),
        .schema = text_at(catalog, lake->row, SCHEMA),
        .state_schema = mm_result_rows(catalog) > 1 ? text_at(versions, 0, STATE_SCHEMA)
                                                    : text_at(catalog, lake->row, SCHEMA),
        .unknown_columns = text_at(catalog, lake->row, UNKNOWN_COLUMNS),
        .rewriting = text_at(catalog, lake->row, REWRITING),
        .server_version = (int)int_at(catalog, lake->row, SERVER_VERSION, 0),
        .lakehouse_version = (int)int_at(versions, 0, LAKEHOUSE_VERSION, -1),
        .data_lake_version = (int)int_at(versions, 0, DATA_LAKE_VERSION, -1),
        .state_version = (int)int_at(versions, 0, STATE_VERSION, -1),
        .is_standby = bool_at(catalog, lake->row, IS_STANDBY),
        .is_read_only = bool_at(catalog, lake->row, IS_READ_ONLY),
        .has_mmadmin = bool_at(catalog, lake->row, HAS_MMADMIN),
        .may_see_mmadmin = bool_at(catalog, lake->row, MAY_SEE_MMADMIN),
    };
}
