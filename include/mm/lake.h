/* A lake: one micromegas catalog in a PostgreSQL database. */
#ifndef MM_LAKE_H
#define MM_LAKE_H

#include "mm/db.h"

typedef struct mm_lake mm_lake;

enum {
    MM_LAKEHOUSE_VERSION = 10, /* the newest lakehouse_migration.version that mm knows */
    MM_STATE_VERSION = 3,      /* of the schema mmadmin */
    MM_CHANGE_STATEMENTS = 4,  /* most of an mm_lake_change */
    MM_TIMEOUT_S = 300         /* how long a reading statement may take unless told otherwise */
};

/* What mm_lake_open found. Texts belong to the lake and change with mm_lake_refresh. */
typedef struct mm_lake_info {
    const char *name;            /* of the lake: mmadmin's, else the database's */
    const char *database, *role; /* as the server knows them */
    const char *schema;          /* that holds upstream's tables */
    const char *state_schema;    /* for which mmadmin was made, where there are two */
    const char *unknown_columns; /* of lakehouse_partitions, "" for none */
    const char *rewriting; /* triggers and rules that may change what is written, "" for none */
    int server_version;    /* 150018 is 15.18 */
    int lakehouse_version, data_lake_version; /* -1 where the table is missing */
    int state_version;                        /* of mmadmin, -1 without it */
    bool is_standby, has_mmadmin, may_see_mmadmin;
    bool is_read_only; /* default_transaction_read_only */
} mm_lake_info;

/* Connects as mm_db_open does, and finds the catalog in whatever schema holds it; `schema` chooses
 * where there are two, else NULL. Reading statements may take `timeout_s` seconds (0: no limit).
 * Errors: those of mm_db_open, NOT_A_LAKE, RIGHTS, QUERY. */
mm_code mm_lake_open(const char *conninfo, const char *schema, int timeout_s,
                     volatile sig_atomic_t *interrupted, mm_lake **out, mm_error *err) MM_CHECK;
void mm_lake_close(mm_lake *lake);

/* The file of the script that acts, for the audit. Errors: MEMORY. */
mm_code mm_lake_set_script(mm_lake *lake, const char *path, mm_error *err) MM_CHECK;

/* For whom a server acts from now on, and the id of what it was asked (NULL: none), for the audit;
 * the id is in application_name, too. Errors: MEMORY. */
mm_code mm_lake_act_for(mm_lake *lake, const char *principal, const char *request,
                        mm_error *err) MM_CHECK;

/* See mm_db_watch. */
void mm_lake_watch(mm_lake *lake, int socket);

/* Looks at the catalog again: it may have been migrated, and mmadmin made or removed. On failure
 * the lake stays as it was. Errors: NOT_A_LAKE, RIGHTS, as mm_db_run. */
mm_code mm_lake_refresh(mm_lake *lake, mm_error *err) MM_CHECK;
mm_lake_info mm_lake_describe(const mm_lake *lake);

/* One statement of src/sql/ in a read-only transaction. `modes` are features added to the catalog's
 * ("items"), or NULL. Parameters are text; missing ones at the end are null. The caller frees
 * `out`. Errors: as mm_db_run. */
mm_code mm_lake_select(mm_lake *lake, const char *name, const char *modes,
                       const char *const *params, int param_count, mm_result **out,
                       mm_error *err) MM_CHECK;

/* MM_OK when mm may change this lake: its version is known, the server takes changes, mmadmin is
 * there and current. Errors: NEWER_CATALOG, NOT_INITIALIZED, RIGHTS. */
mm_code mm_lake_check_writable(const mm_lake *lake, mm_error *err) MM_CHECK;

/* The same for taking something back, which a newer catalog does not forbid: its new columns get
 * their defaults. Errors: NOT_INITIALIZED, RIGHTS, CONFLICT (mmadmin is another catalog's). */
mm_code mm_lake_check_state(const mm_lake *lake, mm_error *err) MM_CHECK;

/* MM_OK when mmadmin is there, current, and this catalog's. Errors: NOT_INITIALIZED, RIGHTS,
 * CONFLICT. */
mm_code mm_lake_check_present(const mm_lake *lake, mm_error *err) MM_CHECK;

/* The same of the lake as it is now. Errors: also those of mm_lake_refresh. */
mm_code mm_lake_begin_change(mm_lake *lake, mm_error *err) MM_CHECK;

/* Makes the schema mmadmin for a lake called `name`, brings one of an older version up to date,
 * makes a restored copy the lake itself, or removes mmadmin with all it holds. The audit is told
 * the `reason`, which may be NULL. Errors: CONFLICT, as mm_lake_check_writable and mm_db_run. */
mm_code mm_lake_init(mm_lake *lake, const char *name, const char *reason, mm_error *err) MM_CHECK;
mm_code mm_lake_upgrade_state(mm_lake *lake, const char *reason, mm_error *err) MM_CHECK;
mm_code mm_lake_adopt(mm_lake *lake, const char *reason, mm_error *err) MM_CHECK;
mm_code mm_lake_remove_state(mm_lake *lake, mm_error *err) MM_CHECK;

/* Publishes a registry in the lake in place of the one that is there: `names`, `hashes` (hex),
 * `schemas`, `makers`, `globals` and `sources` are text[] literals of one length, as mm_db_run
 * takes parameters; then the reason, or NULL. Errors: as mm_lake_check_writable and mm_db_run. */
mm_code mm_lake_publish(mm_lake *lake, const char *const params[7], mm_error *err) MM_CHECK;

/* Makes a hold: `params` as hold_add.sql takes them. From then on no partition under it is retired:
 * batches that run are waited for. Errors: as mm_lake_check_state and mm_db_run. */
mm_code mm_lake_hold(mm_lake *lake, const char *const params[5], int64_t *out,
                     mm_error *err) MM_CHECK;

/* Releases a hold. Errors: NOT_FOUND, as mm_lake_check_state and mm_db_run. */
mm_code mm_lake_release(mm_lake *lake, int64_t hold, const char *reason, mm_error *err) MM_CHECK;

/* Runs `count` statements about keys of the HTTP API, jobs and stored answers as one transaction;
 * results[i] becomes the result of each, which the caller frees. Errors: INVALID (another
 * statement), as mm_lake_check_state and mm_db_run. */
mm_code mm_lake_change(mm_lake *lake, const char *const *names, size_t count,
                       const char *const params[MM_MAX_PARAMS], mm_result **results,
                       mm_error *err) MM_CHECK;

#endif
