#include "db.h"

#include "mm/sql.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_S = 10, MAX_CONNECT_TIMEOUT_S = 86400, INTERRUPT_CHECK_MS = 200 };

void mm_db_watch(mm_db *db, int socket)
{
    db->watched = socket;
}

/* poll() tells of the end of a Unix socket's peer without being asked for anything. */
static bool is_peer_gone(const mm_db *db)
{
    struct pollfd peer = {.fd = db->watched};

    return db->watched >= 0 && poll(&peer, 1, 0) > 0;
}

bool mm_db_is_interrupted(const mm_db *db)
{
    return (db->interrupted && *db->interrupted) || is_peer_gone(db);
}

bool mm_db_wait_socket(const mm_db *db, short events, time_t deadline)
{
    struct pollfd sockets[] = {{.fd = PQsocket(db->connection), .events = events},
                               {.fd = db->is_cancelled ? -1 : db->watched}};
    int timeout = db->interrupted || deadline ? INTERRUPT_CHECK_MS : -1;

    if (deadline && time(NULL) >= deadline)
        return false;
    (void)poll(sockets, 2, timeout);
    return true;
}

static mm_code connection_error(const mm_db *db, mm_error *err)
{
    const char *message = PQerrorMessage(db->connection);

    mm_error_set(err, MM_CONNECTION, "no connection to the lake's database");
    mm_error_detail(err, "%.*s", (int)strcspn(message, "\n"), message);
    if (!strncmp(message, "definition of service", 21))
        mm_conninfo_hint(err);
    return MM_CONNECTION;
}

/* A number of seconds as libpq takes it; 0 for none. */
static long read_seconds(const char *text)
{
    long seconds = strtol(text, NULL, 10);

    return seconds < 0 ? 0 : seconds > MAX_CONNECT_TIMEOUT_S ? MAX_CONNECT_TIMEOUT_S : seconds;
}

/* Seconds that connecting may take: libpq's connect_timeout where it is given, for each host. */
static time_t connect_timeout(const mm_db *db)
{
    PQconninfoOption *options = PQconninfo(db->connection);
    long seconds = CONNECT_TIMEOUT_S, hosts = 1;

    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        if (!option->val)
            continue;
        if (!strcmp(option->keyword, "connect_timeout") && read_seconds(option->val))
            seconds = read_seconds(option->val);
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
        if (mm_db_is_interrupted(db))
            return mm_error_set(err, MM_CANCELLED, "interrupted while connecting");
        if (!mm_db_wait_socket(db, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
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
    mm_db_notice_dead_peers(db);
    return MM_OK;
}

static void ignore_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

static mm_code start_connecting(mm_db *db, const char *conninfo, mm_error *err)
{
    static const char *const names[] = {"dbname", "fallback_application_name", "client_encoding",
                                        NULL};
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
    db->watched = -1;
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
    mm_db_finish_cancel(db);
    PQfinish(db->connection);
    free(db->conninfo);
    free(db->settings_sql);
    free(db);
}

/* Reads what came while nobody listened: libpq knows of the end of a connection only then. */
static void notice_end(mm_db *db)
{
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = POLLIN};

    while (PQstatus(db->connection) == CONNECTION_OK && poll(&socket, 1, 0) > 0 &&
           PQconsumeInput(db->connection))
        continue;
}

mm_code mm_db_ensure_connected(mm_db *db, mm_error *err)
{
    notice_end(db);
    if (PQstatus(db->connection) == CONNECTION_OK)
        return MM_OK;
    if (!PQresetStart(db->connection))
        return connection_error(db, err);
    return finish_connecting(db, true, err);
}
