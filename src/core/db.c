#include "db.h"

#include "mm/sql.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECT_TIMEOUT_S = 10, INTERRUPT_CHECK_MS = 200, MAX_STEPS = 12, OID_TEXT = 25 };

struct mm_db {
    PGconn *connection;
    char *conninfo;
    char *settings_sql;
    volatile sig_atomic_t *interrupted;
};

static bool is_interrupted(const mm_db *db)
{
    return db->interrupted && *db->interrupted;
}

/* Waits for the socket; false when `deadline` (0: none) has passed. Signals and every INTERRUPT_CHECK_MS wake it. */
static bool wait_socket(const mm_db *db, short events, time_t deadline)
{
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = events};
    int timeout = db->interrupted || deadline ? INTERRUPT_CHECK_MS : -1;

    if (deadline && time(NULL) >= deadline)
        return false;
    (void)poll(&socket, 1, timeout);
    return true;
}

static mm_code connection_error(const mm_db *db, mm_error *err)
{
    const char *message = PQerrorMessage(db->connection);

    mm_error_set(err, MM_CONNECTION, "no connection to the lake's database");
    mm_error_detail(err, "%.*s", (int)strcspn(message, "\n"), message);
    return MM_CONNECTION;
}

/* Seconds a connection attempt may take: libpq's connect_timeout where it is given, for each host. */
static time_t connect_timeout(const mm_db *db)
{
    PQconninfoOption *options = PQconninfo(db->connection);
    long seconds = CONNECT_TIMEOUT_S, hosts = 1;

    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        if (!option->val)
            continue;
        if (!strcmp(option->keyword, "connect_timeout") && strtol(option->val, NULL, 10) > 0)
            seconds = strtol(option->val, NULL, 10);
        if (!strcmp(option->keyword, "host"))
            for (const char *at = option->val; (at = strchr(at, ',')) != NULL; at++)
                hosts++;
    }
    PQconninfoFree(options);
    return seconds * hosts;
}

static mm_code finish_connecting(mm_db *db, bool again, mm_error *err)
{
    time_t deadline = time(NULL) + connect_timeout(db);
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED)
            return connection_error(db, err);
        if (is_interrupted(db))
            return mm_error_set(err, MM_CANCELLED, "interrupted while connecting");
        if (!wait_socket(db, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
            mm_error_set(err, MM_CONNECTION, "no connection to the lake's database");
            mm_error_detail(err, "no answer within %ld s", (long)connect_timeout(db));
            return MM_CONNECTION;
        }
        struct pollfd ready = {.fd = PQsocket(db->connection),
                               .events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&ready, 1, 0) > 0)
            status = again ? PQresetPoll(db->connection) : PQconnectPoll(db->connection);
    }
    if (PQsetnonblocking(db->connection, 1) || !PQenterPipelineMode(db->connection))
        return connection_error(db, err);
    return MM_OK;
}

static void ignore_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

static mm_code start_connecting(mm_db *db, const char *conninfo, mm_error *err)
{
    static const char *const names[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {"", "mm " MM_VERSION, "UTF8", NULL};

    if (conninfo) {
        mm_code code = mm_conninfo_normalize(conninfo, &db->conninfo, err);
        if (code)
            return code;
    }
    values[0] = db->conninfo;
    db->connection = PQconnectStartParams(names, values, 1);
    if (!db->connection)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    PQsetNoticeProcessor(db->connection, ignore_notice, NULL);
    if (PQstatus(db->connection) == CONNECTION_BAD)
        return connection_error(db, err);
    return finish_connecting(db, false, err);
}

mm_code mm_db_open(const char *conninfo, volatile sig_atomic_t *interrupted, mm_db **out,
                   mm_error *err)
{
    mm_db *db = calloc(1, sizeof *db);

    if (!db)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    db->interrupted = interrupted;
    mm_code code = mm_sql_expand("settings", " ", &db->settings_sql, err);
    if (code == MM_OK)
        code = start_connecting(db, conninfo, err);
    if (code != MM_OK) {
        mm_db_close(db);
        return code;
    }
    *out = db;
    return MM_OK;
}

void mm_db_close(mm_db *db)
{
    if (!db)
        return;
    PQfinish(db->connection);
    free(db->conninfo);
    free(db->settings_sql);
    free(db);
}

/* A connection that was lost between transactions is opened again: there is nothing on it to lose. */
static mm_code ensure_connected(mm_db *db, mm_error *err)
{
    if (PQstatus(db->connection) == CONNECTION_OK)
        return MM_OK;
    if (!PQresetStart(db->connection))
        return connection_error(db, err);
    return finish_connecting(db, true, err);
}

static void cancel_statement(const mm_db *db)
{
    PGcancel *cancel = PQgetCancel(db->connection);
    char ignored[64];

    if (cancel)
        (void)PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
}

/* Sends what is buffered and waits until a result can be read without blocking. */
static bool wait_result(mm_db *db, bool *cancelled)
{
    for (;;) {
        int unsent = PQflush(db->connection);
        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(db->connection))
            return true;
        if (is_interrupted(db) && !*cancelled) {
            cancel_statement(db);
            *cancelled = true;
        }
        (void)wait_socket(db, unsent ? POLLIN | POLLOUT : POLLIN, 0);
        if (!PQconsumeInput(db->connection))
            return false;
    }
}

