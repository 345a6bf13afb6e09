/* The part of the module mm.server that is about processes. */
#define _GNU_SOURCE
#include "repl.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WORDS = 32, SHELL_NOT_FOUND = 127 };

static const char *const signal_names[] = {"TERM", "INT", "KILL", NULL};
static const int signal_numbers[] = {SIGTERM, SIGINT, SIGKILL};

static void watched_signals(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGCHLD);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    sigaddset(out, SIGHUP);
}

static void on_child(int signal)
{
    (void)signal;
}

/* lead(): from now on `wait` tells of children and of being asked to stop, and nothing else does.
 */
static int server_lead(lua_State *L)
{
    struct sigaction action = {.sa_handler = on_child}; /* ignored ones would not be waited for */
    sigset_t watched;

    (void)L;
    sigaction(SIGCHLD, &action, NULL);
    watched_signals(&watched);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    return 0;
}

/* A child that its parent does not outlive. Ctrl-C is the parent's to deal with. */
static void become_child(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
}

/* fork(): the child's number; 0 in the child, where SIGTERM is seen by `accept` alone. */
static int server_fork(lua_State *L)
{
    pid_t parent = getpid(), child = fork();
    sigset_t watched;

    if (child < 0)
        return luaL_error(L, "cannot fork: %s", strerror(errno));
    if (child == 0) {
        become_child(parent);
        mm_signals_note_stop();
        watched_signals(&watched);
        sigdelset(&watched, SIGTERM);
        sigprocmask(SIG_UNBLOCK, &watched, NULL);
    }
    lua_pushinteger(L, child);
    return 1;
}

/* exit(code): ends a child without what the parent's state would do at its end. */
static int server_exit(lua_State *L)
{
    fflush(NULL);
    _exit((int)luaL_checkinteger(L, 1));
}

/* spawn(words) -> number of a child that runs them, with this process's environment; the
 * first is looked for as a shell does */
static int server_spawn(lua_State *L)
{
    char *words[MAX_WORDS + 1] = {NULL};
    lua_Integer count = luaL_len(L, 1);
    pid_t parent = getpid();
    sigset_t none;

    luaL_argcheck(L, count >= 1 && count <= MAX_WORDS, 1, "1 to 32 words");
    for (int i = 0; i < (int)count; i++) {
        lua_rawgeti(L, 1, i + 1); /* the table keeps the text */
        words[i] = (char *)(uintptr_t)luaL_checkstring(L, -1);
    }
    pid_t child = fork();
    if (child < 0)
        return luaL_error(L, "cannot fork: %s", strerror(errno));
    if (child == 0) {
        become_child(parent);
        signal(SIGINT, SIG_DFL); /* which ends its work in good order */
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execvp(words[0], words);
        _exit(SHELL_NOT_FOUND);
    }
    lua_pushinteger(L, child);
    return 1;
}

/* A child that has ended, or 0. */
static pid_t ended_child(int *status)
{
    pid_t child = waitpid(-1, status, WNOHANG);

    return child > 0 ? child : 0;
}

/* wait(seconds) -> child, exit code or 128 + signal | nothing, when the time is over or the process
 * was asked to stop. */
static int server_wait(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    struct timespec limit = {.tv_sec = (time_t)floor(seconds),
                             .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    sigset_t watched;
    int status = 0;
    pid_t child = ended_child(&status);

    if (!child) {
        watched_signals(&watched);
        int signal = sigtimedwait(&watched, NULL, &limit);
        if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP)
            mm_signals_stop_soon();
        child = ended_child(&status);
    }
    if (!child)
        return 0;
    lua_pushinteger(L, child);
    lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 2;
}

/* kill(child, "TERM", "INT" or "KILL") */
static int server_kill(lua_State *L)
{
    pid_t child = (pid_t)luaL_checkinteger(L, 1);

    luaL_argcheck(L, child > 1, 1, "no child");
    kill(child, signal_numbers[luaL_checkoption(L, 2, NULL, signal_names)]);
    return 0;
}

/* is_stopping() -> whether the process was asked to */
static int server_is_stopping(lua_State *L)
{
    lua_pushboolean(L, mm_signals_is_stopping());
    return 1;
}

/* process() -> the number of this process */
static int server_process(lua_State *L)
{
    lua_pushinteger(L, getpid());
    return 1;
}

void mm_processes_load(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"lead", server_lead},
        {"fork", server_fork},
        {"exit", server_exit},
        {"spawn", server_spawn},
        {"wait", server_wait},
        {"kill", server_kill},
        {"is_stopping", server_is_stopping},
        {"process", server_process},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
}
