#include "db.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANCEL_TIMEOUT_S = 10, PEER_TIMEOUT_S = 30, PROBE_INTERVAL_S = 10, PROBES = 3 };

/* PQcancel waits for its answer, and for a server that is dead or stopped for long: so a process of
 * its own does it, for which nobody has to wait before the next statement. */
void mm_db_cancel(mm_db *db)
{
    PGcancel *cancel;
    char ignored[256];

    if (db->is_cancelled)
        return;
    db->is_cancelled = true;
    cancel = PQgetCancel(db->connection);
    db->canceller = cancel ? fork() : 0;
    if (cancel && db->canceller == 0) {
        signal(SIGINT, SIG_IGN);
        signal(SIGALRM, SIG_DFL);
        alarm(CANCEL_TIMEOUT_S);
        (void)PQcancel(cancel, ignored, sizeof ignored);
        _exit(0);
    }
    PQfreeCancel(cancel);
}

void mm_db_finish_cancel(mm_db *db)
{
    if (db->canceller > 0 && mm_db_give_up(db))
        (void)kill(db->canceller, SIGKILL);
    while (db->canceller > 0 && waitpid(db->canceller, NULL, 0) < 0 && errno == EINTR)
        if (mm_db_give_up(db))
            (void)kill(db->canceller, SIGKILL);
    db->canceller = 0;
}

bool mm_db_give_up(const mm_db *db)
{
    if (!db->interrupted || *db->interrupted < 2)
        return false;
    (void)shutdown(PQsocket(db->connection), SHUT_RDWR);
    return true;
}

static bool is_given(const mm_db *db, const char *name)
{
    PQconninfoOption *options = PQconninfo(db->connection);
    bool is_found = false;

    for (PQconninfoOption *option = options; option && option->keyword && !is_found; option++)
        is_found = !strcmp(option->keyword, name) && option->val && option->val[0];
    PQconninfoFree(options);
    return is_found;
}

static void set_option(const mm_db *db, const char *name, int option, int value)
{
    if (!is_given(db, name)) /* and on a Unix socket it fails, which is as well */
        (void)setsockopt(PQsocket(db->connection), IPPROTO_TCP, option, &value, sizeof value);
}

void mm_db_notice_dead_peers(const mm_db *db)
{
    set_option(db, "keepalives_idle", TCP_KEEPIDLE, PEER_TIMEOUT_S);
    set_option(db, "keepalives_interval", TCP_KEEPINTVL, PROBE_INTERVAL_S);
    set_option(db, "keepalives_count", TCP_KEEPCNT, PROBES);
    set_option(db, "tcp_user_timeout", TCP_USER_TIMEOUT, PEER_TIMEOUT_S * 1000);
}