static mm_code code_of(const char *sqlstate, bool cancelled)
{
    if (!strcmp(sqlstate, "57014"))
        return cancelled ? MM_CANCELLED : MM_TIMEOUT;
    if (!strcmp(sqlstate, "55P03"))
        return MM_TIMEOUT;
    if (!strcmp(sqlstate, "42501"))
        return MM_RIGHTS;
    if (!strncmp(sqlstate, "08", 2) || !strncmp(sqlstate, "57P", 3))
        return MM_CONNECTION;
    return MM_QUERY;
}

static const char *field(const PGresult *result, int name)
{
    const char *text = PQresultErrorField(result, name);

    return text ? text : "";
}

static mm_code result_error(const PGresult *result, const char *step, bool cancelled, mm_error *err)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const char *message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    mm_code code = code_of(sqlstate, cancelled);

    if (err->code)
        return err->code;
    if (code == MM_CANCELLED)
        mm_error_set(err, code, "interrupted: the statement %s was cancelled", step);
    else
        mm_error_set(err, code, "%s: %s", step,
                     message[0] ? message : PQresultErrorMessage(result));
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    if (field(result, PG_DIAG_MESSAGE_DETAIL)[0])
        mm_error_detail(err, "%s", field(result, PG_DIAG_MESSAGE_DETAIL));
    if (code == MM_TIMEOUT)
        mm_error_hint(err, "allow more time: mm.open(lake, {timeout = seconds}), --timeout");
    else if (field(result, PG_DIAG_MESSAGE_HINT)[0])
        mm_error_hint(err, "%s", field(result, PG_DIAG_MESSAGE_HINT));
    return code;
}

static mm_code lost(mm_db *db, const char *step, mm_error *err)
{
    const char *message = PQerrorMessage(db->connection);

    mm_error_set(err, MM_CONNECTION, "%s: the connection to the lake's database was lost", step);
    if (!err->detail[0])
        mm_error_detail(err, "%.*s", (int)strcspn(message, "\n"), message);
    return MM_CONNECTION;
}

/* Reads the result of one statement. `*out` stays NULL when it failed or was skipped after a failure. */
static mm_code read_result(mm_db *db, const mm_step *step, bool *cancelled, PGresult **out,
                           mm_error *err)
{
    mm_code code = MM_OK;

    for (;;) {
        if (!wait_result(db, cancelled))
            return lost(db, step->name, err);
        PGresult *result = PQgetResult(db->connection);
        if (!result)
            return code;
        switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            *out = result;
            continue;
        case PGRES_PIPELINE_ABORTED:
            code = err->code;
            break;
        default:
            code = result_error(result, step->name, *cancelled, err);
        }
        PQclear(result);
        if (PQstatus(db->connection) != CONNECTION_OK)
            return lost(db, step->name, err);
    }
}

static mm_code read_sync(mm_db *db, bool *cancelled, mm_error *err)
{
    if (!wait_result(db, cancelled))
        return lost(db, "end of the transaction", err);
    PGresult *result = PQgetResult(db->connection);
    bool ok = PQresultStatus(result) == PGRES_PIPELINE_SYNC;

    PQclear(result);
    return ok ? MM_OK : lost(db, "end of the transaction", err);
}

/* Every parameter is text, so that a statement need not use all of them; it casts them itself. */
static mm_code send(mm_db *db, const mm_step *steps, size_t count, mm_error *err)
{
    Oid types[MM_MAX_PARAMS];

    for (int i = 0; i < MM_MAX_PARAMS; i++)
        types[i] = OID_TEXT;
    for (size_t i = 0; i < count; i++)
        if (!PQsendQueryParams(db->connection, steps[i].sql, steps[i].param_count, types,
                               steps[i].params, NULL, NULL, 1))
            return lost(db, steps[i].name, err);
    return PQpipelineSync(db->connection) ? MM_OK : lost(db, "sync", err);
}

