/* The connection to a lake's database: the only sender of SQL. Nothing is ever set on the session,
 * each transaction sets what it needs for itself, so PgBouncer in transaction mode may stand
 * between. */
#ifndef MM_DB_H
#define MM_DB_H

#include "mm/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mm_db mm_db;
typedef struct mm_result mm_result;

typedef enum mm_kind {
    MM_NULL,
    MM_BOOL,
    MM_INT,
    MM_FLOAT,
    MM_TEXT,
    MM_BYTES,
    MM_TIME,
    MM_TEXTS /* text[]: see mm_texts_next */
} mm_kind;

/* A value of a result, valid as long as the result. */
typedef struct mm_value {
    mm_kind kind;
    union {
        bool boolean;
        int64_t integer; /* MM_INT, and MM_TIME in microseconds since 2000 */
        double number;
        struct {
            const char *data; /* MM_TEXT (ends in a zero byte), MM_BYTES, MM_TEXTS */
            size_t length;
        } bytes;
    } as;
} mm_value;

enum { MM_MAX_PARAMS = 32 };

typedef struct mm_step {
    const char *name;          /* for messages */
    const char *sql;           /* one statement */
    const char *const *params; /* as text; NULL for SQL's null */
    int param_count;
} mm_step;

/* Which joins the planner may choose, where it would guess wrong. */
typedef enum mm_joins {
    MM_ALL_JOINS,
    MM_NESTED_LOOPS,   /* keeps the TID join of batches */
    MM_NO_NESTED_LOOPS /* sets of unknown size are hashed: a wrong guess would make it quadratic */
} mm_joins;

/* What a transaction sets for itself. */
typedef struct mm_settings {
    bool read_only;
    mm_joins joins;
    const char *search_path;  /* quoted as SQL wants it; NULL: pg_catalog alone */
    const char *actor;        /* for the audit, JSON; NULL: nobody */
    const char *application;  /* application_name; NULL: the connection's */
    int statement_timeout_ms; /* 0: none */
    int lock_timeout_ms;      /* 0: none */
} mm_settings;

/* Opens a connection to `conninfo`: libpq's keywords and values, a URI (parameters that only sqlx
 * knows are translated or dropped), the name of a service, or NULL for libpq's environment. While a
 * call waits and
 * `*interrupted` becomes non-zero, the running statement is cancelled; NULL where there is no such
 * flag. Errors: CONNECTION, CANCELLED, INVALID (conninfo), MEMORY. */
mm_code mm_db_open(const char *conninfo, volatile sig_atomic_t *interrupted, mm_db **out,
                   mm_error *err) MM_CHECK;
void mm_db_close(mm_db *db);

/* From now on the end of the peer of a Unix socket is an interruption, too; -1: no more. */
void mm_db_watch(mm_db *db, int socket);

/* Runs `steps` as one transaction in one round trip. results[i], where results is not NULL, becomes
 * the result of step i, which the caller frees; on failure there are none. err->outcome tells
 * whether the transaction was committed; it is MM_UNKNOWN when the connection was lost after COMMIT
 * had been sent. Errors: CONNECTION, QUERY, TIMEOUT, RIGHTS, CANCELLED, MEMORY. */
mm_code mm_db_run(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                  mm_result **results, mm_error *err) MM_CHECK;

/* The same without COMMIT: the transaction stays open for one mm_db_end, which commits or rolls
 * back. On failure it is rolled back already. */
mm_code mm_db_run_open(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                       mm_result **results, mm_error *err) MM_CHECK;
mm_code mm_db_end(mm_db *db, bool commit, mm_error *err) MM_CHECK;

void mm_result_free(mm_result *result);
int64_t mm_result_rows(const mm_result *result);
int mm_result_columns(const mm_result *result);
const char *mm_result_name(const mm_result *result, int column);
mm_value mm_result_value(const mm_result *result, int64_t row, int column);

/* Steps through a MM_TEXTS value: start with *at = 0; false at the end. NULL elements come as
 * MM_NULL. */
bool mm_texts_next(const mm_value *texts, size_t *at, mm_value *out);

#endif
