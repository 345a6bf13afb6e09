/* Stands between PostgreSQL and its clients, knows where each message of the protocol ends, and
 * cuts or holds a connection at one of them:
 *
 *     cuts-proxy SOCKET SERVER_SOCKET
 *
 * Reads commands, one a line, and answers each with a line; ends with its input or its parent.
 *
 *     before|inside|after frontend|backend N [refuse]
 *         both sides end just before the Nth message of that direction is forwarded, in the middle
 *         of it, or just after it; with `refuse` all later connections end at once, too
 *     hold frontend|backend N
 *         nothing is forwarded from the Nth message on; says `held` when the server has executed
 *         what it was sent until then, or `silence` when nothing happened for half a minute
 *     release    what is held goes on
 *     drop       every connection ends; what was held is never forwarded
 *     pass       everything passes
 *     seen       `there` when the Nth message came, else `-`; how many connections are open; the
 *                types of the messages forwarded since the last `before` to `pass`, of the frontend
 *                and of the backend, each behind a `-`: a character each, `*` for the packet that
 *                starts a connection, `r` for the text of a statement that begins to read only
 *
 * Requests to cancel pass uncounted. It writes without looking whether there is room: what one side
 * sends before it reads must fit in a socket's buffer. */
#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HOLD_TIMEOUT_MS = 30000 };

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        die(path);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static int new_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0)
        die("socket");
    return fd;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = new_socket();

    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, MAX_PAIRS))
        die(path);
    return fd;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = new_socket();

    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static pair *free_pair(proxy *self)
{
    for (int i = 0; i < MAX_PAIRS; i++)
        if (!self->pairs[i].is_open)
            return &self->pairs[i];
    return NULL;
}

static void welcome(proxy *self)
{
    int client = accept(self->listener, NULL, NULL);
    bool is_refused = self->refuses && self->is_done;
    pair *which = client < 0 || is_refused ? NULL : free_pair(self);
    int server = which ? connect_to(self->server) : -1;

    if (server < 0) {
        if (client >= 0)
            close(client);
        return;
    }
    *which = (pair){.is_open = true};
    which->streams[FRONTEND] = (stream){.from = client, .to = server};
    which->streams[BACKEND] = (stream){.from = server, .to = client, .has_types = true};
}

static void arm(proxy *self, action what, int direction, size_t at, bool refuses)
{
    self->action = what;
    self->direction = direction;
    self->at = at;
    self->refuses = refuses;
    self->is_done = false;
    self->seen_count[FRONTEND] = self->seen_count[BACKEND] = 0;
}

static void release(proxy *self)
{
    for (int i = 0; i < MAX_PAIRS; i++) {
        pair *which = &self->pairs[i];
        which->is_held = which->is_quiet = false;
        for (int direction = 0; direction < DIRECTIONS && which->is_open; direction++)
            relay_pump(self, which, direction);
    }
}

static void drop(proxy *self)
{
    for (int i = 0; i < MAX_PAIRS; i++)
        if (self->pairs[i].is_open)
            relay_end(&self->pairs[i]);
}

static int count_open(const proxy *self)
{
    int count = 0;

    for (int i = 0; i < MAX_PAIRS; i++)
        count += self->pairs[i].is_open;
    return count;
}

static void tell(const proxy *self)
{
    printf("%s %d -%.*s -%.*s\n", self->is_done ? "there" : "-", count_open(self),
           (int)self->seen_count[FRONTEND], self->seen[FRONTEND], (int)self->seen_count[BACKEND],
           self->seen[BACKEND]);
    fflush(stdout);
}

static bool is_word(const char *word, const char *wanted)
{
    return !strcmp(word, wanted);
}

static action action_named(const char *word)
{
    static const char *const names[] = {"pass", "before", "inside", "after", "hold"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_word(word, names[i]))
            return (action)i;
    errno = EINVAL;
    die(word);
}

static void obey(proxy *self, char *line)
{
    char word[4][16] = {""};
    int words = sscanf(line, "%15s %15s %15s %15s", word[0], word[1], word[2], word[3]);

    if (words == 1 && is_word(word[0], "seen")) {
        tell(self);
        return;
    }
    if (is_word(word[0], "release"))
        release(self);
    else if (is_word(word[0], "drop"))
        drop(self);
    else
        arm(self, action_named(word[0]), is_word(word[1], "backend") ? BACKEND : FRONTEND,
            strtoul(word[2], NULL, 10), is_word(word[3], "refuse"));
    say("ok");
}

/* The other end waits for each answer, so that a line comes alone. False at the end. */
static bool obey_input(proxy *self)
{
    char line[128];
    ssize_t count = read(STDIN_FILENO, line, sizeof line - 1);

    if (count <= 0)
        return count < 0 && errno == EINTR;
    line[count] = '\0';
    obey(self, line);
    return true;
}

enum { INPUT, LISTENER, FIRST, POLLED = FIRST + MAX_PAIRS * DIRECTIONS };

static void wait_for_any(const proxy *self, struct pollfd polled[POLLED])
{
    polled[INPUT] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    polled[LISTENER] = (struct pollfd){.fd = self->listener, .events = POLLIN};
    for (int i = 0; i < POLLED - FIRST; i++) {
        const pair *which = &self->pairs[i / DIRECTIONS];
        int from = which->streams[i % DIRECTIONS].from;
        polled[FIRST + i] = (struct pollfd){
            .fd = relay_is_stopped(which, i % DIRECTIONS) ? -1 : from, .events = POLLIN};
    }
    if (poll(polled, POLLED, HOLD_TIMEOUT_MS) == 0 && self->action == HOLD && !self->is_done)
        say("silence");
}

static void run(proxy *self)
{
    struct pollfd polled[POLLED];

    do {
        wait_for_any(self, polled);
        for (int i = 0; i < POLLED - FIRST; i++)
            if (polled[FIRST + i].revents && self->pairs[i / DIRECTIONS].is_open)
                relay_take(self, &self->pairs[i / DIRECTIONS], i % DIRECTIONS);
        if (polled[LISTENER].revents)
            welcome(self);
    } while (!polled[INPUT].revents || obey_input(self));
}

int main(int argc, char **argv)
{
    proxy *self = calloc(1, sizeof *self);

    if (argc != 3 || !self) {
        fprintf(stderr, "usage: cuts-proxy SOCKET SERVER_SOCKET\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    self->server = argv[2];
    self->listener = listen_at(argv[1]);
    say("listening");
    run(self);
    drop(self);
    unlink(argv[1]);
    close(self->listener);
    free(self);
    return 0;
}
