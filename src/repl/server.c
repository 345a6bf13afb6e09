/* The module mm.server: what a preforking server on a Unix socket needs of the system. */
#define _GNU_SOURCE
#include "repl.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 511, READ_BYTES = 8192, WRITE_TIMEOUT_MS = 30000 };

#define SOCKET_MT "mm.socket"

static int fail(lua_State *L, const char *what, const char *name)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s: %s", what, name, strerror(errno));
    return 2;
}

static int *check_socket(lua_State *L)
{
    int *socket = luaL_checkudata(L, 1, SOCKET_MT);

    luaL_argcheck(L, *socket >= 0, 1, "the socket is closed");
    return socket;
}

/* Pushed before the socket is made, so that memory that ends does not leave it open. */
static int *push_socket(lua_State *L)
{
    int *socket = lua_newuserdatauv(L, sizeof *socket, 0);

    *socket = -1;
    luaL_setmetatable(L, SOCKET_MT);
    return socket;
}

/* True when somebody answers there, or is too busy to. */
static bool is_served(const struct sockaddr_un *address)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bool is_answered =
        client >= 0 && (connect(client, (const void *)address, sizeof *address) == 0 ||
                        errno == EAGAIN || errno == EINPROGRESS);

    if (client >= 0)
        close(client);
    return is_answered;
}

/* What a server that was killed has left is removed; what is no socket stays. */
static bool remove_left_over(const struct sockaddr_un *address)
{
    struct stat status;

    if (lstat(address->sun_path, &status) != 0)
        return errno == ENOENT;
    errno = EADDRINUSE;
    return S_ISSOCK(status.st_mode) && !is_served(address) && unlink(address->sun_path) == 0;
}

/* Nobody but owner and group may ever connect. */
static bool listen_at(int server, const struct sockaddr_un *address)
{
    mode_t before = umask(0117);
    bool is_bound = bind(server, (const void *)address, sizeof *address) == 0;

    umask(before);
    return is_bound && listen(server, BACKLOG) == 0;
}

/* listen(path) -> socket | nil, message */
static int server_listen(lua_State *L)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length;
    const char *path = luaL_checklstring(L, 1, &length);
    int *server = push_socket(L);

    errno = ENAMETOOLONG;
    if (length >= sizeof address.sun_path || strlen(path) != length)
        return fail(L, "cannot listen on", path);
    memcpy(address.sun_path, path, length + 1);
    *server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*server < 0 || !remove_left_over(&address) || !listen_at(*server, &address))
        return fail(L, "cannot listen on", path);
    return 1;
}

/* socket:accept() -> connection, or nothing when the process was asked to stop. Those that wait
 * beside it may be quicker: then it waits on. */
static int socket_accept(lua_State *L)
{
    int server = *check_socket(L);
    int *connection = push_socket(L);
    sigset_t unblocked;
    struct pollfd waiting = {.fd = server, .events = POLLIN};

    sigprocmask(SIG_SETMASK, NULL, &unblocked);
    sigdelset(&unblocked, SIGTERM);
    while (!mm_signals_is_stopping()) {
        if (ppoll(&waiting, 1, NULL, &unblocked) < 0) {
            if (errno == EINTR)
                continue;
            return luaL_error(L, "cannot wait for connections: %s", strerror(errno));
        }
        *connection = accept4(server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (*connection >= 0)
            return 1;
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            return luaL_error(L, "cannot accept: %s", strerror(errno));
    }
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False when the time is over. */
static bool wait_for(int socket, short events, int64_t deadline_ms)
{
    struct pollfd waiting = {.fd = socket, .events = events};
    int64_t left_ms;

    while ((left_ms = deadline_ms - now_ms()) > 0)
        if (poll(&waiting, 1, (int)left_ms) > 0)
            return true;
    return false;
}

/* connection:read_line(most bytes, seconds) -> line without its end | nil, why. What follows the
 * line is thrown away: there is one in a connection. */
static int socket_read_line(lua_State *L)
{
    int connection = *check_socket(L);
    size_t most = (size_t)luaL_checkinteger(L, 2);
    int64_t deadline_ms = now_ms() + (int64_t)(luaL_checknumber(L, 3) * 1000);
    luaL_Buffer line;
    size_t total = 0;

    luaL_buffinit(L, &line);
    for (;;) {
        char *bytes = luaL_prepbuffsize(&line, READ_BYTES);
        ssize_t length = recv(connection, bytes, READ_BYTES, 0);
        const char *end = length > 0 ? memchr(bytes, '\n', (size_t)length) : NULL;

        if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR))
            return luaL_pushfail(L), lua_pushliteral(L, "closed"), 2;
        if (length > 0)
            luaL_addsize(&line, end ? (size_t)(end - bytes) : (size_t)length);
        if (end)
            return luaL_pushresult(&line), 1;
        total += length > 0 ? (size_t)length : 0;
        if (total > most)
            return luaL_pushfail(L), lua_pushliteral(L, "too long"), 2;
        if (length < 0 && !wait_for(connection, POLLIN, deadline_ms))
            return luaL_pushfail(L), lua_pushliteral(L, "timeout"), 2;
    }
}

/* connection:write(text) -> true | nil, why; a reader may pause for half a minute. */
static int socket_write(lua_State *L)
{
    int connection = *check_socket(L);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);

    while (length > 0) {
        ssize_t written = send(connection, text, length, MSG_NOSIGNAL);

        if (written > 0) {
            text += written;
            length -= (size_t)written;
        } else if (errno != EAGAIN && errno != EINTR)
            return luaL_pushfail(L), lua_pushliteral(L, "closed"), 2;
        else if (!wait_for(connection, POLLOUT, now_ms() + WRITE_TIMEOUT_MS))
            return luaL_pushfail(L), lua_pushliteral(L, "timeout"), 2;
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* socket:descriptor() -> its number */
static int socket_descriptor(lua_State *L)
{
    lua_pushinteger(L, *check_socket(L));
    return 1;
}

static int socket_close(lua_State *L)
{
    int *socket = luaL_checkudata(L, 1, SOCKET_MT);

    if (*socket >= 0)
        close(*socket);
    *socket = -1;
    return 0;
}

int mm_server_load(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"accept", socket_accept}, {"read_line", socket_read_line},   {"write", socket_write},
        {"close", socket_close},   {"descriptor", socket_descriptor}, {NULL, NULL},
    };

    luaL_newmetatable(L, SOCKET_MT);
    lua_pushcfunction(L, socket_close);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_newtable(L);
    lua_pushcfunction(L, server_listen);
    lua_setfield(L, -2, "listen");
    mm_processes_load(L);
    return 1;
}
