#include "db.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { MAX_STEPS = 20, OID_TEXT = 25 };

/* Sends what is buffered and waits until a result can be read without blocking. What libpq says
 * meanwhile is that it could not take in what came, as memory ended: it may wait for ever then. */
static bool wait_result(mm_db *db)
{
    size_t said = strlen(PQerrorMessage(db->connection));

    for (;;) {
        int unsent = PQflush(db->connection);
        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(db->connection))
            return true;
        if (strlen(PQerrorMessage(db->connection)) > said)
            return false;
        if (mm_db_is_interrupted(db))
            mm_db_cancel(db);
        if (mm_db_give_up(db))
            return false;
        (void)mm_db_wait_socket(db, unsent ? POLLIN | POLLOUT : POLLIN, 0);
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

/* The server ended the session with it. */
static bool is_fatal(const PGresult *result)
{
    const char *severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);

    return !strcmp(severity, "FATAL") || !strcmp(severity, "PANIC");
}

/* What to do: the server's own hint comes first. */
static void result_hint(const PGresult *result, mm_code code, mm_error *err)
{
    if (code == MM_TIMEOUT)
        mm_error_hint(err, "allow more time: mm.open(lake, {timeout = seconds}), --timeout");
    else if (field(result, PG_DIAG_MESSAGE_HINT)[0])
        mm_error_hint(err, "%s", field(result, PG_DIAG_MESSAGE_HINT));
    else if (code == MM_RIGHTS)
        mm_error_hint(err,
                      "mmlua init --sql --operator ROLE prints the rights that it takes, for a "
                      "DBA; where policies hide rows, BYPASSRLS as well");
    else if (!strcmp(err->sqlstate, "22003"))
        mm_error_hint(err,
                      "some partition or queued file has an impossible size or number of rows: "
                      "mmlua partitions --jsonl shows them");
}

static mm_code result_error(const PGresult *result, const char *step, bool cancelled, mm_error *err)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const char *message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    mm_code code = is_fatal(result) ? MM_CONNECTION : code_of(sqlstate, cancelled);

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
    result_hint(result, code, err);
    return code;
}

/* Ends the connection: what was half sent or not read yet must not meet the next transaction. */
static void drop(const mm_db *db)
{
    if (PQstatus(db->connection) == CONNECTION_OK)
        (void)shutdown(PQsocket(db->connection), SHUT_RDWR);
    while (PQconsumeInput(db->connection))
        continue;
}

/* Interrupted twice: nobody knows what the server does with what it was sent. */
static mm_code given_up(mm_db *db, mm_error *err)
{
    drop(db);
    return mm_error_set(
        err, MM_CANCELLED,
        "interrupted twice: the connection was closed before the server had answered");
}

static mm_code lost(mm_db *db, const char *step, mm_error *err)
{
    const char *message = PQerrorMessage(db->connection); /* until anything else is done */

    if (mm_db_give_up(db))
        return given_up(db, err);
    mm_error_set(err, MM_CONNECTION, "%s: the connection to the lake's database was lost", step);
    if (!err->detail[0])
        mm_error_detail(err, "%.*s", (int)strcspn(message, "\n"), message);
    drop(db);
    return err->code;
}

/* Reads the result of one statement. `*out` stays NULL when it failed or was skipped after a
 * failure. After an error of libpq's own, which has no SQLSTATE, nobody knows which result is
 * whose. */
static mm_code read_result(mm_db *db, const mm_step *step, PGresult **out, mm_error *err)
{
    mm_code code = MM_OK;
    bool is_ours = false;

    for (;;) {
        if (!wait_result(db))
            return lost(db, step->name, err);
        PGresult *result = PQgetResult(db->connection);
        if (!result)
            return code || *out ? code : lost(db, step->name, err);
        switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            *out = result;
            continue;
        case PGRES_PIPELINE_ABORTED:
            code = err->code;
            break;
        default:
            is_ours = !field(result, PG_DIAG_SQLSTATE)[0];
            if (!is_ours)
                code = result_error(result, step->name, db->is_cancelled, err);
        }
        PQclear(result);
        if (is_ours || PQstatus(db->connection) != CONNECTION_OK)
            return lost(db, step->name, err);
    }
}

static mm_code read_sync(mm_db *db, mm_error *err)
{
    if (!wait_result(db))
        return lost(db, "end of the transaction", err);
    PGresult *result = PQgetResult(db->connection);
    bool ok = PQresultStatus(result) == PGRES_PIPELINE_SYNC;

    PQclear(result);
    return ok ? MM_OK : lost(db, "end of the transaction", err);
}

