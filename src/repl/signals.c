#include "repl.h"

#include <lauxlib.h>
#include <string.h>

/* A signal handler can reach nothing but file scope. */
static struct {
    volatile sig_atomic_t is_interrupted;
    volatile sig_atomic_t is_pipe_closed;
    lua_State *L;
} state;

static void set_handler(int signal, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* and no SA_RESTART: what waits in poll() or read() gets EINTR */
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void raise_interrupted(lua_State *L, lua_Debug *activation)
{
    (void)activation;
    lua_sethook(L, NULL, 0, 0);
    if (!state.is_interrupted)
        return;
    state.is_interrupted = 0;
    luaL_error(L, "interrupted!");
}

static void on_interrupt(int signal)
{
    int events = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;

    set_handler(signal, SIG_DFL); /* a second one ends the program */
    state.is_interrupted = 1;
    lua_sethook(state.L, raise_interrupted, events, 1);
}

static void on_closed_pipe(int signal)
{
    (void)signal;
    state.is_pipe_closed = 1;
}

void mm_signals_open(lua_State *L)
{
    lua_pushlightuserdata(L, &state); /* the address of its first member */
    lua_setfield(L, LUA_REGISTRYINDEX, "mm.interrupted");
}

void mm_signals_watch(lua_State *L)
{
    state.L = L;
    state.is_interrupted = 0;
    set_handler(SIGINT, on_interrupt);
}

void mm_signals_unwatch(void)
{
    set_handler(SIGINT, SIG_DFL);
}

void mm_signals_survive_closed_pipe(void)
{
    set_handler(SIGPIPE,
                on_closed_pipe); /* SIG_IGN would be inherited by programs started from here */
}

bool mm_signals_is_pipe_closed(void)
{
    return state.is_pipe_closed;
}
