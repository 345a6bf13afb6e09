/* What the files of db share. */
#ifndef MM_CORE_DB_H
#define MM_CORE_DB_H

#include "mm/db.h"

#include <libpq-fe.h>
#include <sys/types.h>
#include <time.h>

/* libpq's view of a connection text: URI parameters that only sqlx knows are translated or dropped,
 * at signs in a password escaped, a text without `=` is a service. The caller frees `out`. Errors:
 * INVALID, MEMORY. */
mm_code mm_conninfo_normalize(const char *conninfo, char **out, mm_error *err) MM_CHECK;

/* What a connection looks like. */
void mm_conninfo_hint(mm_error *err);

struct mm_db {
    PGconn *connection;
    char *conninfo;
    char *settings_sql;
    volatile sig_atomic_t *interrupted;
    int watched;       /* a socket whose peer waits for what runs; -1 for none */
    bool is_cancelled; /* the running transaction */
    pid_t canceller;   /* the process that cancels it; 0 for none */
};

bool mm_db_is_interrupted(const mm_db *db);

/* Waits for the socket; false when `deadline` (0: none) has passed. Signals wake it, and it wakes
 * now and then to look for an interruption. */
bool mm_db_wait_socket(const mm_db *db, short events, time_t deadline);

/* db_cancel.c: */

/* Asks the server to cancel what runs, once for a transaction, without waiting for it. */
void mm_db_cancel(mm_db *db);

/* To be called before anything else is sent, which would be cancelled in its place. */
void mm_db_finish_cancel(mm_db *db);

/* After a second interruption: ends the connection, so that nothing waits for the server any more.
 */
bool mm_db_give_up(const mm_db *db);

/* Where libpq was not told otherwise: a server that is gone without a word is noticed within a
 * minute. */
void mm_db_notice_dead_peers(const mm_db *db);

/* A connection that was lost between transactions is opened again: there is nothing on it to lose.
 */
mm_code mm_db_ensure_connected(mm_db *db, mm_error *err) MM_CHECK;

#endif