/* Sends all steps, then reads all results: one round trip. `*failed` is the step at which it failed. */
static mm_code run_pipeline(mm_db *db, const mm_step *steps, size_t count, PGresult **results,
                            size_t *failed, mm_error *err)
{
    bool cancelled = false;
    mm_code code = send(db, steps, count, err);

    *failed = 0;
    if (code)
        return code;
    for (size_t i = 0; i < count; i++) {
        mm_code step_code = read_result(db, &steps[i], &cancelled, &results[i], err);
        if (step_code && !code) {
            code = step_code;
            *failed = i;
        }
        if (PQstatus(db->connection) != CONNECTION_OK)
            return code;
    }
    mm_code sync = read_sync(db, &cancelled, err);
    return code ? code : sync;
}

static void clear_results(PGresult **results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        PQclear(results[i]);
}

static void roll_back(mm_db *db)
{
    mm_step step = {.name = "rollback", .sql = "rollback"};
    PGresult *result = NULL;
    mm_error ignored = {0};
    size_t failed;

    if (PQstatus(db->connection) != CONNECTION_OK ||
        PQtransactionStatus(db->connection) == PQTRANS_IDLE)
        return;
    (void)!run_pipeline(db, &step, 1, &result, &failed, &ignored);
    PQclear(result);
}

static mm_step begin_step(const mm_settings *settings)
{
    return (mm_step){
        .name = "begin",
        .sql = settings->read_only ? "begin isolation level read committed read only"
                                   : "begin isolation level read committed read write",
    };
}

static bool is_committed(const PGresult *result)
{
    return result && !strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT");
}

static mm_code run(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                   bool commit, mm_result **out, mm_error *err)
{
    char statement_timeout[16], lock_timeout[16];
    const char *params[] = {settings->search_path ? settings->search_path : "pg_catalog, pg_temp",
                            statement_timeout, lock_timeout,
                            settings->nested_loops ? "off" : "on"};
    mm_step all[MAX_STEPS + 3] = {begin_step(settings), {"settings", db->settings_sql, params, 4}};
    PGresult *results[MAX_STEPS + 3] = {NULL};
    size_t total = count + 2, failed;

    if (count > MAX_STEPS)
        return mm_error_set(err, MM_INVALID, "a transaction of more than %d statements", MAX_STEPS);
    snprintf(statement_timeout, sizeof statement_timeout, "%d", settings->statement_timeout_ms);
    snprintf(lock_timeout, sizeof lock_timeout, "%d", settings->lock_timeout_ms);
    for (size_t i = 0; i < count; i++)
        all[i + 2] = steps[i];
    if (commit)
        all[total++] = (mm_step){.name = "commit", .sql = "commit"};
    mm_code code = ensure_connected(db, err);
    if (code)
        return code;
    code = run_pipeline(db, all, total, results, &failed, err);
    bool committed = commit && is_committed(results[total - 1]);
    if (code == MM_CONNECTION && commit && !settings->read_only && !committed &&
        PQstatus(db->connection) != CONNECTION_OK)
        err->outcome = MM_UNKNOWN;
    else if (code && committed)
        err->outcome = MM_COMMITTED;
    if (code == MM_OK && commit && !committed)
        code = mm_error_set(err, MM_QUERY, "the server rolled the transaction back");
    if (code)
        roll_back(db);
    for (size_t i = 0; i < count; i++)
        if (code == MM_OK && out) {
            out[i] = (mm_result *)results[i + 2];
            results[i + 2] = NULL;
        }
    clear_results(results, total);
    return code;
}

mm_code mm_db_run(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                  mm_result **results, mm_error *err)
{
    return run(db, settings, steps, count, true, results, err);
}

mm_code mm_db_run_open(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                       mm_result **results, mm_error *err)
{
    return run(db, settings, steps, count, false, results, err);
}

mm_code mm_db_end(mm_db *db, bool commit, mm_error *err)
{
    mm_step step = {.name = "commit", .sql = "commit"};
    PGresult *result = NULL;
    size_t failed;

    if (!commit) {
        roll_back(db);
        return MM_OK;
    }
    mm_code code = run_pipeline(db, &step, 1, &result, &failed, err);
    bool committed = is_committed(result);
    PQclear(result);
    if (code == MM_OK && !committed)
        return mm_error_set(err, MM_QUERY, "the server rolled the transaction back");
    if (code)
        err->outcome = committed ? MM_COMMITTED
                       : PQstatus(db->connection) != CONNECTION_OK ? MM_UNKNOWN
                                                                   : MM_ABORTED;
    return code;
}