/* Every parameter is text, so that a statement need not use all of them; it casts them itself. */
static mm_code send_steps(mm_db *db, const mm_step *steps, size_t count, mm_error *err)
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

/* Sends all steps, then reads all results: one round trip. */
static mm_code run_pipeline(mm_db *db, const mm_step *steps, size_t count, PGresult **results,
                            mm_error *err)
{
    mm_code code = send_steps(db, steps, count, err);

    if (code)
        return code;
    for (size_t i = 0; i < count; i++) {
        mm_code step_code = read_result(db, &steps[i], &results[i], err);
        code = code ? code : step_code;
        if (PQstatus(db->connection) != CONNECTION_OK)
            return code;
    }
    mm_code sync = read_sync(db, err);
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

    mm_db_finish_cancel(db);
    if (PQstatus(db->connection) != CONNECTION_OK ||
        PQtransactionStatus(db->connection) == PQTRANS_IDLE)
        return;
    (void)!run_pipeline(db, &step, 1, &result, &ignored);
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

/* What became of a transaction that failed. A connection lost after COMMIT tells nothing; one that
 * only read changed nothing. */
static mm_outcome outcome_of(const mm_db *db, const mm_settings *settings, bool committed)
{
    if (settings->read_only)
        return MM_ABORTED;
    if (committed)
        return MM_COMMITTED;
    return PQstatus(db->connection) == CONNECTION_OK ? MM_ABORTED : MM_UNKNOWN;
}

static bool are_all_there(PGresult *const *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!results[i])
            return false;
    return true;
}

/* Runs `all`, of which the first two are begin and settings and, where `commit`, the last is
 * commit. */
static mm_code run_all(mm_db *db, const mm_settings *settings, const mm_step *all, size_t total,
                       bool commit, PGresult **results, mm_error *err)
{
    mm_db_finish_cancel(db);
    db->is_cancelled = false;
    mm_code code = mm_db_ensure_connected(db, err);
    if (code)
        return code;
    code = run_pipeline(db, all, total, results, err);
    bool committed = commit && is_committed(results[total - 1]);
    if (committed && are_all_there(results, total)) {
        *err = (mm_error){0}; /* whatever became of the connection after that */
        return MM_OK;
    }
    if (code == MM_OK && commit)
        code = mm_error_set(err, MM_QUERY, "the server rolled the transaction back");
    else if (code && commit)
        err->outcome = outcome_of(db, settings, committed);
    if (code)
        roll_back(db);
    return code;
}

static mm_code run(mm_db *db, const mm_settings *settings, const mm_step *steps, size_t count,
                   bool commit, mm_result **out, mm_error *err)
{
    char statement_timeout[16], lock_timeout[16];
    const char *params[] = {settings->search_path ? settings->search_path : "pg_catalog, pg_temp",
                            statement_timeout,
                            lock_timeout,
                            settings->joins == MM_NESTED_LOOPS ? "off" : "on",
                            settings->joins == MM_NO_NESTED_LOOPS ? "off" : "on",
                            settings->actor,
                            settings->application};
    mm_step all[MAX_STEPS + 3] = {begin_step(settings), {"settings", db->settings_sql, params, 7}};
    PGresult *results[MAX_STEPS + 3] = {NULL};
    size_t total = count + 2;

    if (count > MAX_STEPS)
        return mm_error_set(err, MM_INVALID, "a transaction of more than %d statements", MAX_STEPS);
    snprintf(statement_timeout, sizeof statement_timeout, "%d", settings->statement_timeout_ms);
    snprintf(lock_timeout, sizeof lock_timeout, "%d", settings->lock_timeout_ms);
    for (size_t i = 0; i < count; i++)
        all[i + 2] = steps[i];
    if (commit)
        all[total++] = (mm_step){.name = "commit", .sql = "commit"};
    mm_code code = run_all(db, settings, all, total, commit, results, err);
    for (size_t i = 0; i < count && code == MM_OK && out; i++) {
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

    if (!commit) {
        roll_back(db);
        return MM_OK;
    }
    mm_db_finish_cancel(db);
    db->is_cancelled = false;
    mm_code code = run_pipeline(db, &step, 1, &result, err);
    bool committed = is_committed(result);
    PQclear(result);
    if (committed) {
        *err = (mm_error){0};
        return MM_OK;
    }
    if (code == MM_OK)
        return mm_error_set(err, MM_QUERY, "the server rolled the transaction back");
    err->outcome = outcome_of(db, &(mm_settings){.read_only = false}, false);
    return code;
}
